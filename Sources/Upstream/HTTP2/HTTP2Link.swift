import Bytes
import HTTPWire
import Reactor

/// A connection to an origin that speaks HTTP/2: carries bytes between the socket and the codec (`HTTP2ClientSession`), for
/// as many calls at once as the origin takes.
///
///     open --GOAWAY, `retire`--> leaving --every answer is whole--> closed
///       |--idle for long, the origin breaks the protocol, its end, it takes nothing--> closed
///
/// One task reads, lets the codec work and writes: what several calls have to say goes out together.
final class HTTP2Link {
  private let socket: Socket
  private let session: HTTP2ClientSession
  private let context: UpstreamContext
  private weak var owner: HTTP2Links?
  private let isSecure: Bool
  /// Frames that the kernel had no room for.
  private var output: ByteBuffer?
  private var needsFlush = true
  private var isWaiting = false
  private var isRetired = false
  private(set) var isClosed = false
  /// Why the connection ended, where its end does not say it all.
  var failure: UpstreamFailure.Cause? { session.fault.map { .violated($0) } }
  /// When the origin last took something of what waits for it.
  private var lastProgress: MonotonicTime
  /// When the last call ended.
  private var idleSince: MonotonicTime
  /// When the origin last said anything.
  private(set) var lastHeard: MonotonicTime
  /// Whether it has carried a call.
  private(set) var isUsed = false

  /// Bytes that are put together before they are written: with one frame more they fill a large buffer.
  private static let batch = BufferPool.largeSize - 17 * 1024

  init(
    _ socket: Socket, _ session: HTTP2ClientSession, isSecure: Bool, of owner: HTTP2Links, in context: UpstreamContext
  ) {
    self.socket = socket
    self.session = session
    self.context = context
    self.owner = owner
    self.isSecure = isSecure
    lastProgress = context.reactor.now
    idleSince = lastProgress
    lastHeard = lastProgress
  }

  // MARK: Calls

  /// Whether calls are under way.
  var hasCalls: Bool { session.hasStreams }
  /// Whether another call can begin now.
  var mayOpen: Bool { isOpen && session.mayOpen }
  /// Whether calls can begin here at all.
  private var isOpen: Bool { !isClosed && !isRetired && socket.isOpen && !socket.hasPeerClosed && session.isOpen }

  /// Sends the head of a request.
  /// - Returns: its bytes; nil where it cannot be sent over HTTP/2.
  func open(
    _ stream: WireStream, with text: UnsafeRawBufferPointer, acceptsTrailers: Bool, streams: Bool
  ) -> Int? {
    let count = session.open(
      stream, with: text, isSecure: isSecure, acceptsTrailers: acceptsTrailers, streams: streams)
    guard count != nil else { return nil }
    isUsed = true
    flushSoon()
    return count
  }

  func resume(_ stream: WireStream) {
    session.resume(stream)
    flushSoon()
  }

  func consume(_ stream: WireStream, _ count: Int) {
    session.consume(stream, count)
    flushSoon()
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
        let isFlushed = try flush()
        if session.isOver, isFlushed { break }
        if needsFlush {
          await Task.yield()
        } else {
          try await wait(isFlushed)
        }
      } catch {
        break
      }
    }
    end()
  }

  /// Reads what has come, for a few turns at most.
  /// - Returns: whether the connection goes on.
  private func readNow() -> Bool {
    guard socket.hasUnreadBytes else { return true }
    let input = context.buffers.takeLarge()
    defer { context.buffers.give(input) }
    for _ in 0..<4 {
      do {
        guard let count = try socket.readNow(into: input) else { return true }
        guard count > 0 else { return false }
      } catch {
        return false
      }
      lastHeard = context.reactor.now
      session.receive(input.readable)
      needsFlush = true
      let isFull = input.writable.isEmpty
      input.clear()
      if !isFull, !socket.hasUnreadBytes { return true }
    }
    // There may be more: after the others.
    return true
  }

  /// Something is to be sent: soon, together with what others have.
  private func flushSoon() {
    needsFlush = true
    guard isWaiting else { return }
    isWaiting = false
    socket.interruptReading()
  }

  private func wait(_ isFlushed: Bool) async throws(SocketError) {
    var deadline = MonotonicTime.never
    if !isFlushed { deadline = lastProgress.advanced(milliseconds: context.limits.betweenBytesMilliseconds) }
    if !session.hasStreams { deadline = min(deadline, idleDeadline) }
    isWaiting = true
    defer { isWaiting = false }
    do {
      if isFlushed {
        try await socket.readable(until: deadline)
      } else {
        try await socket.waitToReadOrWrite(until: deadline)
      }
    } catch .interrupted where socket.isOpen {
      return
    } catch .timedOut {
      if !isFlushed { throw .timedOut }
      if !session.hasStreams, context.reactor.now >= idleDeadline { retire() }
    }
  }

  private var idleDeadline: MonotonicTime { idleSince.advanced(milliseconds: context.limits.idleMilliseconds) }

  /// Writes what the codec has to say.
  /// - Returns: whether the kernel has taken all of it.
  private func flush() throws(SocketError) -> Bool {
    needsFlush = false
    let out = output ?? context.buffers.takeLarge()
    output = nil
    for _ in 0..<8 {
      session.write(into: out, limit: Self.batch)
      if out.isEmpty {
        context.buffers.give(out)
        return true
      }
      let before = out.count
      let isWritten = try socket.finishWriting(out)
      if out.count < before { lastProgress = context.reactor.now }
      if !isWritten {
        out.compact()
        output = out
        return false
      }
    }
    context.buffers.give(out)
    needsFlush = true
    return true
  }

  private func end() {
    isClosed = true
    session.closeStreams()
    if let output { context.buffers.give(output) }
    output = nil
    socket.close()
    owner?.closed(self)
  }
}
