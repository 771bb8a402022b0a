/// Reads a text as HTML: the tags, attributes, comments and declarations that a browser's tokenizer (WHATWG HTML § 13.2.5) would
/// see, from the data state or from within a tag.
///
/// Nothing is an error to it, as nothing is one to a browser. NULs stay inside names; whoever compares names overlooks them.
struct HTMLTokenizer {
  enum Token {
    /// `<name` or `</name`
    case tag(name: Range<Int>)
    /// An attribute of the tag that is open; without a sign its value is empty, and `hasValue` false.
    case attribute(name: Range<Int>, value: Range<Int>, hasValue: Bool)
    /// `>`
    case tagEnd
    /// `<!-- … -->`: what stands between, and any other `<!…>` or `<?…>`: what stands behind the first two bytes
    case comment(Range<Int>)
    case declaration(Range<Int>)
    case instruction(Range<Int>)
    case end
  }

  private let bytes: UnsafeRawBufferPointer
  /// Where reading stops.
  private let limit: Int
  private(set) var position: Int
  private var isInTag: Bool
  /// What reading and weighing has taken so far. Steps, each about a nanosecond.
  private(set) var steps = 0

  init(_ bytes: UnsafeRawBufferPointer, from position: Int, to limit: Int, isInTag: Bool) {
    self.bytes = bytes
    self.position = position
    self.limit = limit
    self.isInTag = isInTag
  }

  @inline(__always)
  private func byte(_ index: Int) -> UInt8 { index < limit ? bytes[index] : 0 }

  mutating func next() -> Token {
    let start = position
    let token = isInTag ? attribute() : data()
    switch token {
    // They are read to their ends, and their content again.
    case .comment(let content), .declaration(let content), .instruction(let content): steps &+= 2 &* content.count
    case .tag, .attribute, .tagEnd, .end: break
    }
    steps &+= Self.stepsPerToken &+ 2 &* (position &- start)
    return token
  }

  private static let stepsPerToken = 40

  /// Counts what somebody has done with what was read.
  mutating func spend(_ steps: Int) { self.steps &+= steps }

  // MARK: - Data

  private mutating func data() -> Token {
    while position < limit {
      let start = position
      position &+= 1
      let name: Int
      if bytes[start] == UInt8(ascii: "<") {
        name = start &+ 1
      } else if bytes[start] == 0xEF, byte(start &+ 1) == 0xBC, byte(start &+ 2) == 0x9C {
        name = start &+ 3  // U+FF1C, which databases and gateways turn into `<`
      } else {
        continue
      }
      switch byte(name) {
      case UInt8(ascii: "/") where Self.isLetter(byte(name &+ 1)): return tag(name &+ 1)
      case UInt8(ascii: "!"):
        if byte(name &+ 1) == UInt8(ascii: "-"), byte(name &+ 2) == UInt8(ascii: "-") { return comment(name &+ 3) }
        return .declaration(name &+ 1..<markupEnd(name &+ 1))
      case UInt8(ascii: "?"), UInt8(ascii: "%"): return .instruction(name &+ 1..<markupEnd(name &+ 1))
      case let first where Self.isLetter(first) || first == 0 && name < limit: return tag(name)
      default: continue
      }
    }
    return .end
  }

  private mutating func tag(_ start: Int) -> Token {
    var index = start
    while index < limit, !Self.endsName(bytes[index]), bytes[index] != 0xEF || byte(index &+ 1) != 0xBC { index &+= 1 }
    position = index
    isInTag = true
    return .tag(name: start..<index)
  }

  /// The content is read again as data: browsers do not agree on where a comment ends.
  private mutating func comment(_ start: Int) -> Token {
    var index = start
    while index < limit {
      if bytes[index] == UInt8(ascii: "-"), byte(index &+ 1) == UInt8(ascii: "-"),
        byte(index &+ 2) == UInt8(ascii: ">") || byte(index &+ 2) == UInt8(ascii: "!")
      {
        break
      }
      index &+= 1
    }
    position = min(start, limit)
    return .comment(position..<max(position, index))
  }

  private mutating func markupEnd(_ start: Int) -> Int {
    var index = start
    while index < limit, bytes[index] != UInt8(ascii: ">") { index &+= 1 }
    position = min(start, limit)
    return max(start, index)
  }

  // MARK: - Attributes

  private mutating func attribute() -> Token {
    while position < limit, Self.isSpace(bytes[position]) || bytes[position] == UInt8(ascii: "/") { position &+= 1 }
    guard position < limit else { return .end }
    if bytes[position] == UInt8(ascii: ">") {
      position &+= 1
      isInTag = false
      return .tagEnd
    }
    let start = position
    // A sign in the first place belongs to the name.
    position &+= 1
    while position < limit, !Self.endsName(bytes[position]), bytes[position] != UInt8(ascii: "=") { position &+= 1 }
    let name = start..<position
    var index = position
    while index < limit, Self.isSpace(bytes[index]) { index &+= 1 }
    guard byte(index) == UInt8(ascii: "=") else {
      return .attribute(name: name, value: position..<position, hasValue: false)
    }
    index &+= 1
    while index < limit, Self.isSpace(bytes[index]) { index &+= 1 }
    return .attribute(name: name, value: value(from: min(index, limit)), hasValue: true)
  }

  private mutating func value(from start: Int) -> Range<Int> {
    let quote = byte(start)
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`") {
      var index = start &+ 1
      while index < limit, bytes[index] != quote { index &+= 1 }
      position = min(limit, index &+ 1)
      return start &+ 1..<index
    }
    var index = start
    while index < limit, !Self.isSpace(bytes[index]), bytes[index] != UInt8(ascii: ">") { index &+= 1 }
    position = index
    return start..<index
  }

  // MARK: - Bytes

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte &- 9 < 5
  }

  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  @inline(__always)
  private static func endsName(_ byte: UInt8) -> Bool {
    isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
  }
}
