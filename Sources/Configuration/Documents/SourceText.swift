import APIModel

/// A document's bytes by character, for what libyaml's events leave out: what a scalar looked like. It is asked from
/// front to back, and remembers where it was, so that a document on a single line costs no more than another.
struct SourceText {
  let bytes: [UInt8]
  let file: String
  private var character = 0
  private var byte = 0

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The index of the byte where the character number `target`, from zero, begins.
  mutating func offset(ofCharacter target: Int) -> Int {
    while character < target, byte < bytes.count {
      byte += 1
      while byte < bytes.count, bytes[byte] & 0xC0 == 0x80 { byte += 1 }
      character += 1
    }
    while character > target, byte > 0 {
      byte -= 1
      while byte > 0, bytes[byte] & 0xC0 == 0x80 { byte -= 1 }
      character -= 1
    }
    return byte
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self) }

  /// Passes anchors, tags and the white space after them, which libyaml counts to a scalar: moves `place` and gives the
  /// index where the scalar itself begins.
  func skipProperties(_ start: Int, before end: Int, _ place: inout SourceLocation) -> Int {
    var index = start
    func step() {
      let byte = bytes[index]
      index += 1
      if byte == 0x0A {
        place.line += 1
        place.column = 1
      } else if byte & 0xC0 != 0x80 {
        place.column += 1
      }
    }
    while index < end, bytes[index] == UInt8(ascii: "&") || bytes[index] == UInt8(ascii: "!") {
      while index < end, !isSpace(bytes[index]) { step() }
      while index < end, isSpace(bytes[index]) { step() }
    }
    return index
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  /// Where the text of a block scalar begins whose header (`|`, `>-`, `|2`) is at byte `header` on `line`: on the next
  /// line, behind the indentation of its first line that has any text.
  func blockStart(header: Int, line: Int) -> (offset: Int, place: SourceLocation) {
    var index = header
    func nextLine() {
      while index < bytes.count, bytes[index] != 0x0A { index += 1 }
      index = min(index + 1, bytes.count)
    }
    nextLine()
    let start = index
    while index < bytes.count {
      let lineStart = index
      while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
      if index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D {
        let indentation = index - lineStart
        return (
          min(start + indentation, bytes.count), SourceLocation(file: file, line: line + 1, column: indentation + 1)
        )
      }
      nextLine()
    }
    return (start, SourceLocation(file: file, line: line + 1, column: 1))
  }
}
