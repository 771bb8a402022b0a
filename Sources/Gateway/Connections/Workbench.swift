import Bytes
import HTTPWire
import Pipeline
import SiteStore

/// What one exchange needs to work with, kept from exchange to exchange so that none of it is allocated anew. A
/// connection holds a workbench while it has a request; an idle one holds none.
///
/// Its buffers begin small and keep what they grow to: a hundred streams of one HTTP/2 connection have a workbench each.
final class Workbench {
  /// What the client has sent: the request's head, and what came behind it.
  let input = ByteBuffer(capacity: 1024)
  /// What goes to the client.
  let output = ByteBuffer(capacity: 512)
  /// What goes to the origin: request line, fields, and the body if it does not stream.
  let upstream = ByteBuffer(capacity: 1024)
  /// The client's body, the origin's, and the one that the gateway renders, where they must be whole.
  let body = ByteBuffer(capacity: 64)
  let answer = ByteBuffer(capacity: 64)
  let rendered = ByteBuffer(capacity: 64)
  /// What is compressed while it is sent, or was before it was decoded.
  let packed = ByteBuffer(capacity: 64)
  /// The response's field lines.
  let fields = ByteBuffer(capacity: 1024)
  /// An HTTP/2 response's head on its way to its frame.
  let sections = ByteBuffer(capacity: 64)
  /// The request's cache key, and what it is compared in.
  let key = ByteBuffer(capacity: 64)
  let scratch = ByteBuffer(capacity: 64)
  /// The fields of a response as a cache keeps them.
  let kept = ByteBuffer(capacity: 64)
  /// Field lines that rules of a web ACL add to the request for the origin.
  let inserted = ByteBuffer(capacity: 64)
  /// The head that an API behind a distribution sees, where that is not the client's.
  let told = ByteBuffer(capacity: 64)
  let request: RequestHead
  /// The request as a cache asks it on its own behalf, where that is not how the client did.
  let asked: RequestHead
  let response: ResponseHead
  let exchange: Exchange
  var notes = ExchangeNotes()
  var parser = RequestHeadParser()
  /// What a distribution makes of the request; nil where none answers it.
  var edge: EdgeExchange?
  /// The file that is being sent.
  var form: SiteForm?

  init() {
    request = RequestHead(buffer: input)
    response = ResponseHead(buffer: input)
    asked = RequestHead(buffer: input)
    exchange = Exchange(head: request)
  }

  /// Whether nothing in here has grown so much that it should be let go rather than kept.
  var isOfUsualSize: Bool {
    input.capacity &+ output.capacity &+ upstream.capacity &+ body.capacity &+ answer.capacity &+ rendered.capacity
      &+ fields.capacity &+ packed.capacity &+ key.capacity &+ scratch.capacity &+ kept.capacity &+ sections.capacity
      &+ told.capacity <= 256 * 1024
  }
}

/// The workbenches of one worker: as many as there have been exchanges at once, up to a bound.
final class WorkbenchPool {
  private var free: [Workbench] = []
  /// As many as eight HTTP/2 connections with 32 requests each have, and a few.
  static let keep = 320

  func take() -> Workbench { free.isEmpty ? Workbench() : free.removeLast() }

  /// Takes a workbench back; its giver has nothing on it any more.
  func give(_ bench: consuming Workbench) {
    bench.exchange.end()
    guard bench.isOfUsualSize, free.count < Self.keep else { return }
    bench.input.clear()
    bench.output.clear()
    bench.parser.reset()
    free.append(bench)
  }
}
