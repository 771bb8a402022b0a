import PCRE

/// `matches`, `replaceAll`, `replaceFirst` and `split`, with Java's rules for what is replaced and split.
extension MethodCall {
  func regex(_ text: Text) throws(Signal) -> Value {
    guard self[0].isString || isNull(0) else { return .null }
    if count == 2, name == .split ? self[1].asInt == nil : !(self[1].isString || isNull(1)) { return .null }
    // `replaceAll` looks at what to put in only when it has found something to replace.
    // A match may take many steps of its own.
    try heap.spend(200)
    guard let pattern = self[0].asText, count == 1 || !isNull(1) || name == .replaceAll else { throw nullPointer() }
    switch name {
    case .matches:
      try heap.spend(text.bytes.count / 16 + 1)
      switch text.bytes.withUnsafeBytes({ try? compiled(pattern).matchesWhole($0) }) {
      case .matched: return .bool(true)
      case .notMatched: return .bool(false)
      case .limitExceeded: throw .tooManySteps
      case nil: throw invalid(pattern)
      }
    case .split:
      var limit = 0
      if count == 2 {
        guard let most = self[1].asInt else { return .null }
        limit = most
      }
      // Java splits between the halves of a surrogate pair too.
      let isEverywhere = pattern.isEmpty && limit == 0 && !text.isEmpty
      if isEverywhere { try heap.spend(text.bytes.count &* 4) }
      let parts =
        isEverywhere
        ? text.units.map { Text(utf16: CollectionOfOne($0)) } : try split(text, try compiled(pattern), limit)
      return .object(ArrayObject(.string, parts.map { .text($0) }))
    default:
      return .text(try replace(text, try compiled(pattern), self[1].asText, all: name == .replaceAll))
    }
  }

  private func compiled(_ pattern: Text) throws(Signal) -> Regex {
    if let ready = site.regex { return ready }
    guard let regex = machine.regex(pattern) else { throw invalid(pattern) }
    return regex
  }

  private func invalid(_ pattern: Text) -> Signal {
    .exception("java.util.regex.PatternSyntaxException: \(pattern.string)")
  }

  /// The ranges of all matches, each with its groups, as `find()` called again and again gives them.
  private func matches(_ text: Text, _ regex: Regex, atMost: Int) throws(Signal) -> [[Range<Int>?]] {
    var found: [[Range<Int>?]] = []
    var start = 0
    while found.count < atMost, start <= text.bytes.count {
      try heap.spend(4)
      let match = text.bytes.withUnsafeBytes { regex.firstMatch(in: $0, from: start) }
      guard let match, let whole = match[0] else { break }
      found.append(match)
      start = whole.upperBound
      if whole.isEmpty {
        // Behind an empty match the search goes on one character further.
        start += 1
        while start < text.bytes.count, text.bytes[start] & 0xC0 == 0x80 { start += 1 }
      }
    }
    return found
  }

  private func replace(_ text: Text, _ regex: Regex, _ replacement: Text?, all: Bool) throws(Signal) -> Text {
    let found = try matches(text, regex, atMost: all ? .max : 1)
    guard !found.isEmpty else { return text }
    guard let replacement else { throw nullPointer() }
    var result: [UInt8] = []
    var end = 0
    for match in found {
      guard let whole = match[0] else { continue }
      result += text.bytes[end..<whole.lowerBound]
      try expand(replacement.bytes, match, text, into: &result)
      guard result.count <= machine.limits.outputBytes else { throw .outputTooLarge }
      end = whole.upperBound
    }
    result += text.bytes[end...]
    return text.mayHaveHalves || replacement.mayHaveHalves ? Text(wtf8: result) : Text(bytes: result)
  }

  /// `$1` is a group, as many digits as still name one; `\` takes the next character literally.
  private func expand(
    _ replacement: [UInt8], _ match: [Range<Int>?], _ text: Text, into result: inout [UInt8]
  ) throws(Signal) {
    var at = 0
    while at < replacement.count {
      let byte = replacement[at]
      at += 1
      if byte == UInt8(ascii: "\\") {
        guard at < replacement.count else {
          throw .exception("java.lang.IllegalArgumentException: character to be escaped is missing")
        }
        result.append(replacement[at])
        at += 1
      } else if byte == UInt8(ascii: "$") {
        guard at < replacement.count, replacement[at] &- 48 < 10 else {
          throw .exception("java.lang.IllegalArgumentException: Illegal group reference")
        }
        var group = Int(replacement[at] &- 48)
        at += 1
        guard group < match.count else { throw .exception("java.lang.IndexOutOfBoundsException: No group \(group)") }
        while at < replacement.count, replacement[at] &- 48 < 10 {
          let longer = group * 10 + Int(replacement[at] &- 48)
          guard longer < match.count else { break }
          group = longer
          at += 1
        }
        if let range = match[group] { result += text.bytes[range] }
      } else {
        result.append(byte)
      }
    }
  }

  private func split(_ text: Text, _ regex: Regex, _ limit: Int) throws(Signal) -> [Text] {
    func piece(_ range: Range<Int>) -> Text {
      let bytes = Array(text.bytes[range])
      return text.mayHaveHalves ? Text(wtf8: bytes) : Text(bytes: bytes)
    }
    var parts: [Text] = []
    var end = 0
    for match in try matches(text, regex, atMost: .max) {
      guard let whole = match[0] else { continue }
      // An empty match at the very beginning splits nothing off.
      if whole.upperBound == 0 { continue }
      if limit > 0, parts.count == limit - 1 { break }
      parts.append(piece(end..<whole.lowerBound))
      end = whole.upperBound
    }
    if parts.isEmpty, end == 0 { return [text] }
    parts.append(piece(end..<text.bytes.count))
    if limit == 0 { while let last = parts.last, last.isEmpty { parts.removeLast() } }
    return parts
  }
}
