import Bytes
import HTTPSemantics
import HTTPWire
import Testing

@testable import CacheRules

/// A request as a client would send it.
func request(_ method: String = "GET", _ target: String = "/", _ fields: [String] = []) -> RequestHead {
  let buffer = ByteBuffer()
  buffer.write("\(method) \(target) HTTP/1.1\r\nHost: example.com\r\n" as String)
  for field in fields { buffer.write(field + "\r\n") }
  buffer.write("\r\n")
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  guard case .complete = parser.parse(buffer: buffer, into: head) else {
    Issue.record("not a request: \(buffer.readable.text)")
    return head
  }
  return head
}

/// 2026-01-01T00:00:00Z, in seconds and in milliseconds.
let noon = 1_767_225_600
let noonMilliseconds = Int64(noon) * 1000

func date(_ seconds: Int) -> String {
  let out = ByteBuffer()
  HTTPDate.write(epochSeconds: Int64(seconds), into: out)
  return out.readable.text
}

/// A response's fields, kept for as long as a test looks at them.
final class Response {
  let status: Int
  let bytes: [UInt8]

  convenience init(_ fields: [String]) { self.init(200, fields) }

  init(_ status: Int, _ fields: [String]) {
    self.status = status
    bytes = Array(fields.map { $0 + "\r\n" }.joined().utf8)
  }

  func facts<R>(now: Int = noon, _ body: (ResponseFacts) -> R) -> R {
    bytes.withUnsafeBytes { body(ResponseFacts(status: status, fields: $0, now: now)) }
  }

  var directives: ResponseDirectives { facts { $0.directives } }

  func decision(_ head: RequestHead = request()) -> StoreDecision {
    facts { Storability.decide(StoringRequest(head, directives: RequestDirectives(head)), $0, now: noon) }
  }

  func decision(_ policy: TTLPolicy, _ head: RequestHead = request()) -> StoreDecision {
    facts { policy.decide(StoringRequest(head, directives: RequestDirectives(head)), $0, now: noon) }
  }

  /// The record of it, stored as it came at noon; its fields are the response's own.
  func record() -> ResponseRecord {
    facts {
      ResponseRecord(
        $0, freshness: .of($0, now: noon), stored: $0.fields.bytes, requested: noonMilliseconds,
        received: noonMilliseconds)
    }
  }

  /// Seconds after noon.
  func lookup(_ head: RequestHead = request(), after seconds: Int = 0, invalidated: Bool = false) -> LookupDecision {
    Lookup.decide(
      RequestDirectives(head), record(), isInvalidated: invalidated, now: noonMilliseconds + Int64(seconds) * 1000)
  }

  var storedFields: String {
    let out = ByteBuffer()
    facts { StoredFields.write($0.fields, into: out) }
    return out.readable.text
  }
}

extension StoreDecision {
  var lifetime: Int? {
    if case .store(let freshness) = self { freshness.lifetime } else { nil }
  }
  var refusal: StoreRefusal? {
    if case .refuse(let refusal) = self { refusal } else { nil }
  }
}

func withBytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
  Array(text.utf8).withUnsafeBytes(body)
}

func written(_ body: (ByteBuffer) -> Void) -> String {
  let out = ByteBuffer()
  body(out)
  return out.readable.text
}
