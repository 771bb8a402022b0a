import Bytes
import CacheStore
import Compression
import Configuration
import Edge
import Firewall
import HTTPWire
import Logging
import Reactor
import SiteStore
import Synchronization
import Telemetry
import Upstream

/// What all workers share: the few things that are counted or decided for the process as a whole.
final class ServerState: Sendable {
  /// Open client connections.
  let connections = Atomic<Int>(0)
  /// Beyond it none is accepted; those that there are stay.
  let maximumConnections: Atomic<Int>
  let resolver = Resolver()
  /// TLS handshakes that came to nothing.
  let failedHandshakes = Atomic<Int>(0)
  /// Where access logs go.
  let logFiles: LogFiles
  let log: Logger
  /// Nil: the gateway serves.
  let explaining: Explaining?
  /// Who answers in the place of every integration; nil: they do.
  let standIn: OriginAddress?
  let hasStandIn: Bool

  /// Whether no more connections are to be accepted for now.
  var isFull: Bool { connections.load(ordering: .relaxed) >= maximumConnections.load(ordering: .relaxed) }

  /// What distributions have stored of their origins' answers.
  let cache: CacheStore

  /// What web ACLs remember between requests.
  let firewall = FirewallMemory()

  /// Grows when operators say that directories have changed: what workers remember of them is looked at again.
  let siteGeneration = Atomic<Int>(0)

  init(maximumConnections: Int, cache: CacheStore, log: Logger, explaining: Explaining?) {
    self.maximumConnections = Atomic(maximumConnections)
    self.cache = cache
    self.log = log
    logFiles = LogFiles { target, event in event.tell(of: target, log) }
    self.explaining = explaining
    standIn = explaining?.standIn?.address
    hasStandIn = standIn != nil
  }
}

/// All that one worker's connections use together. It stays on the worker's thread, so nothing in it is locked.
final class WorkerState {
  let reactor: Reactor
  let server: ServerState
  let benches = WorkbenchPool()
  /// Tasks that rest.
  var runners = RunnerPool()
  let connections = ConnectionSet()
  let upstream: UpstreamPool
  let accessLogs: AccessLogs
  let encoders = EncoderPool()
  let traffic: TrafficTable
  let counters = WorkerCounters()
  /// By the address that gateway.yaml gives them, and by their socket's place there.
  var listeners: [Listener.Address: [Int: AcceptLoop]] = [:]
  var random: RandomSource
  var date = DateField()
  /// The configuration that new requests are answered by; a request keeps the one that it started with.
  private(set) var snapshot: Snapshot
  private(set) var originSecurity: OriginSecurity
  private(set) var deadlines: Deadlines
  private(set) var headLimits: HeadLimits
  private(set) var bodyLimits: BodyLimits
  private(set) var http2Settings: HTTP2Settings
  private(set) var isDraining = false
  private let drained: Wait
  /// The directories that are served, each from its first request on.
  private var cacheTerms: [ObjectIdentifier: CacheTerms] = [:]
  private var screenings: [Screening] = []
  private var journals: [ObjectIdentifier: ACLJournal] = [:]
  private var sites: [(origin: DirectoryOrigin, site: Site)] = []

  init(reactor: Reactor, server: ServerState, snapshot: Snapshot, originSecurity: OriginSecurity) {
    self.reactor = reactor
    self.server = server
    drained = Wait(on: reactor)
    self.snapshot = snapshot
    traffic = TrafficTable(snapshot)
    self.originSecurity = originSecurity
    accessLogs = AccessLogs(server.logFiles, on: reactor)
    upstream = UpstreamPool(
      reactor: reactor, resolver: server.resolver, buffers: BufferPool(), limits: UpstreamLimits(snapshot.limits))
    deadlines = Deadlines(snapshot.limits)
    headLimits = HeadLimits(snapshot.limits)
    bodyLimits = BodyLimits(snapshot.limits)
    http2Settings = HTTP2Settings(snapshot.limits)
    random = RandomSource(seed: Machine.randomSeed())
    chooseProtocols()
  }

  /// Has origins asked for what the configuration says that they speak.
  private func chooseProtocols() {
    let upstreams = snapshot.upstreams
    // Who stands in for all origins is none of them.
    guard !server.hasStandIn, upstreams.entries.contains(where: { $0.applicationProtocol == .http2 }) else {
      upstream.wantsHTTP2 = { _ in false }
      return
    }
    upstream.wantsHTTP2 = { address in
      if case .tcp(let host, let port) = address { upstreams.wantsHTTP2(host: host, port: port) } else { false }
    }
  }

  /// The directory of an origin, with its open files.
  func site(of origin: DirectoryOrigin) -> Site {
    for known in sites where known.origin === origin { return known.site }
    let site = Site(origin.settings)
    sites.append((origin, site))
    return site
  }

  /// How a behaviour's answers are cached.
  func cacheTerms(_ distribution: Distribution, _ behavior: CacheBehavior) -> CacheTerms {
    if let known = cacheTerms[ObjectIdentifier(behavior)] { return known }
    let terms = CacheTerms(distribution, behavior)
    cacheTerms[ObjectIdentifier(behavior)] = terms
    return terms
  }

  /// This worker's bench for screening by a web ACL.
  func screening(by plan: ACLPlan) -> Screening {
    for screening in screenings where screening.plan === plan { return screening }
    let screening = Screening(plan, memory: server.firewall)
    screenings.append(screening)
    return screening
  }

  /// Where what a web ACL does is written down.
  func journal(of plan: ACLPlan) -> ACLJournal {
    if let known = journals[ObjectIdentifier(plan)] { return known }
    let journal = server.firewall.journal(of: plan)
    journals[ObjectIdentifier(plan)] = journal
    return journal
  }

  /// Answers new requests by another configuration.
  func adopt(_ snapshot: Snapshot, _ originSecurity: OriginSecurity) {
    self.snapshot = snapshot
    traffic.adopt(snapshot)
    self.originSecurity = originSecurity
    screenings.removeAll()
    journals.removeAll()
    sites.removeAll()
    cacheTerms.removeAll()
    deadlines = Deadlines(snapshot.limits)
    headLimits = HeadLimits(snapshot.limits)
    bodyLimits = BodyLimits(snapshot.limits)
    http2Settings = HTTP2Settings(snapshot.limits)
    upstream.limits = UpstreamLimits(snapshot.limits)
    chooseProtocols()
  }

  func opened(_ connection: ClientConnection) {
    connections.insert(connection)
    counters.opened(on: connection.terms.address)
    server.connections.add(1, ordering: .relaxed)
  }

  func closed(_ connection: ClientConnection) {
    connections.remove(connection)
    counters.closed(on: connection.terms.address)
    server.connections.subtract(1, ordering: .relaxed)
    if isDraining && connections.count == 0 { drained.resume() }
  }

  /// Stops taking connections, ends the idle ones, and returns when the last request has been answered or the time is up.
  /// - Returns: connections that are still open.
  func drain(within milliseconds: Int, on worker: isolated Worker) async -> Int {
    if !isDraining {
      isDraining = true
      connections.forEach { $0.endIfIdle() }
      for loop in listeners.values.flatMap(\.values) { loop.end(on: worker) }
      runners.removeAll()
    }
    defer { accessLogs.flush() }
    let deadline = reactor.now.advanced(milliseconds: milliseconds)
    if connections.count > 0 { _ = await reactor.wait(drained, until: deadline) }
    await reactor.seeOff(until: deadline)
    return connections.count
  }
}
