import Bytes
import Firewall
import HTTPWire
import Pipeline
import Reactor
import TLSTermination

/// A client's connection, from accept to close. It speaks HTTP/1 until the client has begun with HTTP/2's preface; from then
/// on it is `HTTP2Connection` that speaks.
///
///     idle --bytes--> head --whole--> exchange --answered, both keep it open--> idle, or the next head if it is there
///       |               |                 |
///       |               |                 +--answered, one closes--> lingering --> closed
///       |               +--malformed, too large, too late--> answered, lingering --> closed
///       |               +--HTTP/2's preface, first of all--> `HTTP2Connection`
///       +--too long, draining--> closed
///
/// A connection that stays idle for a moment gives its task back and sleeps: then it is a socket and little more.
final class ClientConnection: WorkerActivity, Sleeper {
  let socket: Socket
  /// The client's IP address in text, as the connection or a proxy's header in front of it says; for a Unix-domain client,
  /// `unix:`.
  var clientAddress: String
  /// 0: it has none.
  var clientPort: UInt16
  /// The port that the client connected to.
  var port: UInt16
  /// The client's address as a value, once something has asked for it; nil for a Unix-domain client.
  private(set) lazy var address = IPAddress(clientAddress)
  /// The client as its requests know it, from the first one on.
  private lazy var sender = RequestSender(
    clientAddress: clientAddress, clientPort: clientPort, port: port, isSecure: isSecure, security: security)
  /// What holds on its listener.
  let terms: ListenerTerms
  /// What TLS has made sure of; nil without TLS.
  private(set) var security: ConnectionSecurity?
  /// What its TLS client can be told by; nil without TLS, or where no web ACL asks.
  private(set) var fingerprint: ClientFingerprint?
  let state: WorkerState
  /// Who speaks for it once it is an HTTP/2 connection.
  private var http2: HTTP2Connection?
  private var hasServed = false
  /// Whether the response that is being written is the last one.
  var isEnding = false
  private var phase = Phase.busy
  private var worker: Worker?
  /// What a drain must know of it.
  private enum Phase {
    /// A PROXY header or TLS comes first.
    case arriving
    case idle
    /// A request is under way; or it has only just connected, and is about to ask.
    case busy
  }
  /// Milliseconds for which an idle connection keeps its task.
  private static let doze = 50

  // Neighbours in the worker's set of connections.
  var next: ClientConnection?
  // SAFETY: the neighbour before holds this one by `next`, and is taken out of the set, with its links, before it goes.
  unowned(unsafe) var previous: ClientConnection?

  init(
    _ accepted: ListeningSocket.Accepted, at listener: SocketAddress, under terms: ListenerTerms, on state: WorkerState
  ) {
    socket = accepted.socket
    clientAddress = accepted.peer?.host ?? "unix:"
    clientPort = accepted.peer?.port ?? 0
    port = listener.port
    self.terms = terms
    self.state = state
  }

  /// Whether the client came over TLS.
  var isSecure: Bool { security != nil }

  /// Answers requests until the connection ends; it counts as open already.
  func run(on worker: isolated Worker) async {
    if self.worker == nil {
      self.worker = worker
      phase = .arriving
      if let proxies = terms.proxies, await !takeProxyHeader(proxies) { return end() }
      if let tls = terms.tls, await !shakeHands(tls) { return end() }
      if http2 == nil, !terms.protocols.contains(.http1) { http2 = HTTP2Connection(self) }
    }
    if let http2 { return await run(http2, on: worker) }
    while true {
      phase = hasServed ? .idle : .busy
      // Waits, without holding any buffer, until the client says something.
      do {
        try await socket.readable(until: state.reactor.now.advanced(milliseconds: min(Self.doze, state.deadlines.idle)))
      } catch .timedOut where !state.isDraining {
        phase = .idle
        socket.wake(self, whenReadableUntil: idleDeadline)
        return
      } catch {
        break
      }
      phase = .busy
      let bench = state.benches.take()
      let goesOn = await answerRequests(bench, on: worker)
      state.benches.give(bench)
      if let http2 { return await run(http2, on: worker) }
      guard goesOn, !state.isDraining else { break }
    }
    end()
  }

  /// The client has said something again, or nothing for too long.
  func wake(_ reason: Wait.Wake) {
    switch reason {
    case .ready: worker?.startHere(self)
    case .timedOut, .interrupted: if http2 != nil { worker?.startHere(self) } else { end() }
    }
  }

  private func end() {
    http2 = nil
    socket.close()
    state.closed(self)
  }

  /// Ends the connection if no request has begun on it, and none has come that was not seen yet.
  func endIfIdle() {
    if let http2 { return http2.leave() }
    switch phase {
    case .arriving: socket.interrupt()
    case .idle: if socket.isQuiet { socket.interrupt() }
    case .busy: break
    }
  }

  /// Ends the connection, if its protocol has a word for that, as its listener is closed.
  func leave() { http2?.leave() }

  // MARK: HTTP/2

  private func run(_ http2: HTTP2Connection, on worker: isolated Worker) async {
    switch await http2.run(on: worker) {
    case .sleeps(let deadline): socket.wake(self, whenReadableUntil: deadline)
    case .ended: end()
    }
  }

  /// Whether what a client has sent first is how HTTP/2 begins (RFC 9113 § 3.3), where its listener takes that.
  private func preface(in input: ByteBuffer) -> HTTP2Preface.Match {
    hasServed || !terms.protocols.contains(.http2) ? .absent : HTTP2Preface.match(input.readable)
  }

  /// Gives the connection to HTTP/2, with what has been read.
  /// - Returns: whether it could be.
  private func becomeHTTP2(_ input: ByteBuffer) -> Bool {
    http2 = HTTP2Connection(self)
    http2?.begin(with: input.readable)
    input.clear()
    return http2 != nil
  }

  private var idleDeadline: MonotonicTime { state.reactor.now.advanced(milliseconds: state.deadlines.idle) }

  /// Answers the requests that have come, one behind the other, until there is nothing left of them.
  /// - Returns: whether the connection goes on.
  private func answerRequests(_ bench: Workbench, on worker: Worker) async -> Bool {
    // As much as can be had by one call.
    bench.input.reserve(BufferPool.smallSize)
    bench.output.reserve(BufferPool.smallSize)
    repeat {
      // A head that came whole needs no `async` call.
      var progress = receiveHeadNow(bench)
      if progress == .incomplete { progress = await receiveHead(bench) }
      switch progress {
      case .complete(let byteCount): bench.input.readIndex &+= byteCount
      case .failed where preface(in: bench.input) == .whole: return becomeHTTP2(bench.input)
      case .failed(let error):
        await refuse(error.status, because: "\(error)", bench)
        return false
      case .incomplete, nil: return false
      }
      hasServed = true
      let driver = ExchangeDriver(client: self, bench: bench)
      switch await driver.run(on: worker) {
      case .keepsOpen: break
      case .closes:
        if !isDone(with: bench) { await linger(bench) }
        return false
      case .aborts:
        socket.resetOnClose()
        return false
      // The driver starts over by itself.
      case .hasEnded, .startsOver: return false
      }
      // The exchange is over and its head with it: what is left begins the next one.
      if bench.input.isEmpty { bench.input.clear() } else { bench.input.compact() }
    } while !bench.input.isEmpty
    return true
  }

  /// Reads what has come of a head.
  /// - Returns: nil when the connection is over.
  private func receiveHeadNow(_ bench: Workbench) -> HeadResult? {
    let input = bench.input
    while true {
      if !input.isEmpty {
        let result = bench.parser.parse(buffer: input, into: bench.request, limits: state.headLimits)
        switch result {
        case .incomplete: break
        // No head begins so; but more of HTTP/2's preface may come.
        case .failed where preface(in: input) == .begun: break
        case .complete, .failed: return result
        }
      }
      input.reserve(1024)
      do {
        guard let count = try socket.readNow(into: input) else { return .incomplete }
        if count == 0 { return nil }
      } catch {
        return nil
      }
    }
  }

  /// Reads until a head is whole, or cannot become so.
  /// - Returns: nil when the connection is over; a client that took too long has been answered.
  private func receiveHead(_ bench: Workbench) async -> HeadResult? {
    let deadline = state.reactor.now.advanced(milliseconds: state.deadlines.requestHeader)
    while true {
      do {
        try await socket.readable(until: deadline)
      } catch .timedOut where !bench.input.isEmpty {
        await refuse(408, because: "requestHeaderTimedOut", bench)
        return nil
      } catch {
        return nil
      }
      let result = receiveHeadNow(bench)
      if result != .incomplete { return result }
    }
  }

  /// What is known of a request besides its bytes.
  func facts(httpVersion: StaticString) -> RequestFacts {
    RequestFacts(
      requestID: (state.random.next(), state.random.next()), extendedID: state.random.next(),
      epochMilliseconds: state.reactor.epochMilliseconds, sender: sender, httpVersion: httpVersion)
  }

  // MARK: TLS

  /// Begins to speak TLS.
  /// - Returns: whether the connection goes on.
  private func shakeHands(_ tls: TLSListener) async -> Bool {
    guard let transport = tls.accept(on: socket.descriptor) else { return false }
    let deadline = state.reactor.now.advanced(milliseconds: state.deadlines.handshake)
    do {
      try await socket.secure(by: transport, until: deadline)
    } catch {
      await handshakeFailed(error, transport)
      return false
    }
    if transport.applicationProtocol == .http2 { http2 = HTTP2Connection(self) }
    security = ConnectionSecurity(transport)
    state.counters.shookHands(transport)
    if let fingerprint = transport.fingerprint {
      self.fingerprint = ClientFingerprint(ja3: fingerprint.ja3, ja4: fingerprint.ja4)
    }
    return true
  }

  private func handshakeFailed(_ error: SocketError, _ transport: TLSTransport) async {
    state.server.failedHandshakes.add(1, ordering: .relaxed)
    state.counters.failedToShakeHands(error, transport.flaw)
    let reason = transport.flaw?.description ?? error.reason
    state.server.log.debug("handshake failed", metadata: ["reason": "\(reason)", "client": "\(clientAddress)"])
    guard transport.flaw == .plainHTTP else { return }
    // Whoever speaks HTTP here can be told in HTTP.
    socket.removeTransport()
    let bench = state.benches.take()
    bench.output.clear()
    _ = Refusal.write(400, message: "This port speaks HTTPS: ask again with https://", state: state, into: bench.output)
    do {
      try await socket.write(bench.output, until: state.reactor.now.advanced(milliseconds: state.deadlines.write))
      await linger(bench)
    } catch {}
    state.benches.give(bench)
  }

  /// Answers what is no request, and closes.
  private func refuse(_ status: Int, because reason: String, _ bench: Workbench) async {
    state.server.log.debug(
      "request refused", metadata: ["status": "\(status)", "reason": "\(reason)", "client": "\(clientAddress)"])
    bench.output.clear()
    let bodyCount = Refusal.write(status, state: state, into: bench.output)
    state.traffic.countRefusal(status: status)
    if let log = state.snapshot.accessLog {
      bench.exchange.begin(head: bench.request, facts: facts(httpVersion: "-"))
      let record = AccessRecord(status: status, responseLength: bodyCount, hasHead: false)
      state.accessLogs.write(log, bench.exchange, record)
    }
    do {
      try await socket.write(bench.output, until: state.reactor.now.advanced(milliseconds: state.deadlines.write))
    } catch {
      return
    }
    await linger(bench)
  }

  /// Whether the client has said that this was its last request (RFC 9112 § 9.6), and has sent no more than that: then
  /// nothing of its can be on its way that a close would answer with a reset.
  private func isDone(with bench: Workbench) -> Bool {
    !bench.request.keepsAlive && bench.request.framing == .none && bench.input.isEmpty && !socket.hasUnreadBytes
  }

  /// Closes so that the client can read the answer: a close with bytes unread would reset the connection and take the
  /// answer away (RFC 9112 § 9.6). Waits for the client's end, but not for long and not for much.
  private func linger(_ bench: Workbench) async {
    socket.shutdownWriting()
    let deadline = state.reactor.now.advanced(milliseconds: min(2000, state.deadlines.write))
    var patience = 256 * 1024
    while patience > 0 {
      bench.input.clear()
      guard let count = try? await socket.read(into: bench.input, until: deadline), count > 0 else { return }
      patience -= count
    }
  }
}
