import Bytes
import FuzzerDriver
import HTTPSemantics
import HTTPWire
import StaticFiles

@testable import CacheRules

@_cdecl("FuzzCaching_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

private let now: Int64 = 1_790_000_000_000

/// A request, a zero byte, its answer, a zero byte, and perhaps another request: all that a cache decides about them.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let parts = UnsafeRawBufferPointer(start: start, count: count).split(separator: 0, omittingEmptySubsequences: false)
  guard parts.count >= 2, let first = request(parts[0]) else { return 0 }
  let later = parts.count > 2 ? request(parts[2]) ?? first : first
  checkKeys(first, later)
  guard let answer = response(parts[1], to: first.method) else { return 0 }
  let lines = ByteBuffer()
  for field in answer.fields { answer.write(field, into: lines) }
  let fields = FieldBlock(lines.readable)
  require(
    fields.map { [Array($0.name), Array($0.value)] }
      == answer.fields.map { [Array(answer.name(of: $0)), Array(answer.value(of: $0))] },
    "the lines of an answer are read in two ways")
  checkTags(of: fields, first)
  let facts = ResponseFacts(status: answer.status, fields: lines.readable, now: Int(now / 1000))
  let kept = checkStoredFields(fields)
  let asked = StoringRequest(first, directives: RequestDirectives(first))
  let decisions =
    [Storability.decide(asked, facts, now: Int(now / 1000))]
    + [TTLPolicy(), TTLPolicy(minimum: 60), TTLPolicy(minimum: 0, standard: 0, maximum: 0), TTLPolicy(maximum: .max)]
    .map { $0.decide(asked, facts, cachesOptions: true, now: Int(now / 1000)) }
  for case .store(let freshness) in decisions {
    require(freshness.lifetime >= 0, "fresh for \(freshness.lifetime) seconds")
    var record = ResponseRecord(
      facts, freshness: freshness, stored: kept.readable, requested: now - 1500, received: now)
    require((record.part != nil) == (answer.status == 206), "a \(answer.status) is \(String(describing: record.part))")
    require((0...DeltaSeconds.greatest).contains(record.initialAge), "an age of \(record.initialAge)")
    check(record, facts, kept.readable, first, later)
    TTLPolicy(minimum: 60).apply(to: &record, facts)
    check(record, facts, kept.readable, first, later)
  }
  checkSelection(fields, first, later)
  return 0
}

private func request(_ bytes: Slice<UnsafeRawBufferPointer>) -> RequestHead? {
  let buffer = ByteBuffer()
  buffer.write(UnsafeRawBufferPointer(rebasing: bytes))
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  guard case .complete = parser.parse(buffer: buffer, into: head) else { return nil }
  return head
}

private func response(_ bytes: Slice<UnsafeRawBufferPointer>, to method: HTTPMethod) -> ResponseHead? {
  let buffer = ByteBuffer()
  buffer.write(UnsafeRawBufferPointer(rebasing: bytes))
  let head = ResponseHead(buffer: buffer)
  var parser = ResponseHeadParser()
  guard case .complete = parser.parse(buffer: buffer, into: head, answering: method) else { return nil }
  return head
}

// MARK: Keys

/// A key knows its target, and two requests with one key are for the same target, with the same of what is in the key.
private func checkKeys(_ first: RequestHead, _ later: RequestHead) {
  let policies = [
    CacheKeyPolicy.standard,
    CacheKeyPolicy(query: .whitelist(["a"]), headers: ["x-a", "accept"], cookies: .allExcept(["a"]), encodings: .gzip),
    CacheKeyPolicy(query: .none, headers: ["host"], cookies: .all, encodings: [.gzip, .brotli]),
  ]
  let (one, other) = (ByteBuffer(), ByteBuffer())
  for policy in policies {
    one.clear()
    other.clear()
    CacheKey.write(space: 7, policy, first, path: first.pathBytes, into: one)
    CacheKey.write(space: 7, policy, later, path: later.pathBytes, into: other)
    let target = CacheKey.target(of: one.readable)
    require(CacheKey.space(of: one.readable) == 7 && CacheKey.isOfDistribution(one.readable), "not in its space")
    require(target.starts(with: first.pathBytes), "\(target.text) is not where \(first.pathBytes.text) is")
    require(
      InvalidationPattern(exactly: target).matches(target)
        && (try? InvalidationPattern("/*"))?.matches(target) != (first.pathBytes.first != 47), "\(target.text)")
    require(!CacheKey.parts(of: one.readable).contains("\0"), "the parts of a key are no text")
    guard one.readable.elementsEqual(other.readable) else { continue }
    require(first.pathBytes.elementsEqual(later.pathBytes), "two paths have one key")
    if policy == .standard { require(same(first.queryBytes, later.queryBytes), "two queries have one key") }
    for name in policy.headers { require(values(name, first) == values(name, later), "two values of \(name)") }
  }
}

private func same(_ one: UnsafeRawBufferPointer?, _ other: UnsafeRawBufferPointer?) -> Bool {
  one.map { Array($0) } == other.map { Array($0) }
}

/// Several lines are one list.
private func values(_ name: String, _ head: RequestHead) -> String? {
  let lines = head.fields.filter { head.name(of: $0).text.lowercased() == name }
  return lines.isEmpty ? nil : lines.map { head.value(of: $0).text }.joined(separator: ",")
}

// MARK: What is stored

/// What is stored of what is stored is the same, and so is what was updated twice.
private func checkStoredFields(_ fields: FieldBlock) -> ByteBuffer {
  let (kept, again) = (ByteBuffer(), ByteBuffer())
  StoredFields.write(fields, into: kept)
  StoredFields.write(FieldBlock(kept.readable), into: again)
  require(again.readable.elementsEqual(kept.readable), "stored twice: \(again.readable.text)")
  require(FieldBlock(kept.readable).reduce(0) { $0 + $1.range.count } == kept.count, "lines that are none")
  let (updated, twice) = (ByteBuffer(), ByteBuffer())
  StoredFields.write(FieldBlock(kept.readable), updatedBy: fields, into: updated)
  StoredFields.write(FieldBlock(updated.readable), updatedBy: fields, into: twice)
  require(updated.readable.elementsEqual(twice.readable), "updated twice: \(twice.readable.text)")
  return kept
}

private func checkTags(of fields: FieldBlock, _ request: RequestHead) {
  var count = 0
  ObjectTags.read(fields) { tag in
    count += 1
    require(!tag.isEmpty && tag.count <= ObjectTags.longest, "a tag of \(tag.count) bytes")
  }
  require(count <= ObjectTags.most, "\(count) tags")
  ObjectTags.readInvalidated(fields) { _ in }
  let out = ByteBuffer()
  for line in fields where line.id == .location || line.isNamed("content-location") {
    out.clear()
    guard
      UnsafeMethod.resolve(line.value, authority: request.authorityBytes, path: request.pathBytes, into: out)
    else { continue }
    let isPath = request.pathBytes.first == UInt8(ascii: "/")
    require(!isPath || out.readable.first == UInt8(ascii: "/"), "\(line.value.text) is \(out.readable.text)")
  }
}

// MARK: Reusing

private func check(
  _ record: ResponseRecord, _ facts: ResponseFacts, _ fields: UnsafeRawBufferPointer, _ first: RequestHead,
  _ later: RequestHead
) {
  if let place = record.etag { require(place.lowerBound >= 0 && place.upperBound <= fields.count, "\(place)") }
  var wasFresh = true
  for time in [now, now + 999, now + 60_000, now + 3_600_000, now + 400_000_000_000, .max] {
    let isFresh = Lookup.decide(RequestDirectives(), record, isInvalidated: false, now: time) == .hit(.fresh)
    require(wasFresh || !isFresh, "fresh again at \(time)")
    wasFresh = isFresh
  }
  for time in [Int64.min, 0, now - 5000, now, now + 60_000, .max] {
    let directives = RequestDirectives(later)
    for isInvalidated in [false, true] {
      let decision = Lookup.decide(directives, record, isInvalidated: isInvalidated, now: time)
      if case .hit(.fresh) = decision { require(!isInvalidated && !directives.noCache, "a hit against all orders") }
      if directives.onlyIfCached, case .revalidate = decision { fatalError("the origin is asked against all orders") }
    }
    for failure in [StaleOnError.Failure.unreachable, .answered(503), .answered(404)] {
      _ = StaleOnError.mayServe(record, directives, after: failure, standsInForErrors: true, now: time)
    }
    _ = ClientConditions.isNotModified(later, record, fields: fields, now: time)
    _ = RangeCondition.holds(later, for: record, fields: fields, now: time)
  }
  if let part = record.part {
    let use = PartialContent.use(of: part, for: RangeRequest(later), isStronglyValidated: true)
    if case .serve(let range, let place) = use {
      require(
        range.lowerBound >= 0 && range.upperBound <= part.count && range.count == place.count, "\(range) of \(part)")
    }
  }
  let lines = ByteBuffer()
  Validators.write(for: record, fields: fields, into: lines)
  Validators.writeRest(of: record, fields: fields, into: lines)
  require(FieldBlock(lines.readable).reduce(0) { $0 + $1.range.count } == lines.count, "conditions that are no lines")
  _ = Validators.confirms(facts, record, fields: fields, wasAskedAbout: true)
  _ = HeadUpdate.decide(facts, length: facts.contentLength, record, fields: fields, storedLength: 10)
  let file = Representation(
    FileMetadata(size: 100, modifiedNanoseconds: 784_111_777_000_000_000), contentType: "text/plain", cacheControl: "",
    varies: false, now: now / 1000)
  let preconditions = Preconditions(later, file, now: now / 1000)
  if let range = preconditions.range { _ = ByteRanges(later.value(of: range), size: 100) }
}

/// A response is the one for the request that it was chosen by; another request is served it if the response chosen by that one
/// would have the same selection.
private func checkSelection(_ fields: FieldBlock, _ first: RequestHead, _ later: RequestHead) {
  let (one, other, scratch) = (ByteBuffer(), ByteBuffer(), ByteBuffer())
  guard Vary.write(fields, request: first, into: one) else { return }
  require(Vary.matches(one.readable, first, scratch: scratch), "\(one.readable.text.debugDescription)")
  guard Vary.write(fields, request: later, into: other) else { return }
  scratch.clear()
  Vary.write(like: one.readable, request: later, into: scratch)
  require(scratch.readable.elementsEqual(other.readable), "\(scratch.readable.text) and \(other.readable.text)")
  require(
    Vary.matches(one.readable, later, scratch: scratch) == one.readable.elementsEqual(other.readable),
    "\(one.readable.text.debugDescription) and \(other.readable.text.debugDescription)")
}
