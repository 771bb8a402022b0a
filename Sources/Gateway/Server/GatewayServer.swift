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
    var listeners: [ListenerBinding.Listening] = []
    var drainTimeout = 0
    var watchesCertificates = false
    var firewall: FirewallSetup?
  }

  private let workers: [Worker]
  let cache: CacheStore
  private let server: ServerState
  private let log: Logger
  private let certificates: CertificateShelf
  private let serving: Mutex<Serving>

  /// The addresses really bound, with the ports that the kernel chose for port 0.
  public var addresses: [SocketAddress] { serving.withLock { $0.listeners.map(\.bound) } }

  /// The same, and whether each of them speaks TLS.
  public var listening: [(address: SocketAddress, isSecure: Bool)] {
    serving.withLock { $0.listeners.map { ($0.bound, certificates.isShown(at: $0.address)) } }
  }

  /// Binds every listener of the configuration and starts the workers.
  /// - Parameters:
  ///   - workers: threads; nil: as many as the configuration says, or one for each processor.
  ///   - explaining: nil to serve; else the only listener is 127.0.0.1, on a port that the kernel chooses.
  /// - Throws: `StartError` when an address cannot be bound, `AccessLogError` when a log cannot be written; nothing has been
  ///   started then.
  public init(_ snapshot: Snapshot, workers: Int?, log: Logger, explaining: Explaining? = nil) async throws {
    let files = Machine.raiseOpenFileLimit()
    let count = max(1, workers ?? snapshot.workers ?? Machine.processorCount)
    let addresses = explaining == nil ? snapshot.listeners.map(\.address) : [.tcp(host: "127.0.0.1", port: 0)]
    // Half of the files at most are for clients: each may need one for an origin.
    let maximum = snapshot.limits.connections > 0 ? snapshot.limits.connections : max(64, files / 2)
    let cache = CacheStore(
      capacity: snapshot.limits.cacheSize, largestObject: snapshot.limits.cacheObjectSize, seed: Machine.randomSeed().0,
      disk: explaining == nil ? DiskTier.open(for: snapshot, log: log) : nil)
    await withCheckedContinuation { continuation in cache.restore { continuation.resume() } }
    let server = ServerState(maximumConnections: maximum, cache: cache, log: log, explaining: explaining)
    snapshot.firewall?.fill(server.firewall, since: nil)
    // What is only explained is not logged.
    if explaining == nil { try server.logFiles.open(for: snapshot) }
    let certificates = CertificateShelf(log: log)
    let terms = explaining == nil ? try certificates.terms(of: snapshot, at: Int64(time(nil))) : [:]
    let originSecurity = try certificates.originSecurity(of: snapshot)
    let bindings = try await ListenerBinding.bind(addresses, workers: count)
    var started: [Worker] = []
    for index in 0..<count {
      let reactor = try Reactor()
      let worker = Worker(reactor: reactor, server: server, snapshot: snapshot, originSecurity: originSecurity)
      SystemThread.spawn("sluice-\(index)") { reactor.run() }
      for binding in bindings {
        try await worker.listen(
          binding.descriptors[index], for: binding.address, under: terms[binding.address] ?? .plain)
      }
      started.append(worker)
    }
    self.workers = started
    self.cache = cache
    self.server = server
    self.log = log
    self.certificates = certificates
    serving = Mutex(
      Serving(
        listeners: bindings.map(\.listening), drainTimeout: snapshot.limits.drainTimeout.wholeMilliseconds,
        firewall: snapshot.firewall))
    certificates.adopt(terms, originSecurity, of: snapshot)
    await watchCertificates()
  }

  /// From the first listener with TLS on.
  private func watchCertificates() async {
    guard certificates.isInUse, let worker = workers.first else { return }
    let isFirst = serving.withLock { serving in
      defer { serving.watchesCertificates = true }
      return !serving.watchesCertificates
    }
    if isFirst { await worker.watch(certificates) }
  }

  /// Answers new requests by `snapshot`; requests under way finish on the one that they started with. Listeners that are
  /// new are bound first, those that are gone take no more connections; the connections that there are stay. Returns when
  /// every worker has adopted it. One call at a time.
  /// - Throws: `StartError` when an address cannot be bound, `AccessLogError` when a log cannot be written; nothing has changed
  ///   then.
  public func adopt(_ snapshot: Snapshot) async throws {
    try server.logFiles.open(for: snapshot)
    let before = serving.withLock { $0.listeners }
    let wanted = snapshot.listeners.map(\.address)
    let terms = try certificates.terms(of: snapshot, at: Int64(time(nil)))
    let originSecurity = try certificates.originSecurity(of: snapshot)
    let bindings = try await ListenerBinding.bind(
      wanted.filter { address in !before.contains { $0.address == address } }, workers: workers.count)
    for (index, worker) in workers.enumerated() {
      for binding in bindings {
        try await worker.listen(
          binding.descriptors[index], for: binding.address, under: terms[binding.address] ?? .plain)
      }
    }
    snapshot.firewall?.fill(server.firewall, since: serving.withLock { $0.firewall })
    for worker in workers { await worker.adopt(snapshot, terms, originSecurity) }
    certificates.adopt(terms, originSecurity, of: snapshot)
    await watchCertificates()
    let gone = before.filter { !wanted.contains($0.address) }
    for listener in gone {
      for worker in workers { await worker.stopListening(on: listener.address) }
      listener.bound.removeSocketFile()
    }
    for binding in bindings { log.info("listening", metadata: ["address": "\(binding.listening.bound)"]) }
    for listener in gone { log.info("no longer listening", metadata: ["address": "\(listener.bound)"]) }
    serving.withLock { serving in
      let known = before + bindings.map(\.listening)
      serving.listeners = wanted.compactMap { address in known.first { $0.address == address } }
      serving.drainTimeout = snapshot.limits.drainTimeout.wholeMilliseconds
      serving.firewall = snapshot.firewall
    }
  }

  /// Stops taking connections, lets running requests finish, and returns when they have or the drain limit is reached.
  /// - Returns: connections that were cut off.
  public func drain() async -> Int {
    let failed = server.failedHandshakes.load(ordering: .relaxed)
    log.info("draining", metadata: failed > 0 ? ["failedHandshakes": "\(failed)"] : [:])
    let timeout = serving.withLock { $0.drainTimeout }
    let cutOff = await withTaskGroup(of: Int.self) { group in
      for worker in workers { group.addTask { await worker.drain(within: timeout) } }
      return await group.reduce(0, +)
    }
    if await !server.logFiles.close(within: 5000) { log.warning("access log lines lost: their destination takes none") }
    return cutOff
  }

  /// What all workers have counted.
  var counts: WorkerReport {
    get async {
      var sum = WorkerReport()
      for worker in workers { sum.add(await worker.report) }
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
