import Glibc

/// Looking for a run of bytes, in a time that grows with the text alone: what has been compared is not compared again (Knuth,
/// Morris, Pratt), and what cannot begin it is skipped by the C library.
struct ByteSearch {
  private let search: UnsafeRawBufferPointer
  private let borders: UnsafePointer<UInt16>?

  /// - Parameter borders: for each byte of `search`, how many of the bytes up to it are also its beginning (`borders(of:)`).
  init(_ search: UnsafeRawBufferPointer, borders: UnsafePointer<UInt16>?) {
    self.search = search
    self.borders = borders
  }

  static func borders(of search: [UInt8]) -> [UInt16] {
    var borders = [UInt16](repeating: 0, count: search.count)
    var length = 0
    for index in search.indices.dropFirst() {
      while length > 0, search[index] != search[length] { length = Int(borders[length - 1]) }
      if search[index] == search[length] { length += 1 }
      borders[index] = UInt16(truncatingIfNeeded: length)
    }
    return borders
  }

  /// - Returns: where it was found; nil: not as the constraint wants it.
  func find(_ constraint: ByteMatch.Constraint, in text: UnsafeRawBufferPointer) -> Int? {
    guard text.count >= search.count else { return nil }
    guard let wanted = search.baseAddress, search.count > 0, let base = text.baseAddress else {
      return constraint == .exactly ? (text.isEmpty ? 0 : nil) : 0
    }
    switch constraint {
    case .exactly: return text.count == search.count && memcmp(base, wanted, search.count) == 0 ? 0 : nil
    case .startsWith: return memcmp(base, wanted, search.count) == 0 ? 0 : nil
    case .endsWith:
      let start = text.count &- search.count
      return memcmp(base + start, wanted, search.count) == 0 ? start : nil
    case .contains: return first(in: text, from: 0)
    case .containsWord:
      var from = 0
      while let at = first(in: text, from: from) {
        let end = at &+ search.count
        if at == 0 || !Self.isWord(text[at &- 1]), end == text.count || !Self.isWord(text[end]) { return at }
        // Two of them may overlap, but then they are within one word, unless the search begins or ends with what is none.
        from = at &+ 1
        if Self.isWord(search[0]), Self.isWord(search[search.count &- 1]) {
          while from < text.count, Self.isWord(text[from]) { from &+= 1 }
        }
      }
      return nil
    }
  }

  private func first(in text: UnsafeRawBufferPointer, from: Int) -> Int? {
    guard let base = text.baseAddress, let borders else { return nil }
    let initial = search[0]
    var matched = 0
    var at = from
    while at < text.count {
      if matched == 0 {
        guard text.count &- at >= search.count, let found = memchr(base + at, Int32(initial), text.count &- at) else {
          return nil
        }
        at = UnsafeRawPointer(found) - base &+ 1
        matched = 1
      } else if text[at] == search[matched] {
        at &+= 1
        matched &+= 1
      } else {
        matched = Int(borders[matched &- 1])
        continue
      }
      if matched == search.count { return at &- matched }
    }
    return nil
  }

  /// Spec § 15.5: letters of ASCII, digits and the underscore.
  private static func isWord(_ byte: UInt8) -> Bool { byte &- 48 < 10 || (byte | 32) &- 97 < 26 || byte == 95 }
}
