import Bytes
import Firewall
import HTTPWire
import Pipeline
import Reactor

/// A client's HTTP/1 connection, from accept to close.
///
///     idle --bytes--> head --whole--> exchange --answered, both keep it open--> idle, or the next head if it is there
///       |               |                 |
///       |               |                 +--answered, one closes--> lingering --> closed
///       |               +--malformed, too large, too late--> answered, lingering --> closed
///       +--too long, draining--> closed
///
/// A connection that stays idle for a moment gives its task back and sleeps: then it is a socket and little more.
final class ClientConnection: WorkerActivity, Sleeper {
  let socket: Socket
  /// The client's IP address in text; for a Unix-domain client, `unix:`.
  let clientAddress: String
  let port: UInt16
  /// The client's address as a value, once something has asked for it; nil for a Unix-domain client.
  private(set) lazy var address = IPAddress(clientAddress)
  let state: WorkerState
  private var isIdle = true
  private var worker: Worker?
  /// Milliseconds for which an idle connection keeps its task.
  private static let doze = 50

  // Neighbours in the worker's set of connections.
  var next: ClientConnection?
  // SAFETY: the neighbour before holds this one by `next`, and is taken out of the set, with its links, before it goes.
  unowned(unsafe) var previous: ClientConnection?

  init(_ accepted: ListeningSocket.Accepted, at listener: SocketAddress, on state: WorkerState) {
    socket = accepted.socket
    clientAddress = accepted.peer?.host ?? "unix:"
    port = listener.port
    self.state = state
  }

  /// Answers requests until the connection ends.
  func run(on worker: isolated Worker) async {
    if self.worker == nil {
      self.worker = worker
      state.opened(self)
    }
    while true {
      isIdle = true
      // Waits, without holding any buffer, until the client says something.
      do {
        try await socket.readable(until: state.reactor.now.advanced(milliseconds: min(Self.doze, state.deadlines.idle)))
      } catch .timedOut where !state.isDraining {
        socket.wake(self, whenReadableUntil: idleDeadline)
        return
      } catch {
        break
      }
      isIdle = false
      let bench = state.benches.take()
      let goesOn = await answerRequests(bench, on: worker)
      state.benches.give(bench)
      guard goesOn, !state.isDraining else { break }
    }
    end()
  }

  /// The client has said something again, or nothing for too long.
  func wake(_ reason: Wait.Wake) {
    switch reason {
    case .ready: worker?.startFromReactor(self)
    case .timedOut, .interrupted: end()
    }
  }

  private func end() {
    socket.close()
    state.closed(self)
  }

  /// Ends the connection if no request has begun on it.
  func endIfIdle() { if isIdle { socket.interrupt() } }

  private var idleDeadline: MonotonicTime { state.reactor.now.advanced(milliseconds: state.deadlines.idle) }

  /// Answers the requests that have come, one behind the other, until there is nothing left of them.
  /// - Returns: whether the connection goes on.
  private func answerRequests(_ bench: Workbench, on worker: isolated Worker) async -> Bool {
    repeat {
      // A head that came whole needs no `async` call.
      var progress = receiveHeadNow(bench)
      if progress == .incomplete { progress = await receiveHead(bench) }
      switch progress {
      case .complete(let byteCount): bench.input.readIndex &+= byteCount
      case .failed(let error):
        await refuse(error.status, because: "\(error)", bench)
        return false
      case .incomplete, nil: return false
      }
      let driver = ExchangeDriver(connection: self, bench: bench)
      switch await driver.run(on: worker) {
      case .keepsOpen: break
      case .closes:
        await linger(bench)
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
        if result != .incomplete { return result }
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
      epochMilliseconds: state.reactor.epochMilliseconds, clientAddress: clientAddress, port: port,
      httpVersion: httpVersion)
  }

  /// Answers what is no request, and closes.
  private func refuse(_ status: Int, because reason: String, _ bench: Workbench) async {
    state.server.log.debug(
      "request refused", metadata: ["status": "\(status)", "reason": "\(reason)", "client": "\(clientAddress)"])
    bench.output.clear()
    let bodyCount = Refusal.write(status, state: state, into: bench.output)
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
