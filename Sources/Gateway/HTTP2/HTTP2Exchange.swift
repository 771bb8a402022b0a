import Bytes
import CacheRules
import HTTPSemantics
import HTTPWire
import Pipeline
import Reactor

/// One stream of an HTTP/2 connection with its request and response; a `Runner` runs its driver.
///
///     begin --run--> driven --driver's end--> unsent --taken whole--> over (`HTTP2Connection.isOver`): begin
///                      |--stream closed--> closed --driver's end--> over
///
/// The response's body lies on its own workbench until the connection has taken it, so both are free for the next request when
/// the driver has returned and the stream is closed.
final class HTTP2Exchange: HTTP2ServerStream, ShortActivity {
  /// Who carries its frames.
  let carrier: HTTP2Connection
  let bench: Workbench
  let state: WorkerState
  /// Why it is answered without being asked; nil: it is a request.
  private var refusal: WireError?
  /// What is known of the client's part.
  var incoming = HTTP2Body()
  /// Interrupted when the client hangs up.
  var companion: (any Interruptible)?
  /// The final head, which goes out with the first bytes of its body: until then it can be taken back.
  private var pendingHead: ClientResponse?
  /// Where its field lines are, if not on `bench`: a page in place of an error comes from a workbench of its own.
  private var pendingBench: Workbench?
  private var trailerLines: ByteBuffer?
  /// Where the driver waits until the connection has taken what there is.
  private var writer: Wait?
  private var isInterrupted = false
  private var isDriven = true
  private var lingering: LingeringStream?
  /// The file that is being sent, from where on, and why it could not be read.
  private var file: (number: Int32, offset: Int) = (-1, 0)
  private var fileFlaw: SocketError?

  init(on carrier: HTTP2Connection) {
    self.carrier = carrier
    state = carrier.state
    bench = state.benches.take()
    super.init(id: 0, outgoing: bench.output, sections: bench.sections)
  }

  /// Takes a request.
  func begin(_ head: HTTP2ServerSession.Head) {
    begin(id: head.streamID)
    isDriven = true
    isInterrupted = false
    if fileFlaw != nil { fileFlaw = nil }
    if companion != nil { companion = nil }
    if pendingHead != nil { pendingHead = nil }
    if pendingBench != nil { pendingBench = nil }
    if trailerLines != nil { trailerLines = nil }
    bench.sections.clear()
    bench.input.write(head.text.readable)
    var refusal = head.refusal
    let request = bench.request
    if refusal == nil {
      switch bench.parser.parse(buffer: bench.input, into: request, limits: state.headLimits) {
      case .complete(let count):
        bench.input.readIndex &+= count
        request.hasLowercaseNames = true
      case .failed(let error): refusal = error
      case .incomplete: refusal = .malformedTarget
      }
    }
    if refusal == nil, !head.isWhole, !head.isWebSocket, request.framing == .none {
      // HTTP/2 has no need to say that a body follows whose length is not known; what comes next has.
      request.framing = .chunked
      request.expectsContinue = request.present.contains(.expect)
    }
    self.refusal = refusal
    incoming.begin(
      isWhole: head.isWhole, isWanted: head.isWebSocket || (refusal == nil && request.framing != .none),
      owesContinue: refusal == nil && request.expectsContinue)
  }

  func run(on worker: Worker) async {
    if let refusal {
      refuse(refusal)
      finish(.closes)
    } else {
      // What came whole with its head has a length, whether or not the client has said so.
      if bench.request.framing == .chunked, incoming.isWhole, incoming.trailers == nil {
        bench.request.framing = .length(UInt64(arrivedCount))
      }
      finish(await ExchangeDriver(client: self, bench: bench).run(on: worker))
    }
  }

  // MARK: Events

  override func didReceive(_ bytes: UnsafeRawBufferPointer) {
    guard incoming.isWanted else {
      session?.discard(bytes.count)
      return
    }
    incoming.count &+= UInt64(bytes.count)
    let buffer = incoming.arrived ?? state.upstream.buffers.takeLarge()
    incoming.arrived = buffer
    buffer.write(bytes)
    incoming.reader?.resume()
  }

  override func didReceiveEnd(trailers: ByteBuffer?, error: WireError?) {
    incoming.isWhole = true
    incoming.trailers = trailers
    if let error { incoming.failure = .malformed(error) }
    incoming.reader?.resume()
  }

  override func didDrain() { writer?.resume() }

  /// What was promised is a file's.
  override func supply(_ room: UnsafeMutableRawBufferPointer) -> Bool {
    do {
      try FileBytes.read(file.number, at: file.offset, into: room)
      file.offset &+= room.count
      return true
    } catch {
      fileFlaw = error
      return false
    }
  }

  override func didClose(_ code: UInt32) {
    companion?.interrupt()
    incoming.reader?.resume(.interrupted)
    writer?.resume(.interrupted)
    guard !isDriven else { return }
    carrier.closed(self)
    rest()
  }

  // MARK: End

  private func finish(_ outcome: ExchangeDriver.Outcome) {
    isDriven = false
    if let session {
      // What comes from now on has no reader.
      incoming.isWanted = false
      carrier.consume(self, incoming.drop(to: state.upstream.buffers))
      switch outcome {
      case .keepsOpen, .closes:
        commitHead()
        end(trailers: trailerLines)
        session.resume(self)
      case .hasEnded where isEnding: break
      case .aborts, .hasEnded, .startsOver: session.reset(self, hasResponded ? .internalError : .cancel)
      }
      if !incoming.isWhole, !isClosed { linger() }
    }
    carrier.ended(self)
    if isClosed { rest() }
  }

  /// The response answers a request of which more was to come. What was on its way is dropped; after a while the client is
  /// told to keep the rest (RFC 9113 § 8.1).
  private func linger() {
    let timer = lingering ?? LingeringStream(self)
    lingering = timer
    state.reactor.arm(timer, deadline: state.reactor.now.advanced(milliseconds: min(2000, state.deadlines.requestBody)))
  }

  /// It has been waited for long enough.
  fileprivate func lingeredLong() {
    guard let session else { return }
    // How slowly it may take the response is another question.
    if waitingCount > 0 { return linger() }
    session.reset(self, .noError)
    carrier.flushSoon()
  }

  /// Nothing of the request and its response is needed any more.
  private func rest() {
    if let lingering {
      state.reactor.remove(lingering)
      self.lingering = nil
    }
    carrier.consume(self, incoming.drop(to: state.upstream.buffers))
    carrier.isOver(self)
  }

  /// Answers what is no request that is taken: no API was asked, so no API's gateway response applies.
  private func refuse(_ error: WireError) {
    state.server.log.debug(
      "request refused",
      metadata: ["status": "\(error.status)", "reason": "\(error)", "client": "\(connection.clientAddress)"])
    bench.fields.clear()
    bench.fields.write("Content-Type: application/json\r\n")
    let size = Refusal.writeBody(StatusCode.reason(error.status), into: bench.output)
    pendingHead = ClientResponse(status: error.status, framing: .length(UInt64(size)), keepsAlive: true)
    bench.request.method = .get
    state.traffic.countRefusal(status: error.status)
    if let log = state.snapshot.accessLog {
      bench.exchange.begin(head: bench.request, facts: facts(of: bench.request))
      state.accessLogs.write(
        log, bench.exchange, AccessRecord(status: error.status, responseLength: size, hasHead: false))
    }
  }

  // MARK: Head

  /// Hands the final head over, if that is still to be done.
  private func commitHead() {
    guard let response = pendingHead, let session else { return }
    let bench = pendingBench ?? bench
    pendingHead = nil
    if pendingBench != nil { pendingBench = nil }
    var hasBody = bench.request.method != .head
    var length: Int?
    switch response.framing {
    case .absent: hasBody = false
    case .length(let count):
      length = Int(clamping: count)
      if count == 0 { hasBody = false }
    case .chunked, .close, .stream: break
    }
    let date =
      response.hasDate
      ? UnsafeRawBufferPointer(start: nil, count: 0)
      : state.date.line(epochMilliseconds: state.reactor.epochMilliseconds)
    session.respond(
      self, status: response.status, fields: bench.fields.readable, more: date, contentLength: length, hasBody: hasBody)
  }

  private func check() throws(SocketError) {
    if let fileFlaw { throw fileFlaw }
    if isClosed { throw .reset }
    if isInterrupted { throw .interrupted }
  }

  // MARK: Body

  /// Lets the connection take what there is.
  private func offer() {
    commitHead()
    session?.resume(self)
    carrier.flushSoon()
  }

  /// Waits until the connection has taken all there is. A client that takes a part of it is waited for again.
  private func drain(until deadline: MonotonicTime) async throws(SocketError) {
    offer()
    var deadline = deadline
    var left = waitingCount
    let writer = writer ?? Wait(on: state.reactor)
    self.writer = writer
    while waitingCount > 0 {
      try check()
      switch await state.reactor.wait(writer, until: deadline) {
      case .ready: break
      case .interrupted: try check()
      case .timedOut:
        guard waitingCount < left else {
          takeBack()
          throw .timedOut
        }
        left = waitingCount
        deadline = state.reactor.now.advanced(milliseconds: state.deadlines.write)
      }
    }
    try check()
  }
}

/// When a stream whose response is over stops waiting for the rest of its request.
private final class LingeringStream: TimerEntry {
  // SAFETY: the exchange holds the timer, and takes it out of the wheel before it lets go of it.
  private unowned(unsafe) let exchange: HTTP2Exchange

  init(_ exchange: HTTP2Exchange) { self.exchange = exchange }

  override func fire() { exchange.lingeredLong() }
}

/// The client's side of an exchange over HTTP/2.
extension HTTP2Exchange: ExchangeClient {
  /// Bytes of a whole response that may lie on the bench when its driver goes; behind more than that it waits, and so it does
  /// behind everything that is followed by something else: a client that takes nothing makes the gateway hold no more.
  private static var patience: Int { 8 * 1024 }

  var connection: ClientConnection { carrier.client }
  var isHungUp: Bool { isClosed || isInterrupted }

  func facts(of request: RequestHead) -> RequestFacts { connection.facts(httpVersion: "HTTP/2.0") }

  func requestBody(on bench: Workbench) -> any RequestBody { self }

  func framingWithoutLength(for request: RequestHead) -> ClientResponse.Framing { .stream }

  func writeInterim(_ status: Int, on bench: Workbench) {
    session?.sendInterim(self, status: status, fields: bench.fields.readable)
    carrier.flushSoon()
  }

  func writeHead(_ response: ClientResponse, on bench: Workbench) {
    bench.output.clear()
    if bench.exchange.isRecorded {
      // It is for the record, not for the client.
      response.writeHead(fields: bench.fields.readable, for: bench.request, state: state, into: bench.output)
    } else {
      pendingHead = response
      pendingBench = bench === self.bench ? nil : bench
    }
  }

  /// RFC 8441 § 5: a 200 stands for the 101, and the handshake's proof is not needed.
  func writeSwitch(to upgrade: UnsafeRawBufferPointer, on bench: Workbench) {
    bench.output.clear()
    if bench.exchange.isRecorded {
      ClientResponse.writeSwitch(to: upgrade, fields: bench.fields.readable, into: bench.output)
      return
    }
    bench.scratch.clear()
    for line in FieldBlock(bench.fields.readable) where !line.name.equalsIgnoringCase("sec-websocket-accept") {
      FieldLine.write(name: line.name, value: line.value, into: bench.scratch)
    }
    bench.fields.clear()
    bench.fields.write(bench.scratch.readable)
    pendingHead = ClientResponse(status: 200, framing: .stream, keepsAlive: true)
    pendingBench = bench === self.bench ? nil : bench
  }

  func endBody(with trailers: ByteBuffer) { trailerLines = trailers }

  /// Brings what was written to another buffer than the stream's to where the connection takes it from.
  private func gather(_ out: ByteBuffer) throws(SocketError) {
    try check()
    guard out !== outgoing, !out.isEmpty else { return }
    outgoing.write(out.readable)
    out.clear()
  }

  func finishWriting(_ out: ByteBuffer) throws(SocketError) -> Bool {
    try gather(out)
    offer()
    return outgoing.count <= Self.patience
  }

  func write(_ out: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) {
    try gather(out)
    try await drain(until: deadline)
  }

  func write(
    _ out: ByteBuffer, then bytes: UnsafeRawBufferPointer, until deadline: MonotonicTime
  ) async throws(SocketError) {
    try gather(out)
    lend(bytes)
    try await drain(until: deadline)
  }

  func sendNow(_ out: ByteBuffer, thenFile file: Int32, _ range: Range<Int>) throws(SocketError) -> Int? {
    try gather(out)
    guard range.count <= Self.patience else { return 0 }
    outgoing.reserve(range.count)
    try FileBytes.read(
      file, at: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: outgoing.writable[..<range.count]))
    outgoing.didWrite(range.count)
    offer()
    return range.count
  }

  func send(
    _ out: ByteBuffer, thenFile file: Int32, _ range: Range<Int>, patience: Int
  ) async throws(SocketError) {
    try gather(out)
    self.file = (file, range.lowerBound)
    promise(range.count)
    try await drain(until: state.reactor.now.advanced(milliseconds: patience))
  }

  var tunnelEnd: any TunnelEnd { self }
}

extension HTTP2Exchange: TunnelEnd {
  func shutdownWriting() {
    end()
    session?.resume(self)
    carrier.flushSoon()
  }

  func interrupt() {
    isInterrupted = true
    incoming.reader?.resume(.interrupted)
    writer?.resume(.interrupted)
  }

  func read(into buffer: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError) -> Int {
    while true {
      if isInterrupted { throw .interrupted }
      // What came before the stream was over has come.
      if let pieces = incoming.arrived, !pieces.isEmpty {
        let count = min(pieces.count, max(buffer.writable.count, 4096))
        buffer.write(UnsafeRawBufferPointer(rebasing: pieces.readable[..<count]))
        pieces.consume(count)
        carrier.consume(self, count)
        return count
      }
      if incoming.isWhole { return 0 }
      try check()
      if await wait(until: deadline) == .timedOut { throw .timedOut }
    }
  }

  /// Waits for more of what the client sends.
  func wait(until deadline: MonotonicTime) async -> Wait.Wake {
    let reader = incoming.reader ?? Wait(on: state.reactor)
    incoming.reader = reader
    return await state.reactor.wait(reader, until: deadline)
  }
}
