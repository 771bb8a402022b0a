import Bytes

/// Looking for bytes eight at a time, in plain integer arithmetic.
///
/// In a word, the lowest byte that is marked is marked rightly; bytes above it may be marked by a borrow. So only the
/// lowest mark is used, which on a little-endian reading is the first byte in memory.
enum ByteScan {
  @inline(__always) private static var ones: UInt64 { 0x0101_0101_0101_0101 }
  @inline(__always) private static var tops: UInt64 { 0x8080_8080_8080_8080 }

  @inline(__always)
  static func word(_ base: UnsafeRawPointer, _ at: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  @inline(__always)
  static func byte(_ base: UnsafeRawPointer, _ at: Int) -> UInt8 {
    base.load(fromByteOffset: at, as: UInt8.self)
  }

  /// The place of the first `wanted` in `from..<end`, or `end`.
  @inline(__always)
  static func first(_ wanted: UInt8, in base: UnsafeRawPointer, from: Int, end: Int) -> Int {
    let pattern = ones &* UInt64(wanted)
    var at = from
    while at &+ 8 <= end {
      let different = word(base, at) ^ pattern
      let marks = (different &- ones) & ~different & tops
      if marks != 0 { return at &+ marks.trailingZeroBitCount &>> 3 }
      at &+= 8
    }
    while at < end, byte(base, at) != wanted { at &+= 1 }
    return at
  }

  /// The place of the first control byte other than HTAB in `from..<end`, or `end`: where a field value stops.
  @inline(__always)
  static func firstControl(in base: UnsafeRawPointer, from: Int, end: Int) -> Int {
    var at = from
    while true {
      var found = end
      while at &+ 8 <= end {
        let bytes = word(base, at)
        let deletes = bytes ^ (ones &* 0x7F)
        let marks = (((bytes &- ones &* 0x20) & ~bytes) | ((deletes &- ones) & ~deletes)) & tops
        if marks != 0 {
          found = at &+ marks.trailingZeroBitCount &>> 3
          break
        }
        at &+= 8
      }
      if found == end {
        while at < end, byte(base, at) >= 32, byte(base, at) != 127 { at &+= 1 }
        found = at
      }
      if found == end || byte(base, found) != 9 { return found }
      at = found &+ 1
    }
  }
}
