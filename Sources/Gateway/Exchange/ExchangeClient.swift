import Bytes
import HTTPWire
import Pipeline
import Reactor

/// The client's side of one exchange: who sent the request and takes the response. `ExchangeDriver` speaks to it alone, so
/// that every stage runs for HTTP/1 and HTTP/2 in the same lines (decision 0012).
///
/// What is sent goes through `bench.output`, in the order in which it was written there: the driver writes behind it and
/// never clears it once the final head has been written. An HTTP/1 connection's output holds everything as it goes out, head
/// and framing; an HTTP/2 stream's holds the body alone, since its head has gone to the connection's codec and its frames
/// are made when there is room for them.
protocol ExchangeClient: AnyObject {
  var state: WorkerState { get }
  /// The connection that the request came over.
  var connection: ClientConnection { get }
  /// Whether the listener answers with nothing but where to ask over TLS.
  var redirectsToHTTPS: Bool { get }
  /// The field line `Strict-Transport-Security`; nil: none is sent.
  var transportSecurity: [UInt8]? { get }
  /// Whether nobody is left to take the response. One who has only finished sending is still there.
  var isHungUp: Bool { get }
  /// Who serves this exchange, and is interrupted when the client hangs up.
  var companion: (any Interruptible)? { get set }

  /// What is known of a request besides its bytes.
  func facts(of request: RequestHead) -> RequestFacts
  /// The body of the request on the bench, whose head says that there is one.
  func requestBody(on bench: Workbench) -> any RequestBody

  /// How the end of a body is found whose length is not known.
  func framingWithoutLength(for request: RequestHead) -> ClientResponse.Framing
  /// Says an interim response (1xx) whose field lines are on the bench.
  func writeInterim(_ status: Int, on bench: Workbench)
  /// Says the final response's head, whose field lines are on the bench.
  func writeHead(_ response: ClientResponse, on bench: Workbench)
  /// Says that the connection, or the stream, becomes a tunnel, with the field lines on the bench.
  func writeSwitch(to upgrade: UnsafeRawBufferPointer, on bench: Workbench)
  /// Says fields behind a body that has no framing of its own.
  func endBody(with trailers: ByteBuffer)

  /// Sends what the output holds, as far as it needs no waiting.
  /// - Returns: whether that was all.
  func finishWriting(_ out: ByteBuffer) throws(SocketError) -> Bool
  /// Sends what the output holds.
  /// - Throws: `.timedOut` when the client took nothing until `deadline`, `.reset`, `.interrupted`, `.failed`.
  func write(_ out: ByteBuffer, until deadline: MonotonicTime) async throws(SocketError)
  /// Sends what the output holds, and bytes behind it.
  func write(
    _ out: ByteBuffer, then bytes: UnsafeRawBufferPointer, until deadline: MonotonicTime
  ) async throws(SocketError)
  /// Sends what the output holds and a part of a file behind it, as far as it needs no waiting.
  /// - Returns: the file's bytes that were sent; nil where not even the output was.
  func sendNow(_ out: ByteBuffer, thenFile file: Int32, _ range: Range<Int>) throws(SocketError) -> Int?
  /// Sends what the output holds and a part of a file behind it.
  /// - Parameter patience: milliseconds for which the client may take nothing.
  func send(
    _ out: ByteBuffer, thenFile file: Int32, _ range: Range<Int>, patience: Int
  ) async throws(SocketError)

  /// The client's end of a tunnel, after `writeSwitch`.
  var tunnelEnd: any TunnelEnd { get }
}

extension ExchangeClient {
  var redirectsToHTTPS: Bool { connection.redirectsToHTTPS }
  var transportSecurity: [UInt8]? { connection.transportSecurity }
}
