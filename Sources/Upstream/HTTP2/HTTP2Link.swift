import Bytes
import HTTPWire
import Reactor

/// A connection to an origin that speaks HTTP/2, for as many calls at once as the origin takes: one task lets the codec
/// (`HTTP2ClientSession`) work.
///
///     open --GOAWAY, `retire`--> leaving --every answer is whole--> closed
///       |--idle for long, the origin breaks the protocol, its end, it takes nothing--> closed
final class HTTP2Link: FrameCarrier {
  private let session: HTTP2ClientSession
  private let context: UpstreamContext
  private weak var owner: HTTP2Links?
  private let isSecure: Bool
  private var isRetired = false
  private(set) var isClosed = false
  /// Why the connection ended, where its end does not say it all.
  var failure: UpstreamFailure.Cause? { session.fault.map { .violated($0) } }
  /// When the last call ended.
  private var idleSince: MonotonicTime
  /// When the origin last said anything.
  private(set) var lastHeard: MonotonicTime
  /// Whether it has carried a call.
  private(set) var isUsed = false
  /// Who waits to hear what the origin's SETTINGS say.
  private var listeners: [Wait] = []

  init(
    _ socket: Socket, _ session: HTTP2ClientSession, isSecure: Bool, of owner: HTTP2Links, in context: UpstreamContext
  ) {
    self.session = session
    self.context = context
    self.owner = owner
    self.isSecure = isSecure
    idleSince = context.reactor.now
    lastHeard = idleSince
    super.init(socket, buffers: context.buffers)
  }

  // MARK: Codec

  override func receive(_ bytes: UnsafeRawBufferPointer) {
    lastHeard = context.reactor.now
    session.receive(bytes)
    if !listeners.isEmpty, session.takesTunnels != nil { tellListeners() }
  }

  override func write(into out: ByteBuffer, limit: Int) { session.write(into: out, limit: limit) }
  override var hasOutput: Bool { session.hasOutput }

  // MARK: Calls

  /// Whether calls are under way.
  var hasCalls: Bool { session.hasStreams }
  /// Whether another call can begin now.
  var mayOpen: Bool { isOpen && session.mayOpen }
  /// Whether calls can begin here at all.
  private var isOpen: Bool { !isClosed && !isRetired && socket.isOpen && !socket.hasPeerClosed && session.isOpen }

  /// Hands the head of a request over; `flushSoon`, or `flushAtOnce`, sends it.
  /// - Returns: its bytes; nil where it cannot be sent over HTTP/2.
  func open(
    _ stream: WireStream, with text: UnsafeRawBufferPointer, acceptsTrailers: Bool,
    following: HTTP2ClientSession.Following
  ) -> Int? {
    let count = session.open(
      stream, with: text, isSecure: isSecure, acceptsTrailers: acceptsTrailers, following: following)
    if count != nil { isUsed = true }
    return count
  }

  /// Sends what there is, without a turn of the connection's task where nobody else could have something to add.
  func flushAtOnce() {
    guard session.streamCount == 1, isFlushed else { return flushSoon() }
    do {
      try flush()
      if !isFlushed || needsFlush { flushSoon() }
    } catch {
      // The task finds out.
      socket.close()
    }
  }

  func resume(_ stream: WireStream) {
    session.resume(stream)
    flushSoon()
  }

  func consume(_ stream: WireStream, _ count: Int) {
    session.consume(stream, count)
    // Windows are opened by the half: mostly there is nothing to say.
    if !stream.isClosed, session.hasOutput { flushSoon() }
  }

  func reset(_ stream: WireStream) {
    session.reset(stream, .cancel)
    flushSoon()
  }

  /// What has come of an answer will not do.
  func refuse(_ stream: WireStream, _ error: WireError) {
    session.refuse(stream, error)
    flushSoon()
  }

  /// A call is over, as far as the connection is concerned.
  func ended() {
    idleSince = context.reactor.now
    if isRetired, !session.hasStreams { session.terminate(.noError) }
    owner?.hasRoom()
  }

  /// No calls begin here any more; those that are under way go on.
  func retire() {
    guard !isRetired else { return }
    isRetired = true
    if !session.hasStreams { session.terminate(.noError) }
    flushSoon()
  }

  func retireIfIdle() { if !session.hasStreams { retire() } }

  // MARK: Tunnels

  /// Whether the origin takes WebSockets (RFC 8441 § 3), which its SETTINGS say: they are waited for.
  /// - Returns: nil where they did not come.
  func takesTunnels(until deadline: MonotonicTime) async -> Bool? {
    while !isClosed, session.takesTunnels == nil {
      let listener = Wait(on: context.reactor)
      listeners.append(listener)
      let wake = await context.reactor.wait(listener, until: deadline)
      listeners.removeAll { $0 === listener }
      if wake != .ready { return nil }
    }
    return session.takesTunnels
  }

  private func tellListeners() { for listener in listeners { listener.resume() } }

  // MARK: Run

  /// Carries the connection on in a task of its own.
  func start(isolation: isolated (any Actor)? = #isolation) {
    // SAFETY: the task inherits the caller's isolation, so it runs on the worker that the link belongs to.
    nonisolated(unsafe) let link = self
    Task {
      _ = isolation
      await link.run()
    }
  }

  private func run() async {
    while readNow() {
      do {
        try flush()
        if session.isOver, isFlushed { break }
        if needsFlush {
          await Task.yield()
        } else {
          try await wait()
        }
      } catch {
        break
      }
    }
    end()
  }

  private func wait() async throws(SocketError) {
    var deadline = MonotonicTime.never
    if !isFlushed { deadline = lastProgress.advanced(milliseconds: context.limits.betweenBytesMilliseconds) }
    if !session.hasStreams { deadline = min(deadline, idleDeadline) }
    if try await rest(until: deadline) { return }
    if !isFlushed { throw .timedOut }
    if !session.hasStreams, context.reactor.now >= idleDeadline { retire() }
  }

  private var idleDeadline: MonotonicTime { idleSince.advanced(milliseconds: context.limits.idleMilliseconds) }

  private func end() {
    isClosed = true
    session.closeStreams()
    dropOutput()
    socket.close()
    tellListeners()
    owner?.closed(self)
  }
}
