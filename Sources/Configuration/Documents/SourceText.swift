import APIModel

/// A document's bytes by line and character, for what libyaml's events leave out: what a scalar looked like.
struct SourceText {
  let bytes: [UInt8]
  let file: String
  /// The index of each line's first byte; a line ends where libyaml ends it: behind LF, CR, CR LF, NEL, LS or PS.
  private let lineStarts: [Int]

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    var starts = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case 0x0A: starts.append(index + 1)
      case 0x0D where index + 1 >= bytes.count || bytes[index + 1] != 0x0A: starts.append(index + 1)
      case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0x85: starts.append(index + 2)
      case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8:
        starts.append(index + 3)
      default: break
      }
      index += 1
    }
    lineStarts = starts
  }

  /// The index of the byte where the character in `line` and `column` begins, both from zero.
  func offset(line: Int, column: Int) -> Int {
    guard line < lineStarts.count else { return bytes.count }
    var index = lineStarts[line]
    var left = column
    while left > 0, index < bytes.count {
      index += 1
      while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
      left -= 1
    }
    return index
  }

  func location(line: Int, offset: Int) -> SourceLocation {
    guard line < lineStarts.count, lineStarts[line] <= offset, offset <= bytes.count else {
      return SourceLocation(file: file, line: line + 1, column: 1)
    }
    let characters = bytes[lineStarts[line]..<offset].count { $0 & 0xC0 != 0x80 }
    return SourceLocation(file: file, line: line + 1, column: characters + 1)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self) }

  /// The index behind anchors, tags and the white space after them, which libyaml counts to a scalar.
  func skipProperties(_ start: Int, before end: Int) -> Int {
    var index = start
    while index < end, bytes[index] == UInt8(ascii: "&") || bytes[index] == UInt8(ascii: "!") {
      while index < end, !isSpace(bytes[index]) { index += 1 }
      while index < end, isSpace(bytes[index]) { index += 1 }
    }
    return index
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  /// Where the text of a block scalar begins whose header (`|`, `>-`, `|2`) is on `line` (from zero): on the next line,
  /// behind the indentation of its first line that has any text.
  func blockStart(headerLine line: Int) -> SourceLocation {
    var indentation = 0
    for start in lineStarts.dropFirst(line + 1) {
      var index = start
      while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
      indentation = index - start
      if index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { break }
    }
    return SourceLocation(file: file, line: line + 2, column: indentation + 1)
  }
}
