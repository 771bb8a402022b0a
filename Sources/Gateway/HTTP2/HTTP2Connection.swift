import Bytes
import HTTPWire
import Logging
import Reactor

/// A client's connection that speaks HTTP/2: lets the codec (`HTTP2ServerSession`) work, and starts an exchange for every request.
///
///     open --no stream for `idle`, fault, client's end--> closing --GOAWAY sent--> closed
///       |--drain, its listener closed (`leave`)--> leaving --every request answered--> closed
///
/// One task reads, lets the codec work and writes: requests that have come together start together, and what their
/// responses have to say goes out together, once they all have had their turn. Without requests for a moment it gives the
/// task back and sleeps.
final class HTTP2Connection: FrameCarrier {
  /// How a turn of `run` ended.
  enum Ending {
    /// It is idle, until the socket has something to say or the time comes.
    case sleeps(until: MonotonicTime)
    case ended
  }

  let client: ClientConnection
  let state: WorkerState
  private var session: HTTP2ServerSession?
  /// Exchanges that the codec has announced and that have no task yet.
  private var begun: [HTTP2Exchange] = []
  /// Exchanges that are over, each with its workbench: the next requests', until the connection rests. They hold it, and are let
  /// go of when it rests or ends.
  private var idle: [HTTP2Exchange] = []
  /// Exchanges whose driver has not returned: they count, whether or not the client has reset their streams.
  private var running = 0
  /// Streams whose exchange is over, and whose response has not been taken whole.
  private var unsent = 0
  private var isLeaving = false
  private var isShutDown = false
  private var leaveDeadline = MonotonicTime.never
  /// When the last stream ended.
  private var lastActivity: MonotonicTime

  /// Milliseconds for which an idle connection keeps its task.
  private static let doze = 50
  /// Idle exchanges that are kept: most clients have fewer at once, and those with more have no need of all of them soon.
  private static let keptExchanges = 64
  /// Milliseconds for which requests are still taken after the client was told to stop: those that were on their way.
  private static let grace = 1000

  /// - Returns: nil where there is no memory for it.
  init?(_ client: ClientConnection) {
    self.client = client
    state = client.state
    lastActivity = state.reactor.now
    super.init(client.socket, buffers: state.upstream.buffers)
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
        try flush()
        if session.isOver, isFlushed { break }
        if needsFlush {
          // A client that takes and asks without end must let others have their turn.
          await Task.yield()
          continue
        }
        if session.hasStreams || running > 0 || isLeaving || !isFlushed {
          try await wait(session)
          continue
        }
        // For a moment, with nothing to do.
        if try await !rest(until: min(idleDeadline, state.reactor.now.advanced(milliseconds: Self.doze))) {
          session.rest()
          dropIdle()
          return .sleeps(until: idleDeadline)
        }
      } catch {
        break
      }
    }
    await end(session)
    return .ended
  }

  override func receive(_ bytes: UnsafeRawBufferPointer) {
    guard let session, session.fault == nil else { return }
    if !session.receive(bytes, now: state.reactor.now.nanoseconds / 1_000_000), let fault = session.fault {
      note(fault)
    }
  }

  override func write(into out: ByteBuffer, limit: Int) { session?.write(into: out, limit: limit) }
  override var hasOutput: Bool { session?.hasOutput ?? false }

  private func startExchanges(on worker: isolated Worker) {
    guard !begun.isEmpty else { return }
    for exchange in begun { worker.startShort(exchange) }
    begun.removeAll(keepingCapacity: true)
  }

  /// One that is over, or a new one. Who is still held, say by an upload that has not noticed yet that its client is gone, is not
  /// asked to speak for another request.
  private func takeExchange() -> HTTP2Exchange {
    while !idle.isEmpty {
      if isKnownUniquelyReferenced(&idle[idle.count - 1]) { return idle.removeLast() }
      state.benches.give(idle.removeLast().bench)
    }
    return HTTP2Exchange(on: self)
  }

  private func dropIdle() {
    for exchange in idle { state.benches.give(exchange.bench) }
    idle = []
  }

  // MARK: Wait

  private func wait(_ session: HTTP2ServerSession) async throws(SocketError) {
    var deadline = isLeaving && !isShutDown ? leaveDeadline : MonotonicTime.never
    // A client that has asked and does not take the answer (RFC 9113 § 5.2: opens no window) is not waited for.
    let isStalled = !isFlushed || unsent > 0
    let patience = lastProgress.advanced(milliseconds: state.deadlines.write)
    if isStalled { deadline = min(deadline, patience) }
    if try await rest(until: deadline) { return }
    guard isStalled, state.reactor.now >= patience else { return }
    state.counters.endedSlowReader()
    state.server.log.info(
      "HTTP/2 connection closed", metadata: ["reason": "slowReader", "client": "\(client.clientAddress)"])
    if !isFlushed { throw .timedOut }
    session.terminate(.enhanceYourCalm)
  }

  private var idleDeadline: MonotonicTime { lastActivity.advanced(milliseconds: state.deadlines.idle) }

  private func endIdle(_ session: HTTP2ServerSession) {
    guard !session.hasStreams, running == 0, begun.isEmpty, state.reactor.now >= idleDeadline else { return }
    session.terminate(.noError)
    lastActivity = .never
  }

  // MARK: Exchanges

  /// Bytes of a request's body are needed no longer: of a stream that is over, they still count for all the others (RFC 9113 § 5.2).
  func consume(_ exchange: HTTP2Exchange, _ count: Int) {
    guard count > 0, let session else { return }
    session.consume(exchange, count)
    // Windows are opened by the half: mostly there is nothing to say.
    if session.hasOutput { flushSoon() }
  }

  /// An exchange's driver has returned.
  func ended(_ exchange: HTTP2Exchange) {
    running -= 1
    if !exchange.isClosed { unsent += 1 }
    lastActivity = state.reactor.now
    lastProgress = lastActivity
    flushSoon()
  }

  /// A stream is closed whose driver has returned.
  func closed(_ exchange: HTTP2Exchange) { unsent -= 1 }

  /// An exchange is over, and its workbench may be cleared.
  func isOver(_ exchange: HTTP2Exchange) {
    guard session != nil, idle.count < Self.keptExchanges, exchange.bench.isOfUsualSize else {
      return state.benches.give(exchange.bench)
    }
    exchange.bench.clear()
    idle.append(exchange)
  }

  // MARK: End

  /// Takes no more requests after those that are on their way, and ends when all have been answered (RFC 9113 § 6.8).
  func leave() {
    guard !isLeaving, let session else { return }
    isLeaving = true
    leaveDeadline = state.reactor.now.advanced(milliseconds: Self.grace)
    session.beginShutdown()
    needsFlush = true
    // It may be asleep: then this starts its task.
    wakeUp()
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
    dropOutput()
    begun.removeAll()
    dropIdle()
    await linger()
  }

  /// Closes so that the client can read what it was told last: a close with bytes unread would reset the connection and take
  /// that away.
  private func linger() async {
    socket.shutdownWriting()
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
    let exchange = takeExchange()
    exchange.begin(head)
    begun.append(exchange)
    return exchange
  }
}
