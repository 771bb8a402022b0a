import Bytes
import HTTPSemantics
import HTTPWire
import Reactor

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

/// One worker's connections to all origins. It stays on the worker's thread.
public final class UpstreamPool {
  public let reactor: Reactor
  public let buffers: BufferPool
  let resolver: Resolver
  public var limits: UpstreamLimits
  private var origins: [OriginAddress: Origin] = [:]
  private var latest: Origin?

  public init(reactor: Reactor, resolver: Resolver, buffers: BufferPool, limits: UpstreamLimits) {
    self.reactor = reactor
    self.resolver = resolver
    self.buffers = buffers
    self.limits = limits
  }

  /// The connections to one origin. Whoever sends to it often keeps what this returns.
  public func origin(at address: OriginAddress) -> Origin {
    if let latest, latest.address == address { return latest }
    let origin = origins[address] ?? Origin(address, of: self)
    origins[address] = origin
    latest = origin
    return origin
  }

  /// Closes the connections that nobody uses.
  public func closeIdleConnections() {
    for origin in origins.values { origin.closeIdle() }
  }
}
