import Bytes
import FuzzerDriver
import HTTPSemantics
import StaticFiles

@testable import CacheRules

@_cdecl("FuzzFieldValues_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// Values of fields, paths and queries as peers write them, each read as everything that such bytes are read as.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  let halves = bytes.firstIndex(of: 0).map {
    (UnsafeRawBufferPointer(rebasing: bytes[..<$0]), UnsafeRawBufferPointer(rebasing: bytes[($0 + 1)...]))
  }
  checkDate(bytes)
  checkRanges(bytes)
  checkContentRange(bytes)
  checkEncoding(bytes)
  checkQuery(bytes)
  checkSitePath(bytes)
  checkPreferences(bytes)
  checkLists(bytes)
  if let (one, other) = halves {
    checkPattern(one, other)
    checkTags(one, other)
  }
  return 0
}

private func checkDate(_ bytes: UnsafeRawBufferPointer) {
  for now in [-1, 0, 1_790_000_000] {
    guard let date = HTTPDate.parse(bytes, now: now) else { continue }
    let out = ByteBuffer()
    HTTPDate.write(epochSeconds: Int64(date), into: out)
    require(out.count == HTTPDate.byteCount, "a date of \(out.count) bytes")
    // The year before the first one has no form.
    if date < -62_167_219_200 || date > 253_402_300_799 { continue }
    require(HTTPDate.parse(out.readable, now: now) == date, "\(bytes.text) became \(out.readable.text)")
  }
}

/// A file and a stored response answer the same ranges.
private func checkRanges(_ bytes: UnsafeRawBufferPointer) {
  for size in [0, 1, 10, 1000, .max - 1, .max] {
    let ofFile = ByteRanges(bytes, size: size)
    var ranges: [Range<Int>] = []
    switch ofFile {
    case .whole, .unsatisfiable: break
    case .one(let range): ranges = [range]
    case .several(let several):
      ranges = several
      require((2...ByteRanges.most).contains(several.count), "\(several.count) parts")
    }
    require(ranges.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= size }, "\(ranges) of \(size)")
    for (index, range) in ranges.enumerated() {
      require(!ranges[..<index].contains { $0.overlaps(range) }, "\(ranges) overlap")
      let out = ByteBuffer()
      ByteRanges.writeContentRange(range, of: size, into: out)
    }
    if ranges.count > 1 { _ = MultipartRanges(ranges, contentType: [], size: size, random: (1, 2)).byteCount }
    let request = RangeRequest(bytes)
    _ = request?.onlyRange(length: nil)
    _ = request?.isOne
    // An empty file has no ranges; an empty response has none that can be satisfied.
    guard size > 0 else { continue }
    let ofResponse = request?.answer(length: size) ?? .whole
    let same =
      switch (ofFile, ofResponse) {
      case (.whole, .whole), (.unsatisfiable, .unsatisfiable): true
      case (.one(let one), .one(let other)): one == other
      case (.several(let one), .several(let other)): one == other
      default: false
      }
    require(same, "\(bytes.text) of \(size): \(ofFile), \(ofResponse)")
    if let part = ContentRange(first: 0, last: size - 1, complete: size) as ContentRange?, size < .max {
      if case .serve(let piece, let place) = PartialContent.use(of: part, for: request, isStronglyValidated: true) {
        require(piece.count == place.count && piece.upperBound <= size, "\(piece) as \(place)")
      }
    }
  }
}

private func checkContentRange(_ bytes: UnsafeRawBufferPointer) {
  guard let range = ContentRange(bytes) else { return }
  require(range.count > 0 && range.first >= 0 && range.last < range.complete ?? .max, "\(range)")
  let out = ByteBuffer()
  range.write(into: out)
  require(ContentRange(out.readable) == range, "\(range) became \(out.readable.text)")
  for complete in [nil, range.complete] {
    let part = ContentRange(first: range.first, last: range.last, complete: complete)
    _ = PartialContent.use(of: part, for: nil, isStronglyValidated: true)
    _ = PartialContent.continues(part, range, stored: EntityTag(bytes), newer: EntityTag(bytes))
  }
}

private func checkEncoding(_ bytes: UnsafeRawBufferPointer) {
  let out = ByteBuffer()
  let back = ByteBuffer()
  for set in [ByteSet.unreserved, .path, .query] {
    out.clear()
    back.clear()
    PercentEncoding.encode(bytes, except: set, into: out)
    require(out.readable.allSatisfy { set.contains($0) || $0 == 37 }, "\(out.readable.text)")
    PercentEncoding.decode(out.readable, into: back)
    require(back.readable.elementsEqual(bytes), "what was encoded is not decoded")
  }
  out.clear()
  PercentEncoding.decode(bytes, plusIsSpace: true, into: out)
  require(out.count <= bytes.count, "decoding made it longer")
}

/// The pairs, put together again, are the same pairs.
private func checkQuery(_ bytes: UnsafeRawBufferPointer) {
  let out = ByteBuffer()
  var pairs: [[[UInt8]]] = []
  for pair in QueryString(bytes) {
    if !out.isEmpty { out.write("&") }
    out.write(pair.name)
    if pair.hasEquals { out.write("=") }
    out.write(pair.value)
    pairs.append([Array(pair.name), Array(pair.value)])
  }
  require(QueryString(out.readable).map { [Array($0.name), Array($0.value)] } == pairs, "\(out.readable.text)")
}

private func checkSitePath(_ bytes: UnsafeRawBufferPointer) {
  let scratch = ByteBuffer()
  guard let path = try? SitePath(bytes, scratch: scratch) else { return }
  require(path.bytes.count <= SitePath.longest && !path.bytes.contains(0), "\(path.bytes.text)")
  var segments = path.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  if path.isFolder { segments.removeLast() }
  for segment in segments {
    require(!segment.isEmpty && !segment.elementsEqual("..".utf8) && !segment.elementsEqual(".".utf8), path.bytes.text)
  }
  _ = path.fileExtension.flatMap { ContentTypes.type(of: $0) }
  _ = CacheControlRule.value(for: path.bytes, by: [])
  if path.isFolder { return }
  scratch.clear()
  FolderLocation.write(bytes, query: bytes, into: scratch)
  require(!scratch.readable.text.hasPrefix("Location: //"), "a location on another host")
}

private func checkPreferences(_ bytes: UnsafeRawBufferPointer) {
  var codings = AcceptedCodings()
  codings.add(bytes)
  for weight in [codings.gzipWeight, codings.brotliWeight, codings.identityWeight] {
    require((0...1000).contains(weight), "a weight of \(weight)")
  }
  for (brotli, gzip) in [(true, true), (true, false), (false, true), (false, false)] {
    switch codings.preferred(offeringBrotli: brotli, gzip: gzip) {
    case .brotli: require(brotli && codings.brotliWeight > 0, "brotli was not offered or not wanted")
    case .gzip: require(gzip && codings.gzipWeight > 0, "gzip was not offered or not wanted")
    case .deflate: fatalError("deflate was not offered")
    case nil: break
    }
  }
  _ = codings.preferred
  _ = AcceptedTypes.prefersHTML(bytes)
  if let type = MediaType(bytes) {
    require(type.essence.contains(UInt8(ascii: "/")) && type.essence.count >= 3, type.essence.text)
    var parameters = type.parameters
    while let parameter = parameters.next() { require(!parameter.name.isEmpty, "no name: \(parameter.text)") }
    _ = type.parameter("charset")
    _ = type.parameter("boundary")
  }
}

/// Directives, list elements, structured fields: parts of the bytes, in their order.
private func checkLists(_ bytes: UnsafeRawBufferPointer) {
  func isWithin(_ part: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress, let here = part.baseAddress else { return part.isEmpty }
    return here >= start && here + part.count <= start + bytes.count
  }
  var elements = ListElements(bytes)
  while let element = elements.next() { require(!element.isEmpty && isWithin(element), "an element elsewhere") }
  var directives = DirectiveList(bytes)
  while let directive = directives.next() {
    require(directive.name.isToken && isWithin(directive.name), "a directive elsewhere")
    require(directive.argument.map(isWithin) ?? true, "an argument elsewhere")
  }
  var dictionary = StructuredDictionary(bytes)
  _ = dictionary.read { key, _ in require(!key.isEmpty && isWithin(key), "a key elsewhere") }
  var list = StructuredDictionary(bytes)
  _ = list.readList { require(isWithin($0), "a member elsewhere") }
  if let seconds = DeltaSeconds.parse(bytes) { require((0...DeltaSeconds.greatest).contains(seconds), "\(seconds)") }
  if let pattern = try? InvalidationPattern(bytes.text) {
    require((try? InvalidationPattern(pattern.text)) == pattern, "\(pattern.text) is another pattern")
    require(pattern.path.withUnsafeBytes { pattern.matches($0) }, "\(pattern.text) does not match its own path")
  }
}

/// The slow way to match is of the same mind.
private func checkPattern(_ text: UnsafeRawBufferPointer, _ path: UnsafeRawBufferPointer) {
  guard text.count <= PathPattern.longest, path.count <= 500 else { return }
  let pattern = PathPattern(text.text)
  var wanted = Array(text.text.utf8)
  if wanted.first != UInt8(ascii: "/"), wanted.first != UInt8(ascii: "*") { wanted.insert(UInt8(ascii: "/"), at: 0) }
  var row = [true] + [Bool](repeating: false, count: path.count)
  for byte in wanted {
    var next = [Bool](repeating: false, count: row.count)
    for place in row.indices {
      switch byte {
      case UInt8(ascii: "*"): next[place] = row[place] || (place > 0 && next[place - 1])
      case UInt8(ascii: "?"): next[place] = place > 0 && row[place - 1]
      default: next[place] = place > 0 && row[place - 1] && path[place - 1] == byte
      }
    }
    row = next
  }
  require(pattern.matches(path) == row[path.count], "\(pattern) and \(path.text.debugDescription)")
}

/// Two ways to look for an entity tag in a list are of one mind, where it is a list of nothing but tags without commas.
private func checkTags(_ tag: UnsafeRawBufferPointer, _ list: UnsafeRawBufferPointer) {
  func isTag(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes.first == 34 && bytes.last == 34
      && bytes.dropFirst().dropLast().allSatisfy { $0 > 32 && $0 != 34 && $0 != 92 && $0 != 127 }
  }
  let elements = list.split(separator: UInt8(ascii: ",")).map {
    let element = UnsafeRawBufferPointer(rebasing: $0).trimmingWhitespace
    return element.starts(with: "W/".utf8) ? UnsafeRawBufferPointer(rebasing: element.dropFirst(2)) : element
  }
  guard isTag(tag), elements.allSatisfy(isTag) else { return }
  let isNamed = elements.contains { $0.elementsEqual(tag) }
  require(EntityTag(tag).isNamed(in: list) == isNamed, "\(tag.text) in \(list.text)")
  require(EntityTagList.contains(Array(tag), in: list, strongly: false) == isNamed, "\(tag.text) in \(list.text)")
}
