/// A name of HTML as a number: its first eight letters in lower case, without NULs (which browsers drop) and without a
/// namespace's prefix. Longer names are told apart by what else is known of them.
struct HTMLName: Equatable {
  let letters: UInt64
  /// Of the whole name, NULs not counted.
  let length: Int

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    var letters: UInt64 = 0
    var length = 0
    for index in range {
      var byte = bytes[index]
      if byte == 0 { continue }
      if byte == UInt8(ascii: ":") {
        letters = 0
        length = 0
        continue
      }
      if byte &- 0x41 < 26 { byte |= 0x20 }
      if length < 8 { letters = letters << 8 | UInt64(byte) }
      length &+= 1
    }
    self.letters = letters
    self.length = length
  }

  static func letters(_ name: StaticString) -> UInt64 {
    var letters: UInt64 = 0
    for index in 0..<min(8, name.utf8CodeUnitCount) { letters = letters << 8 | UInt64(name.utf8Start[index]) }
    return letters
  }

  /// The byte at `index` of the first eight.
  func byte(_ index: Int) -> UInt8 {
    let count = min(length, 8)
    guard index < count else { return 0 }
    return UInt8(truncatingIfNeeded: letters >> UInt64((count &- 1 &- index) &* 8))
  }
}
