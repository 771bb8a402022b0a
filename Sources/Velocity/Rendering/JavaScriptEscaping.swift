import Bytes
import JSON

/// `$util.escapeJavaScript`: quotes of both kinds, `\` and `/` get a backslash, control characters their letter or
/// `\u00XX`, and everything beyond ASCII `\uXXXX`, UTF-16 unit by unit.
extension Machine {
  func escape(_ value: Value, _ escaping: JavaScriptEscaping = .full, into out: ByteBuffer) throws(Signal) {
    switch value {
    case .node(let node) where node.kind == .string:
      if node.hasEscapes { escaping.write(json: node.raw, into: out) } else { escaping.write(node.raw, into: out) }
    case .text(let text): text.bytes.withUnsafeBytes { escaping.write($0, into: out) }
    case .null: return
    default:
      guard let text = try self.text(of: heap.current(value)) else { return }
      text.bytes.withUnsafeBytes { escaping.write($0, into: out) }
    }
  }
}

struct JavaScriptEscaping: Sendable {
  static let full = JavaScriptEscaping(escapingApostrophes: true)
  /// What `.replaceAll("\\\\'", "'")` makes of the escaped text, as AWS recommends for JSON: `'` stays as it is.
  static let json = JavaScriptEscaping(escapingApostrophes: false)

  /// What each byte becomes: 0 itself, 1 part of `\uXXXX`, else the letter behind the backslash.
  private let actions: [UInt8]

  private init(escapingApostrophes: Bool) {
    actions = (0..<256).map { JavaScriptEscaping.action(UInt8($0), escapingApostrophes) }
  }

  private static func action(_ byte: UInt8, _ escapesApostrophes: Bool) -> UInt8 {
    switch byte {
    case 0x08: UInt8(ascii: "b")
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0C: UInt8(ascii: "f")
    case 0x0D: UInt8(ascii: "r")
    case UInt8(ascii: "'"): escapesApostrophes ? byte : 0
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case ..<0x20, 0x80...: 1
    default: 0
    }
  }

  /// - Parameter bytes: WTF-8.
  func write(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) {
    guard let source = bytes.baseAddress else { return }
    // Nothing grows to more than six bytes for each.
    out.reserve(bytes.count &* 6)
    actions.withUnsafeBufferPointer { actions in
      var start = 0
      var at = 0
      while at < bytes.count {
        let byte = source.load(fromByteOffset: at, as: UInt8.self)
        let action = actions[Int(byte)]
        if action == 0 {
          at &+= 1
          continue
        }
        out.write(UnsafeRawBufferPointer(start: source + start, count: at &- start))
        if action == 1 {
          let length = min(byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4, bytes.count &- at)
          Text.forEachUnit(of: UnsafeRawBufferPointer(start: source + at, count: length)) {
            JavaScriptEscaping.write(unit: $0, into: out)
          }
          at &+= length
        } else {
          JavaScriptEscaping.write(letter: action, into: out)
          at &+= 1
        }
        start = at
      }
      out.write(UnsafeRawBufferPointer(start: source + start, count: at &- start))
    }
  }

  /// - Parameter raw: a string of a document, its JSON escapes not decoded.
  func write(json raw: UnsafeRawBufferPointer, into out: ByteBuffer) {
    guard let source = raw.baseAddress else { return }
    out.reserve(raw.count &* 6)
    actions.withUnsafeBufferPointer { actions in
      var start = 0
      var at = 0
      while at < raw.count {
        let byte = source.load(fromByteOffset: at, as: UInt8.self)
        let action = actions[Int(byte)]
        if action == 0 {
          at &+= 1
          continue
        }
        out.write(UnsafeRawBufferPointer(start: source + start, count: at &- start))
        if byte == UInt8(ascii: "\\"), at &+ 1 < raw.count {
          let letter = source.load(fromByteOffset: at &+ 1, as: UInt8.self)
          if letter == UInt8(ascii: "u") {
            let unit = StringEscapes.unit(raw, at: at &+ 2)
            let decoded = unit < 0x80 ? actions[Int(unit)] : 1
            if decoded == 1 {
              JavaScriptEscaping.write(unit: unit, into: out)
            } else if decoded == 0 {
              out.write(byte: UInt8(truncatingIfNeeded: unit))
            } else {
              JavaScriptEscaping.write(letter: decoded, into: out)
            }
            at &+= 6
          } else {
            let plain = StringEscapes.plain(letter)
            let decoded = actions[Int(plain)]
            if decoded == 0 { out.write(byte: plain) } else { JavaScriptEscaping.write(letter: decoded, into: out) }
            at &+= 2
          }
          at = min(at, raw.count)
        } else if action == 1 {
          let length = min(byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4, raw.count &- at)
          Text.forEachUnit(of: UnsafeRawBufferPointer(start: source + at, count: length)) {
            JavaScriptEscaping.write(unit: $0, into: out)
          }
          at &+= length
        } else {
          JavaScriptEscaping.write(letter: action, into: out)
          at &+= 1
        }
        start = at
      }
      out.write(UnsafeRawBufferPointer(start: source + start, count: at &- start))
    }
  }

  @inline(__always) private static func write(letter: UInt8, into out: ByteBuffer) {
    out.write(byte: UInt8(ascii: "\\"))
    out.write(byte: letter)
  }

  private static func write(unit: UInt16, into out: ByteBuffer) {
    out.write(byte: UInt8(ascii: "\\"))
    out.write(byte: UInt8(ascii: "u"))
    for shift in [12, 8, 4, 0] as [UInt16] {
      let nibble = UInt8(truncatingIfNeeded: unit >> shift & 15)
      out.write(byte: nibble < 10 ? 48 &+ nibble : 55 &+ nibble)
    }
  }
}
