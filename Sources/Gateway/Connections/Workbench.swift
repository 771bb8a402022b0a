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
  let input: ByteBuffer
  /// What goes to the client.
  let output: ByteBuffer
  /// What goes to the origin: request line, fields, and the body if it does not stream.
  let upstream: ByteBuffer
  /// The client's body, the origin's, and the one that the gateway renders, where they must be whole.
  let body: ByteBuffer
  let answer: ByteBuffer
  let rendered: ByteBuffer
  /// What is compressed while it is sent, or was before it was decoded.
  let packed: ByteBuffer
  /// The response's field lines.
  let fields: ByteBuffer
  /// An HTTP/2 response's head on its way to its frame.
  let sections: ByteBuffer
  /// The request's cache key, and what it is compared in.
  let key: ByteBuffer
  let scratch: ByteBuffer
  /// The fields of a response as a cache keeps them.
  let kept: ByteBuffer
  /// Field lines that rules of a web ACL add to the request for the origin.
  let inserted: ByteBuffer
  /// The head that an API behind a distribution sees, where that is not the client's.
  let told: ByteBuffer
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
  private let growth = BufferGrowth()

  init() {
    input = ByteBuffer(capacity: 1024, noting: growth)
    output = ByteBuffer(capacity: 512, noting: growth)
    upstream = ByteBuffer(capacity: 1024, noting: growth)
    body = ByteBuffer(capacity: 64, noting: growth)
    answer = ByteBuffer(capacity: 64, noting: growth)
    rendered = ByteBuffer(capacity: 64, noting: growth)
    packed = ByteBuffer(capacity: 64, noting: growth)
    fields = ByteBuffer(capacity: 1024, noting: growth)
    sections = ByteBuffer(capacity: 64, noting: growth)
    key = ByteBuffer(capacity: 64, noting: growth)
    scratch = ByteBuffer(capacity: 64, noting: growth)
    kept = ByteBuffer(capacity: 64, noting: growth)
    inserted = ByteBuffer(capacity: 64, noting: growth)
    told = ByteBuffer(capacity: 64, noting: growth)
    request = RequestHead(buffer: input)
    response = ResponseHead(buffer: input)
    asked = RequestHead(buffer: input)
    exchange = Exchange(head: request)
  }

  /// Whether nothing in here has grown so much that it should be let go rather than kept.
  var isOfUsualSize: Bool { growth.bytes <= 256 * 1024 }

  /// The exchange is over, and nothing of it is needed any more.
  func clear() {
    exchange.end()
    input.clear()
    output.clear()
    parser.reset()
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
    bench.clear()
    guard bench.isOfUsualSize, free.count < Self.keep else { return }
    free.append(bench)
  }
}
