import Bytes
import HTTPSemantics
import HTTPWire
import Reactor
import TLSTermination

/// How many connections, and for how long.
public struct UpstreamLimits: Sendable {
  /// Open connections to one origin.
  public var connections: Int
  /// Connections to one origin that are kept for reuse.
  public var idleConnections: Int
  /// Milliseconds for which an unused connection is kept.
  public var idleMilliseconds: Int
  /// Milliseconds in which a connection must be open, look-up included.
  public var connectMilliseconds: Int
  /// Milliseconds between two pieces of a body, either way.
  public var betweenBytesMilliseconds: Int
  public var head: HeadLimits

  public init(
    connections: Int = 1024, idleConnections: Int = 128, idleMilliseconds: Int = 30_000,
    connectMilliseconds: Int = 5_000, betweenBytesMilliseconds: Int = 60_000, head: HeadLimits = .standard
  ) {
    self.connections = connections
    self.idleConnections = idleConnections
    self.idleMilliseconds = idleMilliseconds
    self.connectMilliseconds = connectMilliseconds
    self.betweenBytesMilliseconds = betweenBytesMilliseconds
    self.head = head
  }
}

/// What a pool, its origins and their connections use together. Connections under way may outlive the pool.
final class UpstreamContext {
  let reactor: Reactor
  let buffers: BufferPool
  let resolver: Resolver
  var limits: UpstreamLimits
  /// What all connections of this worker's have come to.
  var counts = UpstreamCounts()

  init(reactor: Reactor, buffers: BufferPool, resolver: Resolver, limits: UpstreamLimits) {
    self.reactor = reactor
    self.buffers = buffers
    self.resolver = resolver
    self.limits = limits
  }
}

/// One worker's connections to all origins. It stays on the worker's thread.
public final class UpstreamPool {
  private let context: UpstreamContext
  private struct Place: Hashable {
    let address: OriginAddress
    let tls: OriginTLS?
  }

  private var origins: [Place: Origin] = [:]
  private var latest: Origin?
  /// From this many origins on, the unused ones are forgotten.
  private static let usualOrigins = 1024

  public init(reactor: Reactor, resolver: Resolver, buffers: BufferPool, limits: UpstreamLimits) {
    context = UpstreamContext(reactor: reactor, buffers: buffers, resolver: resolver, limits: limits)
  }

  // Idle connections and their origins hold each other.
  deinit { closeIdleConnections() }

  public var reactor: Reactor { context.reactor }
  public var buffers: BufferPool { context.buffers }
  public var limits: UpstreamLimits {
    get { context.limits }
    set { context.limits = newValue }
  }

  /// Which origins are asked for HTTP/2.
  public var wantsHTTP2: (OriginAddress) -> Bool = { _ in false } {
    didSet { for origin in origins.values { origin.wantsHTTP2 = wantsHTTP2(origin.address) } }
  }

  /// What has been counted, and how many connections there are now.
  public var counts: UpstreamCounts {
    var counts = context.counts
    for origin in origins.values { origin.count(into: &counts) }
    return counts
  }

  /// How many origins are remembered.
  var knownOrigins: Int { origins.count }

  /// The connections to one origin. Whoever sends to it often keeps what this returns.
  /// - Parameter tls: nil: it is spoken to without.
  public func origin(at address: OriginAddress, tls: OriginTLS? = nil) -> Origin {
    if let latest, latest.address == address, latest.tls == tls { return latest }
    let origin = origins[Place(address: address, tls: tls)] ?? adopt(Origin(address, tls: tls, in: context))
    latest = origin
    return origin
  }

  private func adopt(_ origin: Origin) -> Origin {
    origin.wantsHTTP2 = wantsHTTP2(origin.address)
    // Host names may come out of requests: those that nobody uses any more must not be kept for ever.
    if origins.count >= UpstreamPool.usualOrigins { origins = origins.filter { !$0.value.isUnused } }
    origins[Place(address: origin.address, tls: origin.tls)] = origin
    return origin
  }

  /// Closes the connections that nobody uses.
  public func closeIdleConnections() {
    for origin in origins.values { origin.closeIdle() }
  }
}
