import Bytes
import FuzzerDriver
import HTTPWire

@testable import CacheRules
@testable import CacheStore

@_cdecl("FuzzCacheFiles_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// The head of a body on disk, of which nothing is right but perhaps the sum: it is refused, or whatever is decided about the
/// response is decided, and what is written of it is read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  _ = DiskHead(bytes)
  _ = DiskNames.parse(bytes.text)
  guard let summed = withSum(bytes).withUnsafeBytes({ DiskHead($0) }) else { return 0 }
  decide(summed)
  let object = object(of: summed)
  let file = BodyFile(1, in: "/nowhere", count: summed.bodyCount, sum: summed.bodySum, stamp: nil)
  let out = ByteBuffer()
  DiskHead.write(object, file, into: out)
  guard let again = DiskHead(out.readable) else { fatalError("what was written cannot be read") }
  require(
    again.bodyCount == summed.bodyCount && again.bodySum == summed.bodySum && again.record == summed.record
      && again.key == summed.key && again.selection == summed.selection && again.fields == summed.fields,
    "what was written is read as something else")
  return 0
}

/// `"SLUICE C" | version | sum`, and the input.
private func withSum(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
  let out = ByteBuffer()
  out.write("SLUICE C")
  for number in [1, KeyHash.of(bytes, seed: 1)] as [UInt64] {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { out.write(byte: UInt8(truncatingIfNeeded: number >> shift)) }
  }
  out.write(bytes)
  return Array(out.readable)
}

private func object(of head: DiskHead) -> StoredObject {
  let store = CacheStore(capacity: 1 << 20, seed: 7)
  return head.key.withUnsafeBytes { key in
    head.selection.withUnsafeBytes { selection in
      head.fields.withUnsafeBytes { fields in
        store.object(
          key: key, hash: store.hash(key), selection: selection, fields: fields, record: head.record,
          body: StoredBody(BodyFile(1, in: "/nowhere", count: head.bodyCount, sum: head.bodySum, stamp: nil)))
      }
    }
  }
}

/// All that is asked about a stored response.
private func decide(_ head: DiskHead) {
  let buffer = ByteBuffer()
  buffer.write(
    "GET /a HTTP/1.1\r\nHost: a\r\nCache-Control: max-stale=5, min-fresh=1\r\nAccept-Encoding: gzip\r\n"
      + "If-None-Match: \"a\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\nIf-Range: \"a\"\r\n\r\n")
  let request = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  guard case .complete = parser.parse(buffer: buffer, into: request) else { return }
  let scratch = ByteBuffer()
  let record = head.record
  head.fields.withUnsafeBytes { fields in
    for now in [0, record.received, 1_800_000_000_000, .max] {
      for directives in [RequestDirectives(), RequestDirectives(request)] {
        for isInvalidated in [false, true] {
          _ = Lookup.decide(directives, record, isInvalidated: isInvalidated, now: now)
        }
        var outcome = CacheOutcome(.hit(.fresh))
        outcome.remaining = record.remaining(now: now)
        scratch.clear()
        CacheStatus.write(outcome, into: scratch)
        _ = StaleOnError.mayServe(record, directives, after: .unreachable, now: now)
        _ = StaleOnError.mayServe(record, directives, after: .answered(503), standsInForErrors: true, now: now)
      }
      _ = ClientConditions.isNotModified(request, record, fields: fields, now: now)
      _ = RangeCondition.holds(request, for: record, fields: fields, now: now)
    }
    scratch.clear()
    Validators.write(for: record, fields: fields, into: scratch)
    Validators.writeRest(of: record, fields: fields, into: scratch)
  }
  _ = head.selection.withUnsafeBytes { Vary.matches($0, request, scratch: scratch) }
}
