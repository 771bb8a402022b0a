import Bytes

/// A 64-bit hash of bytes that a client may choose: seeded, so that nobody outside can make keys that collide. Two factors
/// of 64 bits are folded for each 16 bytes, as wyhash does.
public enum KeyHash {
  @inlinable public static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    var state = seed ^ 0xA076_1D64_78BD_642F
    var at = 0
    let count = bytes.count
    while count &- at > 16 {
      state = fold(word(bytes, at) ^ 0xE703_7ED1_A0B4_28DB, word(bytes, at &+ 8) ^ state)
      at &+= 16
    }
    let low = tail(bytes, at)
    let high = tail(bytes, at &+ 8)
    return fold(
      fold(low ^ 0xE703_7ED1_A0B4_28DB, high ^ state), UInt64(truncatingIfNeeded: count) ^ 0x8EBC_6AF0_9C88_C6E3)
  }

  @inlinable @inline(__always) static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.low ^ product.high
  }

  @inlinable @inline(__always) static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
  }

  /// Up to eight bytes from `at` on, zeros behind the end.
  @inlinable @inline(__always) static func tail(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
    if at &+ 8 <= bytes.count { return word(bytes, at) }
    var value: UInt64 = 0
    var index = at
    while index < bytes.count {
      value = value &<< 8 | UInt64(bytes[index])
      index &+= 1
    }
    return value
  }
}
