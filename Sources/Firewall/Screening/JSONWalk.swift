import Bytes

/// The names and values of a JSON body, one after the other, whatever becomes of it on the way: a body may have been cut off at
/// the limit, and one that is no JSON is read all the same by parsers that forgive more than others (the gateway's own among
/// them, which is json-smart's kin).
///
/// Names and strings are decoded, since that is what the API reads: `\u003cscript` is `<script`. Numbers and literals are their
/// text. Commas and colons that are missing or doubled are read past, as AWS WAF does. From the first thing that is a mistake
/// indeed, nobody knows what another reader takes for a name, a value or the end of a list: everything behind it is shown,
/// whatever the scope and the paths are. Nesting goes 128 levels deep; what is deeper counts as a mistake.
struct JSONWalk {
  enum End {
    /// One whole value.
    case whole
    /// No mistake, but the text ends before the value does.
    case cut
    case mistaken
  }

  private let text: UnsafeRawBufferPointer
  private let json: FieldToMatch.JSONBody
  private unowned let screening: Screening
  private var at = 0
  private var isSound = true

  /// The containers that are open, the outermost first.
  private var open: ContiguousArray<Container> = []
  /// Those beyond the deepest, which are only counted.
  private var unopened = 0
  private var expected = Expected.value
  /// What stands directly behind an opening bracket may be its closing one.
  private var isFirst = false
  private var name = UnsafeRawBufferPointer(start: nil, count: 0)

  private struct Container {
    var isObject: Bool
    /// Values that have begun in it.
    var count = 0
    /// Of the member that it is the value of.
    var name: UnsafeRawBufferPointer
  }

  private enum Expected {
    case name, value
    /// The colon behind a name, the comma behind a value.
    case colon, comma
    /// Nothing: the value is there.
    case end
  }

  /// For each path, how many of its keys lead to where the walk is.
  private var paths: [Path] = []
  /// Of the paths, those all of whose keys do.
  private var reached = 0

  private struct Path {
    var keys: [[UInt8]]
    var matched = 0
  }

  private static let deepest = 128

  init(_ text: UnsafeRawBufferPointer, _ json: FieldToMatch.JSONBody, _ screening: Screening) {
    self.text = text
    self.json = json
    self.screening = screening
    paths = (json.paths ?? []).map { Path(keys: Self.keys($0)) }
    reached = paths.count { $0.keys.isEmpty }
  }

  /// RFC 6901: `/a~1b/0` is `a/b`, then `0`.
  private static func keys(_ pointer: String) -> [[UInt8]] {
    pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { key in
      var bytes: [UInt8] = []
      var isEscaped = false
      for byte in key.utf8 {
        if isEscaped {
          bytes.append(byte == 49 ? 47 : byte == 48 ? 126 : byte)
          isEscaped = false
        } else if byte == 126 {
          isEscaped = true
        } else {
          bytes.append(byte)
        }
      }
      return bytes
    }
  }

  mutating func run() -> End {
    // A byte order mark, which RFC 8259 § 8.1 lets parsers ignore.
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { at = 3 }
    while at < text.count {
      let byte = text[at]
      switch byte {
      case 32, 9, 10, 13: at &+= 1
      case 123, 91: begin(isObject: byte == 123)
      case 125, 93: end(isObject: byte == 125)
      case 44: comma()
      case 58: colon()
      case 34, 39: string(byte)
      default: word()
      }
    }
    if !isSound { return .mistaken }
    return expected == .end ? .whole : .cut
  }

  // MARK: Punctuation

  private var isInObject: Bool { open.last?.isObject ?? false }

  private mutating func begin(isObject: Bool) {
    at &+= 1
    beginValue()
    guard open.count < Self.deepest else {
      isSound = false
      unopened &+= 1
      expected = .value
      return
    }
    open.append(Container(isObject: isObject, name: name))
    expected = isObject ? .name : .value
    isFirst = true
  }

  private mutating func end(isObject: Bool) {
    at &+= 1
    if expected != .comma, !isFirst { isSound = false }
    if unopened > 0 {
      unopened &-= 1
      return
    }
    guard let container = open.popLast() else {
      isSound = false
      return
    }
    if container.isObject != isObject { isSound = false }
    endValue()
  }

  private mutating func comma() {
    at &+= 1
    if expected != .comma { isSound = false }
    isFirst = false
    expected = isInObject ? .name : .value
  }

  private mutating func colon() {
    at &+= 1
    // Behind a colon another one is read past.
    if !isInObject || expected != .colon && expected != .value { isSound = false }
    isFirst = false
    expected = .value
  }

  // MARK: Values

  /// A value begins: the paths that lead to it go one key further for as long as it lasts.
  private mutating func beginValue() {
    if expected == .end { isSound = false }
    // Two values that stand in an object without a name between them.
    if isInObject, expected == .name || expected == .comma { isSound = false }
    isFirst = false
    guard !open.isEmpty else { return }
    let last = open.count &- 1
    if open[last].isObject {
      advance(name)
    } else {
      name = open[last].name
      // The number is written only where a path may go on by it.
      if paths.contains(where: { goesOn($0) }) {
        Array("\(open[last].count)".utf8).withUnsafeBytes { advance($0) }
      }
    }
    open[last].count &+= 1
  }

  private func goesOn(_ path: Path) -> Bool { path.matched == open.count &- 1 && path.matched < path.keys.count }

  private mutating func advance(_ key: UnsafeRawBufferPointer) {
    for index in paths.indices
    where goesOn(paths[index]) && key.elementsEqual(paths[index].keys[paths[index].matched]) {
      paths[index].matched &+= 1
      if paths[index].matched == paths[index].keys.count { reached &+= 1 }
    }
  }

  private mutating func endValue() {
    expected = open.isEmpty ? .end : .comma
    for index in paths.indices where paths[index].matched > 0 && paths[index].matched == open.count {
      if paths[index].matched == paths[index].keys.count { reached &-= 1 }
      paths[index].matched &-= 1
    }
  }

  /// A text that stands where a name or a value may.
  private mutating func take(_ content: UnsafeRawBufferPointer) {
    // A comma or a colon that is missing is read past: what comes behind a value is a name, and behind a name its value.
    if isInObject, expected == .name || expected == .comma {
      show(content, as: .key, name: content)
      name = content
      expected = .colon
      isFirst = false
      return
    }
    if expected == .colon { expected = .value }
    beginValue()
    show(content, as: .value, name: name)
    endValue()
  }

  private func show(_ content: UnsafeRawBufferPointer, as role: FieldToMatch.Scope, name: UnsafeRawBufferPointer) {
    let isMeant = json.scope == .all || json.scope == role
    if !isSound || isMeant && (json.paths == nil || reached > 0) { screening.append(content, name: name) }
  }

  // MARK: Texts

  /// A number, a literal, or what stands there without quotes.
  private mutating func word() {
    let start = at
    while at < text.count, !Self.endsWord(text[at]) { at &+= 1 }
    if at == start { at &+= 1 }
    let word = UnsafeRawBufferPointer(rebasing: text[start..<at])
    let isNumber =
      (word[0] == 45 || word[0] &- 48 < 10)
      && word.allSatisfy { $0 &- 48 < 10 || $0 == 45 || $0 == 43 || $0 == 46 || $0 | 32 == 101 }
    let isCut = at == text.count && !isNumber && Self.literals.contains { $0.utf8.starts(with: word) }
    if !isNumber, !isCut, !Self.literals.contains(where: { $0.utf8.elementsEqual(word) }) { isSound = false }
    // Nor may it be a name.
    if isInObject, expected == .name || expected == .comma { isSound = false }
    take(word)
    if isCut { expected = .value }
  }

  private static let literals = ["true", "false", "null"]

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...32, 34, 44, 58, 91, 93, 123, 125: true
    default: false
    }
  }

  /// From the opening quote to behind the closing one, or to the end of the text. A control byte is forgiven.
  private mutating func string(_ quote: UInt8) {
    if quote != 34 { isSound = false }
    let start = at &+ 1
    var end = start
    var hasEscapes = false
    while end < text.count, text[end] != quote {
      if text[end] == 92 {
        hasEscapes = true
        end &+= 1
      }
      end &+= 1
    }
    let isCut = end >= text.count
    end = min(end, text.count)
    at = isCut ? end : end &+ 1
    let raw = UnsafeRawBufferPointer(rebasing: text[start..<end])
    let content = hasEscapes ? decoded(raw, isCut: isCut) : raw
    take(content)
    // What is left of it would have come behind the end.
    if isCut { expected = .value }
  }

  private mutating func decoded(_ raw: UnsafeRawBufferPointer, isCut: Bool) -> UnsafeRawBufferPointer {
    let out = screening.arena.take(raw.count)
    var to = Output(out)
    var from = 0
    while from < raw.count {
      guard raw[from] == 92, from &+ 1 < raw.count else {
        to.put(raw[from])
        from &+= 1
        continue
      }
      let letter = raw[from &+ 1]
      from &+= 2
      switch letter {
      case 98: to.put(8)
      case 102: to.put(12)
      case 110: to.put(10)
      case 114: to.put(13)
      case 116: to.put(9)
      case 34, 92, 47: to.put(letter)
      case 117:
        guard let unit = raw.hexadecimal(at: from, count: 4) else {
          if !isCut || from &+ 4 <= raw.count { isSound = false }
          to.put(letter)
          continue
        }
        from &+= 4
        if unit & 0xFC00 == 0xD800, from &+ 1 < raw.count, raw[from] == 92, raw[from &+ 1] == 117,
          let low = raw.hexadecimal(at: from &+ 2, count: 4), low & 0xFC00 == 0xDC00
        {
          to.put(scalar: 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF))
          from &+= 6
        } else {
          to.put(scalar: unit)
        }
      default:
        // No escape: most that read on take the character for itself.
        isSound = false
        to.put(letter)
      }
    }
    return UnsafeRawBufferPointer(start: out, count: to.count)
  }
}
