import Bytes
import HTTPSemantics
import HTTPWire
import Reactor
import TLSTermination

/// One worker's connections to one origin: the idle ones, most recently used last, and a count of all.
///
///     acquire: idle and alive -> reuse | below the limit -> connect | else wait for one that is released
public final class Origin {
  public let address: OriginAddress
  /// Nil: it is spoken to without TLS.
  public let tls: OriginTLS?
  private let peer: TLSPeer?
  let context: UpstreamContext
  private var idle: [UpstreamConnection] = []
  private var open = 0
  private var waiters: [Wait] = []
  private let expiry = IdleExpiry()
  /// Its connections that speak HTTP/2; nil: there were none yet.
  var links: HTTP2Links?
  /// Whether it is to be asked for HTTP/2.
  var wantsHTTP2 = false {
    didSet { if !wantsHTTP2 { links?.closeIdle() } }
  }
  /// Until when it is not asked again, having said that it does not speak it.
  var speaksHTTP1Until = MonotonicTime(nanoseconds: 0)
  /// When it was last found to be down; nil: it has answered since.
  private var failedAt: MonotonicTime?
  private var probedAt = MonotonicTime(nanoseconds: 0)

  /// For how long one failure is a reason not to wait for the next one. Milliseconds.
  static let outageMemory = 30_000
  /// How often one that is down is tried again. Milliseconds.
  static let probeInterval = 1_000

  init(_ address: OriginAddress, tls: OriginTLS?, in context: UpstreamContext) {
    self.address = address
    self.tls = tls
    peer = tls.map { TLSPeer($0.name, of: $0.client) }
    self.context = context
    expiry.origin = self
  }

  deinit { context.reactor.remove(expiry) }

  // MARK: Outages

  /// Whether the last attempt to reach it failed, not long ago: no connection could be made, or no answer came in time.
  public var isDown: Bool {
    guard let failedAt else { return false }
    return context.reactor.now < failedAt.advanced(milliseconds: Self.outageMemory)
  }

  /// Whether one that is down should be tried again; whoever is told so does it.
  public func takeProbe() -> Bool {
    let now = context.reactor.now
    guard probedAt.advanced(milliseconds: Self.probeInterval) <= now else { return false }
    probedAt = now
    return true
  }

  func note(_ failure: UpstreamFailure) {
    context.counts.failures[failure.label, default: 0] += 1
    switch failure.cause {
    case .unresolvable, .refused, .unreachable, .insecure, .connectTimedOut, .answerTimedOut:
      failedAt = context.reactor.now
    case .tooManyConnections, .closedBeforeAnswer, .closedInHead, .closedInBody, .writeTimedOut, .bodyTimedOut,
      .malformed, .violated, .noTunnels, .interrupted:
      break
    }
  }

  @inline(__always)
  func noteAnswer() { if failedAt != nil { failedAt = nil } }

  // MARK: Exchanges

  /// Sends a whole request and receives the first head of the answer.
  ///
  /// A reused connection may have been closed by the origin just before the request reached it. If it ends before the
  /// first byte of an answer, the request is sent once more, over a new connection, where that is safe.
  /// - Parameters:
  ///   - request: head and body; its readable bytes stay there, and must until the connection is released or closed.
  ///   - head: filled with the answer's head, which may be an interim one (1xx).
  ///   - isReplayable: whether sending the request twice does no harm (RFC 9110 § 9.2.2).
  ///   - deadline: for the head of the answer.
  /// - Throws: `UpstreamFailure`; the connection is closed then.
  public func send(
    _ request: ByteBuffer, answering method: HTTPMethod, into head: ResponseHead, isReplayable: Bool,
    until deadline: MonotonicTime
  ) async throws(UpstreamFailure) -> UpstreamConnection {
    // What needs no waiting needs no `async` call.
    let connection: UpstreamConnection
    if let idle = takeIdle(mustBeAlive: !isReplayable) {
      connection = idle
    } else {
      connection = try await acquire(until: deadline, mustBeAlive: !isReplayable)
    }
    do {
      connection.send(request)
      try await connection.receiveHead(into: head, answering: method, until: deadline)
      noteAnswer()
      return connection
    } catch {
      note(error)
      let isSafe = isReplayable || connection.hasSentNothing
      connection.close()
      guard connection.isReused, isSafe, error.cause == .closedBeforeAnswer else { throw error }
    }
    let fresh = try await connect(until: deadline)
    do {
      fresh.send(request)
      try await fresh.receiveHead(into: head, answering: method, until: deadline)
      return fresh
    } catch {
      fresh.close()
      throw error
    }
  }

  /// Sends the head of a request whose body streams: the caller writes the rest and receives the answer. A reused
  /// connection that does not take a byte of it is replaced once.
  /// - Throws: `UpstreamFailure`; the connection is closed then.
  public func open(
    with head: ByteBuffer, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) -> UpstreamConnection {
    let connection = try await acquire(until: deadline, mustBeAlive: true)
    do {
      try await connection.write(head.readable, until: deadline)
      return connection
    } catch {
      connection.close()
      guard connection.isReused, connection.hasSentNothing, error.cause == .closedBeforeAnswer else { throw error }
    }
    let fresh = try await connect(until: deadline)
    do {
      try await fresh.write(head.readable, until: deadline)
      return fresh
    } catch {
      fresh.close()
      throw error
    }
  }

  // MARK: Connections

  /// - Parameter mustBeAlive: asks the kernel whether the origin has closed an idle connection; what the reactor already
  ///   knows is looked at in any case.
  private func acquire(
    until deadline: MonotonicTime, mustBeAlive: Bool
  ) async throws(UpstreamFailure) -> UpstreamConnection {
    while true {
      if let connection = takeIdle(mustBeAlive: mustBeAlive) { return connection }
      if open < context.limits.connections { return try await connect(until: deadline) }
      try await waitForRelease(until: deadline)
    }
  }

  private func takeIdle(mustBeAlive: Bool) -> UpstreamConnection? {
    while let connection = idle.popLast() {
      if connection.isUsable(askKernel: mustBeAlive) {
        connection.beginExchange(isReused: true)
        context.counts.reused &+= 1
        return connection
      }
      connection.close()
    }
    return nil
  }

  /// Adds the connections that there are now.
  func count(into counts: inout UpstreamCounts) {
    counts.open += open
    counts.idle += idle.count
    links?.count(into: &counts)
  }

  /// Whether it has neither a connection nor anybody who waits for one.
  var isUnused: Bool { open == 0 && waiters.isEmpty && (links?.isUnused ?? true) }

  private func connect(until deadline: MonotonicTime) async throws(UpstreamFailure) -> UpstreamConnection {
    open += 1
    do {
      let connection = UpstreamConnection(try await makeSocket(until: deadline), to: self, in: context)
      connection.beginExchange(isReused: false)
      context.counts.opened &+= 1
      return connection
    } catch {
      closed()
      throw error
    }
  }

  /// A connection that nothing has been said on.
  /// - Parameter offersHTTP2: over TLS, which of the two protocols it is to be is the origin's choice.
  func makeSocket(offersHTTP2: Bool = false, until deadline: MonotonicTime) async throws(UpstreamFailure) -> Socket {
    do {
      let limit = min(deadline, context.reactor.now.advanced(milliseconds: context.limits.connectMilliseconds))
      let socket = try await Socket.connect(toAnyOf: addresses(until: limit), on: context.reactor, until: limit)
      if let peer { try await secure(socket, by: peer, offersHTTP2: offersHTTP2, until: limit) }
      return socket
    } catch {
      let failure = Self.failure(of: error)
      note(failure)
      throw failure
    }
  }

  /// - Throws: `insecure`, `connectTimedOut`, `interrupted`; the socket is closed then.
  private func secure(
    _ socket: Socket, by peer: TLSPeer, offersHTTP2: Bool, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) {
    guard let transport = peer.connect(on: socket.descriptor, offersHTTP2: offersHTTP2) else {
      socket.close()
      throw UpstreamFailure(.insecure(peer.client.flaw?.description ?? "`\(peer.name)` cannot be asked for"))
    }
    do {
      try await socket.secure(by: transport, until: deadline)
    } catch {
      socket.close()
      switch error {
      case .timedOut: throw UpstreamFailure(.connectTimedOut)
      case .interrupted: throw UpstreamFailure(.interrupted)
      default: throw UpstreamFailure(.insecure(transport.flaw?.description ?? error.reason))
      }
    }
  }

  private static func failure(of error: any Error) -> UpstreamFailure {
    switch error {
    case let failure as UpstreamFailure: failure
    case SocketError.refused: UpstreamFailure(.refused)
    case SocketError.timedOut: UpstreamFailure(.connectTimedOut)
    case SocketError.interrupted: UpstreamFailure(.interrupted)
    case let error as SocketError: UpstreamFailure(.unreachable(error.reason))
    default: UpstreamFailure(.unreachable("\(error)"))
    }
  }

  private func addresses(until deadline: MonotonicTime) async throws(UpstreamFailure) -> [SocketAddress] {
    switch address {
    case .unix(let path):
      guard let address = SocketAddress(unixPath: path) else { throw UpstreamFailure(.unreachable("bad socket path")) }
      return [address]
    case .tcp(let host, let port):
      if let literal = SocketAddress(ip: host, port: port) { return [literal] }
      return try await NameLookup().run(
        host, port: port, resolver: context.resolver, on: context.reactor, until: deadline)
    }
  }

  // MARK: What connections tell

  /// A connection has finished an exchange cleanly and may carry another.
  func released(_ connection: UpstreamConnection) {
    guard idle.count < context.limits.idleConnections || !waiters.isEmpty else {
      connection.close()
      return
    }
    let now = context.reactor.now
    connection.idleSince = now
    if idle.isEmpty {
      context.reactor.arm(expiry, deadline: now.advanced(milliseconds: context.limits.idleMilliseconds))
    }
    idle.append(connection)
    resumeWaiter()
  }

  /// A connection is gone.
  func closed() {
    open -= 1
    resumeWaiter()
  }

  func closeIdle() {
    let connections = idle
    idle.removeAll()
    for connection in connections { connection.close() }
    links?.closeIdle()
  }

  fileprivate func expireIdle() {
    let now = context.reactor.now
    var expired = 0
    while expired < idle.count,
      idle[expired].idleSince.advanced(milliseconds: context.limits.idleMilliseconds) <= now
    {
      idle[expired].close()
      expired += 1
    }
    idle.removeFirst(expired)
    if let oldest = idle.first {
      context.reactor.arm(expiry, deadline: oldest.idleSince.advanced(milliseconds: context.limits.idleMilliseconds))
    }
  }

  // MARK: Waiting for a connection

  private func waitForRelease(until deadline: MonotonicTime) async throws(UpstreamFailure) {
    let turn = Wait(on: context.reactor)
    waiters.append(turn)
    let wake = await context.reactor.wait(turn, until: deadline)
    waiters.removeAll { $0 === turn }
    if wake != .ready { throw UpstreamFailure(.tooManyConnections) }
  }

  private func resumeWaiter() { if !waiters.isEmpty { waiters.first(where: \.isWaiting)?.resume() } }
}

/// Closes idle connections whose time is over.
private final class IdleExpiry: TimerEntry {
  weak var origin: Origin?

  override func fire() { origin?.expireIdle() }
}
