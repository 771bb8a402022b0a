import Bytes

/// Looking for bytes sixteen at a time, and what is left of them eight at a time, in plain integer arithmetic.
///
/// In such a word, the lowest byte that is marked is marked rightly; bytes above it may be marked by a borrow. So only the
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

  @inline(__always)
  private static func vector(_ base: UnsafeRawPointer, _ at: Int) -> SIMD16<UInt8> {
    base.loadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
  }

  /// The place of the first lane that is marked; nil: none is.
  @inline(__always)
  private static func firstMark(_ mask: SIMDMask<SIMD16<Int8>>) -> Int? {
    // SAFETY: a mask is sixteen bytes, 0 or 0xFF each.
    let marks = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
    if marks[0] != 0 { return UInt64(littleEndian: marks[0]).trailingZeroBitCount &>> 3 }
    if marks[1] != 0 { return 8 &+ UInt64(littleEndian: marks[1]).trailingZeroBitCount &>> 3 }
    return nil
  }

  /// The place of the first `wanted` in `from..<end`, or `end`.
  @inline(__always)
  static func first(_ wanted: UInt8, in base: UnsafeRawPointer, from: Int, end: Int) -> Int {
    var at = from
    while at &+ 16 <= end {
      if let mark = firstMark(vector(base, at) .== SIMD16(repeating: wanted)) { return at &+ mark }
      at &+= 16
    }
    let pattern = ones &* UInt64(wanted)
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
    while at &+ 16 <= end {
      let bytes = vector(base, at)
      let tabs = bytes .== SIMD16(repeating: 9)
      let marks = ((bytes .< SIMD16(repeating: 32)) .& .!tabs) .| (bytes .== SIMD16(repeating: 127))
      if let mark = firstMark(marks) { return at &+ mark }
      at &+= 16
    }
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
