import APIModel

/// Finds the lines that diagnostics are about. It is asked from front to back, so that ten thousand questions about a
/// file of one long line cost no more than reading it once.
struct ExcerptReader {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var column = 1

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark is no part of the text.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  /// The excerpt for a place at or behind the one asked for last; nil where there is no such line, or nothing in it.
  mutating func excerpt(at place: SourceLocation, length: Int) -> Excerpt? {
    while index < bytes.count, line < place.line { pass() }
    guard line == place.line else { return nil }
    while !isLineEnd, column < place.column { pass() }
    // A few characters more on both sides than will be shown, so that it is seen that there are more.
    let start = start(Excerpt.before + 1)
    let end = end(Excerpt.behind + 1)
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    guard text.unicodeScalars.contains(where: { $0 != " " && $0 != "\t" }) else { return nil }
    let before = bytes[start..<index].count { $0 & 0xC0 != 0x80 }
    return Excerpt(of: text, column: before + 1, length: length)
  }

  private var isLineEnd: Bool { index == bytes.count || bytes[index] == 0x0A || bytes[index] == 0x0D }

  /// Passes one character, or one line end: `\n`, `\r` or both.
  private mutating func pass() {
    let byte = bytes[index]
    index += 1
    if byte == 0x0A || byte == 0x0D && (index == bytes.count || bytes[index] != 0x0A) {
      line += 1
      column = 1
      return
    }
    while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
    column += 1
  }

  /// The byte where the characters before the place begin, `most` of them.
  private func start(_ most: Int) -> Int {
    var start = index
    var count = 0
    while start > 0, count < most, bytes[start - 1] != 0x0A, bytes[start - 1] != 0x0D {
      start -= 1
      if bytes[start] & 0xC0 != 0x80 { count += 1 }
    }
    return start == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? min(3, index) : start
  }

  private func end(_ most: Int) -> Int {
    var end = index
    var count = 0
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D {
      if bytes[end] & 0xC0 != 0x80 {
        if count == most { break }
        count += 1
      }
      end += 1
    }
    return end
  }
}
