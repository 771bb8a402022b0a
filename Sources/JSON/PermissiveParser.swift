/// The parser of json-smart's permissive mode (version 2.2), which Jayway's JSONPath and so API Gateway read bodies with.
///
/// It is a language of its own rather than JSON with exceptions: an unquoted string runs to the next character that
/// could end it where it stands (`,` or `]` in an array, `,` or `}` behind a member's name, `:` for a name, the end at
/// the root) and loses white space at its ends; a number that goes on with something else was such a string all along
/// (`[1 2]` is `["1 2"]`); commas may be missing or many; nothing behind the root's value is looked at; U+001A counts as
/// the end of the text. Only unclosed containers and strings, names without `:` and a few misplaced brackets are errors.
///
/// It runs where the strict parser has refused, so that well-formed bodies cost nothing more. Strings with backslashes
/// are decoded into the space behind the text.
struct PermissiveParser {
  private let document: JSONDocument
  private let text: UnsafeMutablePointer<UInt8>
  private let count: Int
  private let depthLimit: Int
  private var at = 0
  /// Where the next decoded string goes.
  private var decoded: Int
  private var next = 0
  private var container = 0
  private var depth = 0
  private var members = 0

  /// What the characters are that end an unquoted string.
  private enum Stop {
    case root, element, member, name

    func contains(_ byte: UInt8) -> Bool {
      switch self {
      case .root: false
      case .element: byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]")
      case .member: byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
      case .name: byte == UInt8(ascii: ":")
      }
    }
  }

  private struct Failure: Error {
    let reason: JSONError.Reason
    let offset: Int
  }

  private enum Step { case value(Stop), element, name, afterMember, done }

  /// - Parameter document: its text buffer has room for another `count` bytes behind its padding.
  init(_ document: JSONDocument, depthLimit: Int) {
    self.document = document
    text = document.text
    count = document.count
    decoded = document.count + JSONDocument.padding
    self.depthLimit = depthLimit
  }

  /// Fills the document's tape. Nil: `tape[0]` is the root.
  mutating func parse() -> JSONDocument.ParseFailure? {
    do throws(Failure) {
      var step = Step.value(.root)
      while true {
        switch step {
        case .value(let stop): step = try value(stop)
        case .element: step = try element()
        case .name: step = try name()
        case .afterMember: step = try afterMember()
        case .done: return nil
        }
      }
    } catch {
      return JSONDocument.ParseFailure(reason: error.reason, offset: min(error.offset, count))
    }
  }

  private var isAtEnd: Bool { at >= count || text[at] == 0x1A }

  private mutating func append(_ entry: TapeEntry) {
    if next == document.tapeCapacity { document.growTape() }
    document.tape[next] = entry
    next += 1
  }

  private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  /// Passes over everything up to U+0020.
  private mutating func skipSpace() {
    while !isAtEnd && text[at] <= 0x20 { at += 1 }
  }

  // MARK: Values

  private mutating func value(_ stop: Stop) throws(Failure) -> Step {
    while at < count && isWhiteSpace(text[at]) { at += 1 }
    switch isAtEnd ? 0 : text[at] {
    case UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"):
      throw Failure(reason: .unexpectedByte, offset: at)
    case UInt8(ascii: "{"):
      try open(.object)
      return .name
    case UInt8(ascii: "["):
      try open(.array)
      return .element
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      append(try quoted())
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      append(try number(stop))
    default:
      append(unquoted(stop))
    }
    return afterValue
  }

  private var afterValue: Step {
    guard depth > 0 else { return .done }
    return document.tape[container].kind == .object ? .afterMember : .element
  }

  private mutating func open(_ kind: JSONKind) throws(Failure) {
    guard depth < depthLimit else { throw Failure(reason: .tooDeep, offset: at) }
    if depth > 0 { document.tape[container].length = UInt32(truncatingIfNeeded: members) }
    depth += 1
    append(TapeEntry(kind, offset: at, length: 0, span: UInt32(truncatingIfNeeded: next - container)))
    container = next - 1
    members = 0
    at += 1
  }

  private mutating func close() -> Step {
    at += 1
    depth -= 1
    let closed = container
    container = closed - Int(document.tape[closed].span)
    document.tape[closed].length = UInt32(truncatingIfNeeded: members)
    if document.tape[closed].kind == .array && next - closed == members + 1 {
      document.tape[closed].flags = TapeEntry.isFlat
    } else if members >= TapeEntry.fewestIndexed {
      next = document.reserveAnnex(of: closed, members: members, from: next)
    }
    document.tape[closed].span = UInt32(truncatingIfNeeded: next - closed)
    guard depth > 0 else { return .done }
    members = Int(document.tape[container].length)
    return afterValue
  }

  // MARK: Containers

  private mutating func element() throws(Failure) -> Step {
    while !isAtEnd {
      switch text[at] {
      case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","): at += 1
      case UInt8(ascii: "]"): return close()
      case UInt8(ascii: ":"), UInt8(ascii: "}"): throw Failure(reason: .unexpectedByte, offset: at)
      default:
        members += 1
        return .value(.element)
      }
    }
    throw Failure(reason: .unexpectedEnd, offset: at)
  }

  private mutating func name() throws(Failure) -> Step {
    while at < count && (isWhiteSpace(text[at]) || text[at] == UInt8(ascii: ",")) { at += 1 }
    guard at < count else { throw Failure(reason: .unexpectedEnd, offset: at) }
    var name: TapeEntry
    switch text[at] {
    case UInt8(ascii: "}"): return close()
    case UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "["), UInt8(ascii: "{"):
      throw Failure(reason: .expectedName, offset: at)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): name = try quoted()
    default: name = slice(from: at, to: endOfUnquoted(.name))
    }
    name.hash = nameHash(UnsafeRawBufferPointer(start: text + Int(name.offset), count: Int(name.length)))
    skipSpace()
    guard !isAtEnd, text[at] == UInt8(ascii: ":") else { throw Failure(reason: .expectedColon, offset: at) }
    at += 1
    guard at < count else { throw Failure(reason: .unexpectedEnd, offset: at) }
    append(name)
    members += 1
    return .value(.member)
  }

  private mutating func afterMember() throws(Failure) -> Step {
    skipSpace()
    guard !isAtEnd else { throw Failure(reason: .unexpectedEnd, offset: at) }
    switch text[at] {
    case UInt8(ascii: "}"): return close()
    case UInt8(ascii: ","):
      at += 1
      return .name
    default: throw Failure(reason: .expectedCommaOrBrace, offset: at)
    }
  }

  // MARK: Strings

  private mutating func endOfUnquoted(_ stop: Stop) -> Int {
    while !isAtEnd && !stop.contains(text[at]) { at += 1 }
    return at
  }

  /// A string's entry for a part of the text, white space and control characters at its ends cut off.
  private func slice(from begin: Int, to end: Int) -> TapeEntry {
    let part = trimmed(from: begin, to: end)
    return TapeEntry(.string, offset: part.lowerBound, length: part.count)
  }

  private func trimmed(from begin: Int, to end: Int) -> Range<Int> {
    var begin = begin
    var end = end
    while begin < end && text[begin] <= 0x20 { begin += 1 }
    while begin < end && text[end - 1] <= 0x20 { end -= 1 }
    return begin..<end
  }

  private mutating func unquoted(_ stop: Stop) -> TapeEntry {
    let begin = at
    let entry = slice(from: begin, to: endOfUnquoted(stop))
    // A control character in front makes a word a string.
    guard begin == Int(entry.offset) else { return entry }
    let contents = UnsafeRawBufferPointer(start: text + begin, count: Int(entry.length))
    func literal(_ kind: JSONKind) -> TapeEntry {
      TapeEntry(
        kind, offset: Int(entry.offset), length: Int(entry.length), flags: kind == .number ? TapeEntry.isReal : 0)
    }
    if contents.equals("null") { return literal(.null) }
    if contents.equals("true") { return literal(.true) }
    if contents.equals("false") { return literal(.false) }
    if contents.equals("NaN") { return literal(.number) }
    return entry
  }

  private mutating func quoted() throws(Failure) -> TapeEntry {
    let quote = text[at]
    let begin = at + 1
    var end = begin
    var hasBackslash = false
    while end < count && text[end] != quote {
      if text[end] == UInt8(ascii: "\\") { hasBackslash = true }
      end += 1
    }
    guard end < count else { throw Failure(reason: .unexpectedEnd, offset: count) }
    if hasBackslash {
      at = begin
      return try decode(until: quote)
    }
    at = end + 1
    return TapeEntry(.string, offset: begin, length: end - begin)
  }

  /// A string with backslashes: unknown escapes and control characters vanish from it.
  private mutating func decode(until quote: UInt8) throws(Failure) -> TapeEntry {
    let begin = decoded
    var highSurrogate: UInt32?

    func put(_ byte: UInt8) {
      text[decoded] = byte
      decoded += 1
    }
    func put(scalar: UInt32) {
      if scalar < 0x80 { return put(UInt8(truncatingIfNeeded: scalar)) }
      decoded += encodeUTF8(scalar, to: UnsafeMutableRawPointer(text + decoded))
    }
    /// A half of a surrogate pair that stayed alone.
    func flush() {
      if highSurrogate != nil { put(UInt8(ascii: "?")) }
      highSurrogate = nil
    }
    func put(codeUnit unit: UInt32) {
      if let high = highSurrogate, unit & 0xFC00 == 0xDC00 {
        highSurrogate = nil
        return put(scalar: 0x10000 + ((high & 0x3FF) << 10 | (unit & 0x3FF)))
      }
      flush()
      if unit & 0xFC00 == 0xD800 { highSurrogate = unit } else { put(scalar: unit & 0xF800 == 0xD800 ? 0x3F : unit) }
    }

    while true {
      guard !isAtEnd else { throw Failure(reason: .unexpectedEnd, offset: at) }
      let byte = text[at]
      at += 1
      switch byte {
      case quote:
        flush()
        return TapeEntry(.string, offset: begin, length: decoded - begin)
      case UInt8(ascii: "\\"):
        guard at < count else { throw Failure(reason: .unexpectedEnd, offset: at) }
        let letter = text[at]
        at += 1
        switch letter {
        case UInt8(ascii: "t"): put(codeUnit: 0x09)
        case UInt8(ascii: "n"): put(codeUnit: 0x0A)
        case UInt8(ascii: "r"): put(codeUnit: 0x0D)
        case UInt8(ascii: "f"): put(codeUnit: 0x0C)
        case UInt8(ascii: "b"): put(codeUnit: 0x08)
        case UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"), UInt8(ascii: "\""): put(codeUnit: UInt32(letter))
        case UInt8(ascii: "u"): put(codeUnit: try hexadecimal(4))
        case UInt8(ascii: "x"): put(codeUnit: try hexadecimal(2))
        default:
          // The unknown escape is one code unit of UTF-16: all bytes of a character, but only half of one in four bytes.
          while at < count && letter >= 0xC0 && text[at] & 0xC0 == 0x80 { at += 1 }
          if letter >= 0xF0 { put(codeUnit: 0xDC00) }
        }
      case 0..<0x20, 0x7F:
        break
      default:
        flush()
        put(byte)
      }
    }
  }

  private mutating func hexadecimal(_ digits: Int) throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard !isAtEnd else { throw Failure(reason: .unexpectedEnd, offset: at) }
      guard let digit = hexadecimalValue(text[at]) else { throw Failure(reason: .invalidEscape, offset: at) }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }

  // MARK: Numbers

  private mutating func skipDigits() -> Int {
    let begin = at
    while at < count && text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    return at - begin
  }

  private mutating func number(_ stop: Stop) throws(Failure) -> TapeEntry {
    let begin = at
    var digits = text[at] == UInt8(ascii: "-") ? 0 : 1
    var isReal = false
    at += 1
    digits += skipDigits()
    if at < count, text[at] == UInt8(ascii: ".") {
      isReal = true
      at += 1
      digits += skipDigits()
    }
    if at < count, text[at] | 0x20 == UInt8(ascii: "e") {
      isReal = true
      at += 1
      let isSigned = at < count && (text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+"))
      if isSigned { at += 1 }
      let exponentDigits = skipDigits()
      if exponentDigits == 0 {
        guard isSigned else { return slice(from: begin, to: endOfUnquoted(stop)) }
        digits = 0
      }
    }
    skipSpace()
    // What goes on was no number. The bytes from '~' on never end or continue anything in json-smart.
    if !isAtEnd && text[at] < 0x7E && !stop.contains(text[at]) {
      return slice(from: begin, to: endOfUnquoted(stop))
    }
    if isReal && digits == 0 { throw Failure(reason: .invalidNumber, offset: begin) }
    let part = trimmed(from: begin, to: at)
    if isReal, part.count > JavaNumber.longestDouble,
      BigDecimalText(UnsafeRawBufferPointer(start: text + part.lowerBound, count: part.count)) == nil
    {
      throw Failure(reason: .invalidNumber, offset: begin)
    }
    return TapeEntry(
      .number, offset: part.lowerBound, length: part.count, flags: isReal ? TapeEntry.isReal : 0)
  }
}
