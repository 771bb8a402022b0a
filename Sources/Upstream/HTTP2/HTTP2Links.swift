import Bytes
import HTTPWire
import Reactor

/// One worker's connections to one origin that is spoken to over HTTP/2: a call goes over the first that has room, and another
/// one is made only where all are full.
///
///     open: room on a connection -> there | being connected -> wait for it | below the limit -> connect | else wait for room
final class HTTP2Links {
  private unowned let origin: Origin
  private let context: UpstreamContext
  private var links: [HTTP2Link] = []
  private var isConnecting = false
  /// How the attempts to connect that failed ended: those who wait for one end with it.
  private var failures: (count: Int, latest: UpstreamFailure?) = (0, nil)
  private var waiters: [Wait] = []

  /// Streams that are opened on one connection, however many more the origin takes.
  private static let streams = 100
  /// Bytes of one answer that may wait for whoever reads it.
  private static let window = 128 * 1024

  init(of origin: Origin, in context: UpstreamContext) {
    self.origin = origin
    self.context = context
  }

  /// Begins a call over a connection that is there.
  /// - Parameters:
  ///   - text: the request's head, and perhaps its whole body behind it; it must stay where it is until the call is over.
  ///   - isFresh: over a connection that has carried none.
  /// - Returns: nil where there is none that has room.
  func openNow(
    with text: UnsafeRawBufferPointer, acceptsTrailers: Bool, following: HTTP2ClientSession.Following, isFresh: Bool
  ) throws(UpstreamFailure) -> OriginStream? {
    guard let link = linkAtHand(isFresh: isFresh) else { return nil }
    return try open(on: link, with: text, acceptsTrailers: acceptsTrailers, following: following)
  }

  /// Begins a call, as `openNow`, or when there is a connection for it.
  /// - Returns: nil where the origin speaks HTTP/1.1 only.
  /// - Throws: as `Origin.connect`; `tooManyConnections`.
  func open(
    with text: UnsafeRawBufferPointer, acceptsTrailers: Bool, following: HTTP2ClientSession.Following, isFresh: Bool,
    until deadline: MonotonicTime
  ) async throws(UpstreamFailure) -> OriginStream? {
    guard let link = try await link(isFresh: isFresh, until: deadline) else { return nil }
    return try open(on: link, with: text, acceptsTrailers: acceptsTrailers, following: following)
  }

  /// Begins a call that becomes a tunnel (RFC 8441).
  /// - Returns: nil where the origin speaks HTTP/1.1 only.
  /// - Throws: as `open`; `noTunnels`, `answerTimedOut`.
  func openTunnel(
    with text: UnsafeRawBufferPointer, until deadline: MonotonicTime
  ) async throws(UpstreamFailure) -> OriginStream? {
    while let link = try await link(isFresh: false, until: deadline) {
      guard let takesTunnels = await link.takesTunnels(until: deadline) else {
        throw UpstreamFailure(link.isClosed ? .closedBeforeAnswer : .answerTimedOut)
      }
      guard takesTunnels else { throw UpstreamFailure(.noTunnels) }
      // Others may have taken the room while it was waited for.
      if link.mayOpen { return try open(on: link, with: text, acceptsTrailers: false, following: .tunnel) }
    }
    return nil
  }

  private func open(
    on link: HTTP2Link, with text: UnsafeRawBufferPointer, acceptsTrailers: Bool,
    following: HTTP2ClientSession.Following
  ) throws(UpstreamFailure) -> OriginStream {
    let stream = OriginStream(on: link, in: context)
    guard stream.begin(with: text, acceptsTrailers: acceptsTrailers, following: following) else {
      throw UpstreamFailure(.closedBeforeAnswer)
    }
    if stream.isReused { context.counts.reused &+= 1 }
    return stream
  }

  private func linkAtHand(isFresh: Bool) -> HTTP2Link? {
    for link in links where link.mayOpen && !(isFresh && link.isUsed) { return link }
    return nil
  }

  private func link(isFresh: Bool, until deadline: MonotonicTime) async throws(UpstreamFailure) -> HTTP2Link? {
    while true {
      if let link = linkAtHand(isFresh: isFresh) { return link }
      if !isConnecting, links.count < context.limits.connections { return try await connect(until: deadline) }
      let seen = failures.count
      let turn = Wait(on: context.reactor)
      waiters.append(turn)
      let wake = await context.reactor.wait(turn, until: deadline)
      waiters.removeAll { $0 === turn }
      if wake != .ready { throw UpstreamFailure(isConnecting ? .connectTimedOut : .tooManyConnections) }
      if !origin.speaksHTTP2 { return nil }
      if failures.count != seen, let failure = failures.latest { throw failure }
    }
  }

  private func connect(until deadline: MonotonicTime) async throws(UpstreamFailure) -> HTTP2Link? {
    isConnecting = true
    defer {
      isConnecting = false
      for waiter in waiters { waiter.resume() }
    }
    do throws(UpstreamFailure) {
      guard let socket = try await origin.connectHTTP2(until: deadline) else { return nil }
      var settings = HTTP2Settings(
        concurrentStreams: Self.streams, streamWindow: Self.window, connectionWindow: Int(Int32.max))
      settings.head = context.limits.head
      guard let session = HTTP2ClientSession(settings: settings) else {
        socket.close()
        throw UpstreamFailure(.unreachable("no memory"))
      }
      let link = HTTP2Link(socket, session, isSecure: origin.isSecure, of: self, in: context)
      links.append(link)
      context.counts.opened &+= 1
      link.start()
      return link
    } catch {
      failures = (failures.count &+ 1, error)
      throw error
    }
  }

  // MARK: What connections tell

  /// A call is over: another may begin in its place.
  func hasRoom() { waiters.first(where: \.isWaiting)?.resume() }

  /// A connection is gone.
  func closed(_ link: HTTP2Link) {
    links.removeAll { $0 === link }
    hasRoom()
  }

  /// Adds the connections that there are now.
  func count(into counts: inout UpstreamCounts) {
    counts.open += links.count
    counts.idle += links.count { !$0.hasCalls }
  }

  var isUnused: Bool { links.isEmpty && !isConnecting && waiters.isEmpty }

  func closeIdle() { for link in links { link.retireIfIdle() } }
}
