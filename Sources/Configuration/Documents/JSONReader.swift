import APIModel

/// Reads JSON (RFC 8259) with the place of every key and value.
struct JSONReader {
  private let bytes: [UInt8]
  private let file: String
  private let findings: Findings
  private var index = 0
  private var line = 1
  /// The index of the current line's first byte, and how many bytes on it so far continue a character.
  private var lineStart = 0
  private var continuations = 0
  private var values = 0

  init(_ bytes: [UInt8], file: String, findings: Findings) {
    self.bytes = bytes
    self.file = file
    self.findings = findings
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {  // a byte order mark is no part of the text
      index = 3
      lineStart = 3
    }
  }

  mutating func read() throws(DocumentError) -> DocumentNode {
    skipSpace()
    guard index < bytes.count else { throw fail("the file is empty") }
    let root = try value(depth: 0)
    skipSpace()
    guard index == bytes.count else { throw fail("nothing may follow the document's closing bracket") }
    return root
  }

  private var location: SourceLocation {
    SourceLocation(file: file, line: line, column: index - lineStart - continuations + 1)
  }

  private func fail(_ message: String) -> DocumentError { DocumentError(at: location, message) }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func step() {
    let byte = bytes[index]
    index += 1
    if byte == UInt8(ascii: "\n") {
      line += 1
      lineStart = index
      continuations = 0
    } else if byte & 0xC0 == 0x80 {
      continuations += 1
    }
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { step() }
  }

  private mutating func value(depth: Int) throws(DocumentError) -> DocumentNode {
    guard depth <= DocumentLimits.depth else {
      throw fail("lists and objects are nested more than \(DocumentLimits.depth) deep")
    }
    values += 1
    guard values <= DocumentLimits.values else {
      throw fail("the document has more than \(DocumentLimits.values) values")
    }
    let start = location
    switch current {
    case UInt8(ascii: "{"): return DocumentNode(content: .mapping(try object(depth)), location: start)
    case UInt8(ascii: "["): return DocumentNode(content: .sequence(try array(depth)), location: start)
    case UInt8(ascii: "\""): return DocumentNode(content: .scalar(try string()), location: start)
    case nil: throw fail("the file ends where a value is expected")
    default: return DocumentNode(content: .scalar(try word()), location: start)
    }
  }

  private mutating func object(_ depth: Int) throws(DocumentError) -> [DocumentNode.Member] {
    step()
    var members: [DocumentNode.Member] = []
    var places: [String: SourceLocation] = [:]
    skipSpace()
    if current == UInt8(ascii: "}") {
      step()
      return members
    }
    while true {
      skipSpace()
      let place = location
      guard current == UInt8(ascii: "\"") else { throw fail("a key in double quotes is expected here") }
      let key = try string().text
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw fail("a colon is expected behind the key `\(key)`") }
      step()
      skipSpace()
      let value = try value(depth: depth + 1)
      if let first = places.updateValue(place, forKey: key) {
        places[key] = first
        findings.repeatedKey(key, at: place, first: first)
      } else {
        members.append(DocumentNode.Member(key: key, keyLocation: place, value: value))
      }
      skipSpace()
      guard let separator = current else { throw fail("the file ends inside an object") }
      guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: "}") else {
        throw fail("a comma or `}` is expected here")
      }
      step()
      if separator == UInt8(ascii: "}") { return members }
    }
  }

  private mutating func array(_ depth: Int) throws(DocumentError) -> [DocumentNode] {
    step()
    var items: [DocumentNode] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      step()
      return items
    }
    while true {
      skipSpace()
      items.append(try value(depth: depth + 1))
      skipSpace()
      guard let separator = current else { throw fail("the file ends inside a list") }
      guard separator == UInt8(ascii: ",") || separator == UInt8(ascii: "]") else {
        throw fail("a comma or `]` is expected here")
      }
      step()
      if separator == UInt8(ascii: "]") { return items }
    }
  }

  private mutating func string() throws(DocumentError) -> Scalar {
    step()
    let start = location
    let first = index
    var text: [UInt8] = []
    while true {
      guard let byte = current else { throw fail("the file ends inside a string") }
      switch byte {
      case UInt8(ascii: "\""):
        let raw = String(decoding: bytes[first..<index], as: UTF8.self)
        step()
        return Scalar(
          text: String(decoding: text, as: UTF8.self), kind: .string, textLocation: start,
          layout: raw.utf8.elementsEqual(text) ? .verbatim : .quoted(raw: raw, .escapes))
      case UInt8(ascii: "\\"):
        try escape(into: &text)
      case 0..<0x20:
        throw fail("a control character must be written as an escape in a string")
      default:
        text.append(byte)
        step()
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(DocumentError) {
    let start = location
    step()
    let written: UInt8
    switch current {
    case UInt8(ascii: "\""): written = 0x22
    case UInt8(ascii: "\\"): written = 0x5C
    case UInt8(ascii: "/"): written = 0x2F
    case UInt8(ascii: "b"): written = 0x08
    case UInt8(ascii: "f"): written = 0x0C
    case UInt8(ascii: "n"): written = 0x0A
    case UInt8(ascii: "r"): written = 0x0D
    case UInt8(ascii: "t"): written = 0x09
    case UInt8(ascii: "u"):
      step()
      return try unicodeEscape(at: start, into: &text)
    default: throw DocumentError(at: start, "this is not an escape that JSON has")
    }
    step()
    text.append(written)
  }

  /// What stands behind `\u`; two of them for a character beyond the first 65,536. A surrogate without its partner
  /// becomes U+FFFD.
  private mutating func unicodeEscape(at start: SourceLocation, into text: inout [UInt8]) throws(DocumentError) {
    guard let unit = hexadecimal() else {
      throw DocumentError(at: start, "`\\u` must be followed by four hexadecimal digits")
    }
    var scalar = Unicode.Scalar(UInt32(unit))
    if unit & 0xFC00 == 0xD800, current == UInt8(ascii: "\\"), index + 1 < bytes.count,
      bytes[index + 1] == UInt8(ascii: "u")
    {
      let before = index
      index += 2
      if let low = hexadecimal(), low & 0xFC00 == 0xDC00 {
        scalar = Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF)))
      } else {
        index = before
      }
    }
    text += UTF8.encode(scalar ?? "\u{FFFD}").map { Array($0) } ?? []
  }

  /// Four digits, which contain no line break.
  private mutating func hexadecimal() -> UInt16? {
    guard index + 4 <= bytes.count else { return nil }
    var value: UInt16 = 0
    for byte in bytes[index..<index + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
      value = value << 4 | UInt16(truncatingIfNeeded: digit)
    }
    index += 4
    return value
  }

  /// A number, `true`, `false` or `null`.
  private mutating func word() throws(DocumentError) -> Scalar {
    let first = index
    let place = location
    while let byte = current, !isEnd(ofWord: byte) { step() }
    let text = String(decoding: bytes[first..<index], as: UTF8.self)
    let kind: Scalar.Kind
    switch text {
    case "true", "false": kind = .boolean
    case "null": kind = .null
    case "": throw DocumentError(at: place, "a value is expected here")
    default:
      guard isNumber(bytes[first..<index]) else { throw DocumentError(at: place, "`\(text)` is not a JSON value") }
      kind = .number
    }
    return Scalar(text: text, kind: kind, textLocation: place, layout: .verbatim)
  }

  private func isEnd(ofWord byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), 0x0A, 0x0D, 0x09, UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "]"),
      UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""):
      true
    default: false
    }
  }

  /// RFC 8259 § 6.
  private func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    func digits() -> Int {
      let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let startsWithZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, !startsWithZero || whole == 1 else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}

extension Findings {
  func repeatedKey(_ key: String, at place: SourceLocation, first: SourceLocation) {
    error(
      at: place, "the key `\(key)` is written twice; the first is at \(first)", suggestion: "remove one of them")
  }
}
