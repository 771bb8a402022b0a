import CacheStore
import Configuration
import Firewall
import Glibc
import Logging
import Reactor
import Synchronization
import TLSTermination
import Telemetry

/// The running gateway: listeners, workers, and the way to end them without losing a request.
public final class GatewayServer: Sendable {
  /// Why the server could not start, or not take another configuration.
  public struct StartError: Error, CustomStringConvertible {
    /// As gateway.yaml has it; nil: no listener is the reason.
    public let address: String?
    public let reason: String

    public var description: String { address.map { "cannot listen on \($0): \(reason)" } ?? reason }
  }

  /// What changes with the configuration.
  private struct Serving {
    var snapshot: Snapshot
    var originSecurity: OriginSecurity
    var watchesCertificates = false
  }

  let crew = WorkerCrew()
  /// How many files the process may open.
  private let files: Int
  let cache: CacheStore
  private let server: ServerState
  private let log: Logger
  private let certificates: CertificateShelf
  private let serving: Mutex<Serving>

  /// The addresses really bound, with the ports that the kernel chose for port 0.
  public var addresses: [SocketAddress] { crew.bindings.map(\.bound) }

  /// The same, and whether each of them speaks TLS.
  public var listening: [(address: SocketAddress, isSecure: Bool)] {
    crew.bindings.map { ($0.bound, certificates.isShown(at: $0.address)) }
  }

  /// Binds every listener of the configuration and starts the workers.
  /// - Parameters:
  ///   - workers: threads; nil: as many as the configuration says, or one for each processor.
  ///   - explaining: nil to serve; else the only listener is 127.0.0.1, on a port that the kernel chooses.
  /// - Throws: `StartError` when an address cannot be bound, `AccessLogError` when a log cannot be written; nothing has been
  ///   started then.
  public init(_ snapshot: Snapshot, workers: Int? = nil, log: Logger, explaining: Explaining? = nil) async throws {
    files = Machine.raiseOpenFileLimit()
    let addresses = explaining == nil ? snapshot.listeners.map(\.address) : [.tcp(host: "127.0.0.1", port: 0)]
    cache = CacheStore(
      capacity: snapshot.limits.cacheSize, largestObject: snapshot.limits.cacheObjectSize, seed: Machine.randomSeed().0,
      disk: explaining == nil ? DiskTier.open(for: snapshot, log: log) : nil)
    await withCheckedContinuation { [cache] continuation in cache.restore { continuation.resume() } }
    // What nobody can ask for, or invalidate, must not be there when another configuration knows it again.
    cache.invalidateEverything(outside: CacheTerms.spaces(of: snapshot))
    server = ServerState(
      maximumConnections: Self.maximumConnections(snapshot.limits, files), cache: cache, log: log,
      explaining: explaining)
    self.log = log
    snapshot.firewall?.fill(server.firewall, since: nil)
    // What is only explained is not logged.
    if explaining == nil { try server.logFiles.open(for: snapshot) }
    certificates = CertificateShelf(log: log)
    let terms = explaining == nil ? try certificates.terms(of: snapshot, at: Int64(time(nil))) : [:]
    let originSecurity = try certificates.originSecurity(of: snapshot)
    serving = Mutex(Serving(snapshot: snapshot, originSecurity: originSecurity))
    let change = try await crew.extend(
      to: addresses, workers: Self.workerCount(workers, snapshot), under: terms, make: startWorker)
    _ = await crew.settle(change)
    certificates.adopt(terms, originSecurity, of: snapshot)
    await watchCertificates()
  }

  private static func workerCount(_ chosen: Int?, _ snapshot: Snapshot) -> Int {
    max(1, chosen ?? snapshot.workers ?? Machine.processorCount)
  }

  /// Half of the files at most are for clients: each may need one for an origin.
  private static func maximumConnections(_ limits: Limits, _ files: Int) -> Int {
    limits.connections > 0 ? limits.connections : max(64, files / 2)
  }

  /// Starts a worker, which answers by the configuration in use.
  private func startWorker(_ number: Int) throws(SocketError) -> Worker {
    let reactor = try Reactor()
    let (snapshot, originSecurity) = serving.withLock { ($0.snapshot, $0.originSecurity) }
    let worker = Worker(reactor: reactor, server: server, snapshot: snapshot, originSecurity: originSecurity)
    guard SystemThread.spawn("sluice-\(number)", { reactor.run() }) else { throw .failed(EAGAIN) }
    return worker
  }

  /// From the first listener with TLS on.
  private func watchCertificates() async {
    guard certificates.isInUse, let worker = crew.all.first else { return }
    let isFirst = serving.withLock { serving in
      defer { serving.watchesCertificates = true }
      return !serving.watchesCertificates
    }
    if isFirst { await worker.watch(certificates) }
  }

  /// Answers new requests by `snapshot`; requests under way finish on the one that they started with. Listeners that are
  /// new are bound first, those that are gone take no more connections; the connections that there are stay. Returns when
  /// every worker has adopted it, and the cache is within its size. One call at a time.
  /// - Parameter workers: threads; nil: as many as the configuration says, or one for each processor.
  /// - Throws: `StartError` when an address cannot be bound, `AccessLogError` when a log cannot be written; nothing has changed
  ///   then.
  public func adopt(_ snapshot: Snapshot, workers: Int? = nil) async throws {
    try server.logFiles.open(for: snapshot)
    let terms = try certificates.terms(of: snapshot, at: Int64(time(nil)))
    let originSecurity = try certificates.originSecurity(of: snapshot)
    let count = Self.workerCount(workers, snapshot)
    let countBefore = crew.count
    let change = try await crew.extend(
      to: snapshot.listeners.map(\.address), workers: count, under: terms, make: startWorker)
    await emptyCache(for: snapshot)
    let before = serving.withLock { serving in
      defer { (serving.snapshot, serving.originSecurity) = (snapshot, originSecurity) }
      return serving.snapshot
    }
    snapshot.firewall?.fill(server.firewall, since: before.firewall)
    server.maximumConnections.store(Self.maximumConnections(snapshot.limits, files), ordering: .relaxed)
    for worker in crew.all { await worker.adopt(snapshot, terms, originSecurity) }
    certificates.adopt(terms, originSecurity, of: snapshot)
    await watchCertificates()
    let (come, gone) = await crew.settle(change)
    for address in come { log.info("listening", metadata: ["address": "\(address)"]) }
    for address in gone { log.info("no longer listening", metadata: ["address": "\(address)"]) }
    if count != countBefore { log.info("workers changed", metadata: ["from": "\(countBefore)", "to": "\(count)"]) }
    await resizeCache(snapshot.limits)
  }

  /// What has been stored for distributions and stages that are known no more goes; those that are new, or come back, begin
  /// with nothing: while they were not there nobody could invalidate what they had.
  private func emptyCache(for snapshot: Snapshot) async {
    let before = serving.withLock { CacheTerms.spaces(of: $0.snapshot) }
    let after = CacheTerms.spaces(of: snapshot)
    guard before != after else { return }
    let cache = cache
    await Background.run("sluice-cache", .little) {
      cache.invalidateEverything(outside: before.intersection(after), pause: SystemThread.pause)
      cache.reclaim()
    }
  }

  /// What has to leave a smaller cache leaves on a thread of its own.
  private func resizeCache(_ limits: Limits) async {
    let cache = cache
    await Background.run("sluice-cache", .little) {
      cache.resize(
        capacity: limits.cacheSize, largestObject: limits.cacheObjectSize, diskCapacity: limits.cacheDiskSize,
        smallestOnDisk: limits.cacheDiskObjectSize, largestOnDisk: limits.cacheDiskLargestObjectSize)
    }
  }

  /// Stops taking connections, lets running requests finish, and returns when they have or the drain limit is reached.
  /// - Returns: connections that were cut off.
  public func drain() async -> Int {
    let failed = server.failedHandshakes.load(ordering: .relaxed)
    log.info("draining", metadata: failed > 0 ? ["failedHandshakes": "\(failed)"] : [:])
    let timeout = serving.withLock { $0.snapshot.limits.drainTimeout.wholeMilliseconds }
    crew.releaseSockets()
    let cutOff = await withTaskGroup(of: Int.self) { group in
      for worker in crew.all { group.addTask { await worker.drain(within: timeout) } }
      return await group.reduce(0, +)
    }
    if await !server.logFiles.close(within: 5000) { log.warning("access log lines lost: their destination takes none") }
    return cutOff
  }

  /// What all workers have counted.
  var counts: WorkerReport {
    get async {
      var sum = WorkerReport()
      for worker in crew.all { sum.add(await worker.report) }
      sum.workers = crew.count
      return sum
    }
  }

  /// Lines of access logs that were lost.
  var lostLogLines: [(target: LogFile.Target, lines: Int)] { server.logFiles.lostLines }

  /// The certificates that are shown.
  var shownCertificates: [CertificateEntry] { certificates.entries }

  /// From the return on, every request sees the directories of sites as they are now.
  func lookAtSitesAgain() { server.siteGeneration.add(1, ordering: .relaxed) }

  /// How asking the issuers of certificates has gone.
  var stapleCounts: StapleCounts { certificates.stapleCounts }

  /// What web ACLs remember between requests.
  var firewall: FirewallMemory { server.firewall }

  /// Opens the access logs anew: their files have been moved away.
  public func reopenLogs() { server.logFiles.reopen() }
}
