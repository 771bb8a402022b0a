import Bytes
import HTTPWire
import Logging
import Reactor

/// A client's connection that speaks HTTP/2: carries bytes between the socket and the codec (`HTTP2ServerSession`), and starts an
/// exchange for every request.
///
///     open --no stream for `idle`, fault, client's end--> closing --GOAWAY sent--> closed
///       |--drain, its listener closed (`leave`)--> leaving --every request answered--> closed
///
/// One task reads, lets the codec work and writes: requests that have come together start together, and what their
/// responses have to say goes out together, once they all have had their turn. Without requests for a moment it gives the
/// task back and sleeps.
final class HTTP2Connection {
  /// How a turn of `run` ended.
  enum Ending {
    /// It is idle, until the socket has something to say or the time comes.
    case sleeps(until: MonotonicTime)
    case ended
  }

  let client: ClientConnection
  let state: WorkerState
  private var session: HTTP2ServerSession?
  private var socket: Socket { client.socket }
  /// Exchanges that the codec has announced and that have no task yet.
  private var begun: [HTTP2Exchange] = []
  /// Exchanges whose driver has not returned: they count, whether or not the client has reset their streams.
  private var running = 0
  /// Streams whose exchange is over, and whose response has not been taken whole.
  private var unsent = 0
  /// Frames that the kernel had no room for.
  private var output: ByteBuffer?
  private var needsFlush = true
  private var isWaiting = false
  private var isLeaving = false
  private var isShutDown = false
  private var leaveDeadline = MonotonicTime.never
  /// When the client last took something, or the last stream ended.
  private var lastProgress: MonotonicTime
  private var lastActivity: MonotonicTime

  /// Milliseconds for which an idle connection keeps its task.
  private static let doze = 50
  /// Milliseconds for which requests are still taken after the client was told to stop: those that were on their way.
  private static let grace = 1000
  /// Bytes that are put together before they are written: with one frame more they fill a large buffer.
  private static let batch = BufferPool.largeSize - 17 * 1024

  /// - Returns: nil where there is no memory for it.
  init?(_ client: ClientConnection) {
    self.client = client
    state = client.state
    lastProgress = state.reactor.now
    lastActivity = lastProgress
    guard let session = HTTP2ServerSession(settings: state.http2Settings, owner: self) else { return nil }
    self.session = session
    if state.isDraining { leave() }
  }

  /// Takes what was read before it was known to be HTTP/2.
  func begin(with bytes: UnsafeRawBufferPointer) { receive(bytes) }

  // MARK: Run

  /// Carries the connection on until it sleeps or has ended.
  func run(on worker: isolated Worker) async -> Ending {
    guard let session else { return .ended }
    while true {
      guard readNow() else { break }
      startExchanges(on: worker)
      endGraceIfDue(session)
      endIdle(session)
      do {
        let isFlushed = try flush(session)
        if session.isOver, isFlushed { break }
        if needsFlush {
          // A client that takes and asks without end must let others have their turn.
          await Task.yield()
          continue
        }
        if session.hasStreams || running > 0 || isLeaving || !isFlushed {
          try await wait(isFlushed, session)
          continue
        }
        if try await isQuiet() {
          session.rest()
          return .sleeps(until: idleDeadline)
        }
      } catch {
        break
      }
    }
    await end(session)
    return .ended
  }

  /// Reads what has come, for a few turns at most.
  /// - Returns: whether the connection goes on.
  private func readNow() -> Bool {
    guard socket.hasUnreadBytes else { return true }
    let buffers = state.upstream.buffers
    let input = buffers.takeLarge()
    defer { buffers.give(input) }
    for _ in 0..<4 {
      do {
        guard let count = try socket.readNow(into: input) else { return true }
        guard count > 0 else { return false }
      } catch {
        return false
      }
      receive(input.readable)
      let isFull = input.writable.isEmpty
      input.clear()
      if !isFull, !socket.hasUnreadBytes { return true }
    }
    // There may be more: after the others.
    needsFlush = true
    return true
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) {
    guard let session, session.fault == nil else { return }
    if !session.receive(bytes, now: state.reactor.now.nanoseconds / 1_000_000), let fault = session.fault {
      note(fault)
    }
    needsFlush = true
  }

  private func startExchanges(on worker: isolated Worker) {
    guard !begun.isEmpty else { return }
    for exchange in begun { worker.startShort(exchange) }
    begun.removeAll(keepingCapacity: true)
  }

  // MARK: Wait

  /// Something is to be sent: soon, together with what others have.
  func flushSoon() {
    needsFlush = true
    guard isWaiting else { return }
    isWaiting = false
    socket.interruptReading()
  }

  private func wait(_ isFlushed: Bool, _ session: HTTP2ServerSession) async throws(SocketError) {
    var deadline = isLeaving && !isShutDown ? leaveDeadline : MonotonicTime.never
    // A client that has asked and does not take the answer (RFC 9113 § 5.2: opens no window) is not waited for.
    let isStalled = !isFlushed || unsent > 0
    let patience = lastProgress.advanced(milliseconds: state.deadlines.write)
    if isStalled { deadline = min(deadline, patience) }
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
      guard isStalled, state.reactor.now >= patience else { return }
      state.counters.endedSlowReader()
      state.server.log.info(
        "HTTP/2 connection closed", metadata: ["reason": "slowReader", "client": "\(client.clientAddress)"])
      if !isFlushed { throw .timedOut }
      session.terminate(.enhanceYourCalm)
    }
  }

  /// Waits for a moment, with nothing to do.
  /// - Returns: whether nothing came.
  private func isQuiet() async throws(SocketError) -> Bool {
    isWaiting = true
    defer { isWaiting = false }
    do {
      try await socket.readable(until: min(idleDeadline, state.reactor.now.advanced(milliseconds: Self.doze)))
    } catch .timedOut {
      return true
    } catch .interrupted where socket.isOpen {
      return false
    }
    return false
  }

  private var idleDeadline: MonotonicTime { lastActivity.advanced(milliseconds: state.deadlines.idle) }

  private func endIdle(_ session: HTTP2ServerSession) {
    guard !session.hasStreams, running == 0, begun.isEmpty, state.reactor.now >= idleDeadline else { return }
    session.terminate(.noError)
    lastActivity = .never
  }

  // MARK: Write

  /// Writes what the codec has to say.
  /// - Returns: whether the kernel has taken all of it.
  private func flush(_ session: HTTP2ServerSession) throws(SocketError) -> Bool {
    needsFlush = false
    let buffers = state.upstream.buffers
    let out = output ?? buffers.takeLarge()
    output = nil
    for _ in 0..<8 {
      session.write(into: out, limit: Self.batch)
      if out.isEmpty {
        buffers.give(out)
        return true
      }
      let before = out.count
      let isWritten = try socket.finishWriting(out)
      if out.count < before { lastProgress = state.reactor.now }
      if !isWritten {
        out.compact()
        output = out
        return false
      }
      if !session.hasOutput {
        buffers.give(out)
        return true
      }
    }
    buffers.give(out)
    needsFlush = true
    return true
  }

  // MARK: Exchanges

  /// An exchange's driver has returned.
  func ended(_ exchange: HTTP2Exchange) {
    running -= 1
    if !exchange.isClosed { unsent += 1 }
    lastActivity = state.reactor.now
    lastProgress = lastActivity
    flushSoon()
  }

  /// A stream is closed whose exchange is over.
  func closed(_ exchange: HTTP2Exchange) { unsent -= 1 }

  // MARK: End

  /// Takes no more requests after those that are on their way, and ends when all have been answered (RFC 9113 § 6.8).
  func leave() {
    guard !isLeaving, let session else { return }
    isLeaving = true
    leaveDeadline = state.reactor.now.advanced(milliseconds: Self.grace)
    session.beginShutdown()
    needsFlush = true
    isWaiting = false
    // It may be asleep: then this starts its task.
    socket.interruptReading()
  }

  private func endGraceIfDue(_ session: HTTP2ServerSession) {
    guard isLeaving, !isShutDown, session.hasEndedGrace || state.reactor.now >= leaveDeadline else { return }
    isShutDown = true
    session.finishShutdown()
  }

  private func note(_ fault: HTTP2ServerSession.Fault) {
    state.counters.ended(fault)
    state.server.log.notice(
      "HTTP/2 connection closed", metadata: ["reason": "\(fault.reason)", "client": "\(client.clientAddress)"])
  }

  private func end(_ session: HTTP2ServerSession) async {
    self.session = nil
    session.closeStreams()
    if let output { state.upstream.buffers.give(output) }
    output = nil
    begun.removeAll()
    await linger()
  }

  /// Closes so that the client can read what it was told last: a close with bytes unread would reset the connection and take
  /// that away.
  private func linger() async {
    socket.shutdownWriting()
    let buffers = state.upstream.buffers
    let input = buffers.takeLarge()
    defer { buffers.give(input) }
    let deadline = state.reactor.now.advanced(milliseconds: min(2000, state.deadlines.write))
    var patience = 256 * 1024
    while patience > 0 {
      input.clear()
      guard let count = try? await socket.read(into: input, until: deadline), count > 0 else { return }
      patience -= count
    }
  }
}

extension HTTP2Connection: HTTP2SessionOwner {
  func nonce() -> (UInt64, UInt64) { (state.random.next(), state.random.next()) }

  func session(_ session: HTTP2ServerSession, didReceive head: HTTP2ServerSession.Head) -> HTTP2ServerStream? {
    // What was reset still runs until its driver has noticed: resetting does not make room for more.
    guard running < session.settings.concurrentStreams else { return nil }
    running += 1
    let exchange = HTTP2Exchange(head, on: self)
    begun.append(exchange)
    return exchange
  }
}
