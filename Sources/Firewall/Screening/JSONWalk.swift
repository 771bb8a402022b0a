import Bytes

/// The names and values of a JSON body, one after the other, up to its end or to what is no JSON: a body may have been cut off at
/// the limit, and what stands before is inspected all the same (spec § 15.5).
///
/// Names and strings are decoded, since that is what the API reads: `\u003cscript` is `<script`. Numbers and literals are their
/// text. Nesting goes 128 levels deep; what is deeper counts as a mistake.
struct JSONWalk {
  private let text: UnsafeRawBufferPointer
  private let json: FieldToMatch.JSONBody
  private unowned let screening: Screening
  private var at = 0
  private var depth = 0
  private var name = UnsafeRawBufferPointer(start: nil, count: 0)

  /// For each path, how many of its keys lead to where the walk is (`matched`), and the depth at which all of them did.
  private var paths: [Path] = []

  private struct Path {
    var keys: [[UInt8]]
    var matched = 0
    var insideFrom = Int.max
  }

  private static let deepest = 128

  init(_ text: UnsafeRawBufferPointer, _ json: FieldToMatch.JSONBody, _ screening: Screening) {
    self.text = text
    self.json = json
    self.screening = screening
    paths = (json.paths ?? []).map { Path(keys: Self.keys($0)) }
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

  /// - Returns: whether the text is one whole JSON value.
  mutating func run() -> Bool {
    for index in paths.indices where paths[index].keys.isEmpty { paths[index].insideFrom = 0 }
    guard value() else { return false }
    skipSpace()
    return at == text.count
  }

  private var isInside: Bool { json.paths == nil || paths.contains { depth >= $0.insideFrom } }

  private mutating func skipSpace() {
    while at < text.count, text[at] == 32 || text[at] == 10 || text[at] == 13 || text[at] == 9 { at &+= 1 }
  }

  private mutating func value() -> Bool {
    skipSpace()
    guard at < text.count else { return false }
    switch text[at] {
    case 123: return object()
    case 91: return array()
    case 34:
      guard let content = string() else { return false }
      emitValue(content)
      return true
    default: return scalar()
    }
  }

  private func emitValue(_ content: UnsafeRawBufferPointer) {
    if json.scope != .key, isInside { screening.append(content, name: name) }
  }

  private mutating func scalar() -> Bool {
    let begin = at
    while at < text.count, text[at] != 44, text[at] != 93, text[at] != 125, text[at] > 32, text[at] != 58 { at &+= 1 }
    let word = UnsafeRawBufferPointer(rebasing: text[begin..<at])
    guard !word.isEmpty else { return false }
    let isNumber = word.allSatisfy { $0 &- 48 < 10 || $0 == 45 || $0 == 43 || $0 == 46 || $0 | 32 == 101 }
    guard
      isNumber && (word[0] == 45 || word[0] &- 48 < 10) || word.equals("true") || word.equals("false")
        || word.equals("null")
    else {
      at = begin
      return false
    }
    emitValue(word)
    return true
  }

  // MARK: Containers

  private mutating func object() -> Bool {
    guard depth < Self.deepest else { return false }
    at &+= 1
    depth &+= 1
    defer { depth &-= 1 }
    skipSpace()
    if at < text.count, text[at] == 125 {
      at &+= 1
      return true
    }
    while true {
      skipSpace()
      guard at < text.count, text[at] == 34, let key = string() else { return false }
      depth &-= 1
      let isKeyInside = isInside
      depth &+= 1
      if json.scope != .value, isKeyInside { screening.append(key, name: key) }
      skipSpace()
      guard at < text.count, text[at] == 58 else { return false }
      at &+= 1
      name = key
      guard member(key) else { return false }
      skipSpace()
      guard at < text.count else { return false }
      if text[at] == 125 {
        at &+= 1
        return true
      }
      guard text[at] == 44 else { return false }
      at &+= 1
    }
  }

  private mutating func array() -> Bool {
    guard depth < Self.deepest else { return false }
    at &+= 1
    depth &+= 1
    defer { depth &-= 1 }
    skipSpace()
    if at < text.count, text[at] == 93 {
      at &+= 1
      return true
    }
    var index = 0
    let outer = name
    while true {
      name = outer
      if !paths.contains(where: { $0.matched == depth &- 1 && $0.matched < $0.keys.count }) {
        guard value() else { return false }
      } else {
        let key = Array("\(index)".utf8)
        guard key.withUnsafeBytes({ member($0) }) else { return false }
      }
      index &+= 1
      skipSpace()
      guard at < text.count else { return false }
      if text[at] == 93 {
        at &+= 1
        return true
      }
      guard text[at] == 44 else { return false }
      at &+= 1
    }
  }

  /// A member's or an element's value: the paths that lead to it go one key further for as long as it lasts.
  private mutating func member(_ key: UnsafeRawBufferPointer) -> Bool {
    var advanced: UInt64 = 0
    for index in paths.indices.prefix(64)
    where paths[index].matched == depth &- 1 && paths[index].matched < paths[index].keys.count
      && key.elementsEqual(paths[index].keys[paths[index].matched])
    {
      paths[index].matched &+= 1
      if paths[index].matched == paths[index].keys.count { paths[index].insideFrom = depth }
      advanced |= 1 &<< UInt64(index)
    }
    defer {
      for index in paths.indices.prefix(64) where advanced & 1 &<< UInt64(index) != 0 {
        paths[index].matched &-= 1
        paths[index].insideFrom = .max
      }
    }
    return value()
  }

  // MARK: Strings

  /// From the opening quote to behind the closing one; nil where it does not close or has what is no escape. A control byte is
  /// forgiven: lenient parsers forgive it too.
  private mutating func string() -> UnsafeRawBufferPointer? {
    let begin = at &+ 1
    var end = begin
    var hasEscapes = false
    while end < text.count, text[end] != 34 {
      if text[end] == 92 {
        hasEscapes = true
        end &+= 1
      }
      end &+= 1
    }
    guard end < text.count else { return nil }
    at = end &+ 1
    let raw = UnsafeRawBufferPointer(rebasing: text[begin..<end])
    return hasEscapes ? decoded(raw) : raw
  }

  private func decoded(_ raw: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let out = screening.arena.take(raw.count)
    var to = Output(out)
    var from = 0
    while from < raw.count {
      guard raw[from] == 92, from &+ 1 < raw.count else {
        to.put(raw[from])
        from &+= 1
        continue
      }
      switch raw[from &+ 1] {
      case 98: to.put(8)
      case 102: to.put(12)
      case 110: to.put(10)
      case 114: to.put(13)
      case 116: to.put(9)
      case 34, 92, 47: to.put(raw[from &+ 1])
      case 117:
        guard let unit = raw.hexadecimal(at: from &+ 2, count: 4) else { return nil }
        from &+= 4
        if unit & 0xFC00 == 0xD800, from &+ 3 < raw.count, raw[from &+ 2] == 92, raw[from &+ 3] == 117,
          let low = raw.hexadecimal(at: from &+ 4, count: 4), low & 0xFC00 == 0xDC00
        {
          to.put(scalar: 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF))
          from &+= 6
        } else {
          to.put(scalar: unit)
        }
      default: return nil
      }
      from &+= 2
    }
    return UnsafeRawBufferPointer(start: out, count: to.count)
  }
}
