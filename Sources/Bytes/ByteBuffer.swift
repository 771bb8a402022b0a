import Glibc

/// A growable run of bytes with a reading and a writing end: what sockets read into and write from, what heads are
/// parsed in, and what templates render into.
///
///     |  consumed  |  readable            |  writable            |
///     0  <=  readIndex  <=  writeIndex  <=  capacity
///
/// A class, so that it passes through pools and across `await` without copies. It belongs to one worker and is never
/// shared between threads. Offsets, not pointers, survive a `reserve`: whoever keeps a place in a buffer keeps an `Int`
/// counted from `base`, and must not call `compact` while doing so.
public final class ByteBuffer {
  @usableFromInline var storage: UnsafeMutableRawPointer
  /// Bytes allocated.
  public private(set) var capacity: Int
  private let growth: BufferGrowth?
  /// Where the readable bytes begin, counted from `base`.
  public var readIndex = 0
  /// Where the readable bytes end and the next write goes, counted from `base`.
  public var writeIndex = 0

  private static let leastCapacity = 64

  /// - Parameters:
  ///   - capacity: bytes to allocate at once; at least 64 are.
  ///   - growth: where it is noted when more are.
  public init(capacity: Int = 1024, noting growth: BufferGrowth? = nil) {
    self.capacity = max(capacity, Self.leastCapacity)
    self.growth = growth
    storage = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { storage.deallocate() }

  /// The first byte of the allocation. Valid until the next write, `reserve` or `compact`.
  @inlinable public var base: UnsafeRawPointer { UnsafeRawPointer(storage) }
  @inlinable public var count: Int { writeIndex &- readIndex }
  @inlinable public var isEmpty: Bool { writeIndex == readIndex }
  /// The readable bytes. Valid until the next write, `reserve` or `compact`.
  @inlinable public var readable: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage + readIndex, count: writeIndex &- readIndex)
  }
  /// The free bytes behind the readable ones. After filling some, call `didWrite`.
  @inlinable public var writable: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: storage + writeIndex, count: capacity &- writeIndex)
  }

  /// The bytes of a range counted from `base`. Valid until the next write, `reserve` or `compact`.
  @inlinable public subscript(range: Range<Int>) -> UnsafeRawBufferPointer {
    assert(range.lowerBound >= 0 && range.upperBound <= writeIndex)
    return UnsafeRawBufferPointer(start: storage + range.lowerBound, count: range.count)
  }

  /// Forgets everything and keeps the allocation.
  @inlinable public func clear() {
    readIndex = 0
    writeIndex = 0
  }

  /// Marks `count` readable bytes as consumed.
  @inlinable public func consume(_ count: Int) {
    assert(count >= 0 && count <= self.count)
    readIndex &+= count
    if readIndex == writeIndex { clear() }
  }

  /// Marks `count` bytes of `writable` as filled.
  @inlinable public func didWrite(_ count: Int) {
    assert(count >= 0 && count <= capacity &- writeIndex)
    writeIndex &+= count
  }

  /// Moves the readable bytes to the front of the allocation.
  public func compact() {
    guard readIndex > 0 else { return }
    storage.copyMemory(from: storage + readIndex, byteCount: count)
    writeIndex -= readIndex
    readIndex = 0
  }

  /// Makes room for `count` more bytes behind the readable ones.
  @inlinable public func reserve(_ count: Int) {
    if capacity &- writeIndex < count { grow(by: count) }
  }

  @usableFromInline func grow(by count: Int) {
    let needed = writeIndex + count
    let larger = max(needed, capacity * 2)
    let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    fresh.copyMemory(from: storage, byteCount: writeIndex)
    storage.deallocate()
    storage = fresh
    growth?.bytes += larger - capacity
    capacity = larger
  }

  /// Forgets everything and keeps the least allocation that there is.
  public func shrink() {
    clear()
    guard capacity > Self.leastCapacity else { return }
    storage.deallocate()
    storage = .allocate(byteCount: Self.leastCapacity, alignment: 16)
    growth?.bytes += Self.leastCapacity - capacity
    capacity = Self.leastCapacity
  }

  @inlinable public func write(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    reserve(bytes.count)
    (storage + writeIndex).copyMemory(from: source, byteCount: bytes.count)
    writeIndex &+= bytes.count
  }

  // A literal's length is known where it is written: a few moves take the place of two calls.
  @inline(__always)
  @inlinable public func write(_ text: StaticString) {
    let count = text.utf8CodeUnitCount
    reserve(count)
    (storage + writeIndex).copyMemory(from: text.utf8Start, byteCount: count)
    writeIndex &+= count
  }

  // A literal is written as a StaticString, without going through a String.
  @_disfavoredOverload
  @inlinable public func write(_ text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  @_disfavoredOverload
  @inlinable public func write(_ text: Substring) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  @inlinable public func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { write($0) }
  }

  @inlinable public func write(byte: UInt8) {
    reserve(1)
    storage.storeBytes(of: byte, toByteOffset: writeIndex, as: UInt8.self)
    writeIndex &+= 1
  }

  /// Writes a number in decimal digits, as `Content-Length` and JSON have it.
  @inlinable public func write(decimal value: Int) {
    if value >= 0 && value < 10 {
      write(byte: 48 &+ UInt8(truncatingIfNeeded: value))
      return
    }
    reserve(20)
    var magnitude = value.magnitude
    if value < 0 { write(byte: 45) }
    var digits = 1
    var bound: UInt = 10
    while magnitude >= bound {
      digits &+= 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    var at = writeIndex &+ digits
    writeIndex = at
    repeat {
      at &-= 1
      storage.storeBytes(of: 48 &+ UInt8(truncatingIfNeeded: magnitude % 10), toByteOffset: at, as: UInt8.self)
      magnitude /= 10
    } while magnitude > 0
  }

  /// Writes a number in lower-case hexadecimal digits without leading zeros, as a chunk size is written.
  @inlinable public func write(hexadecimal value: UInt) {
    var shift = value == 0 ? 0 : (63 &- value.leadingZeroBitCount) & ~3
    while shift >= 0 {
      let nibble = UInt8(truncatingIfNeeded: (value >> UInt(shift)) & 15)
      write(byte: nibble < 10 ? 48 &+ nibble : 87 &+ nibble)
      shift &-= 4
    }
  }
}

/// By how much the buffers of one owner have grown: asked here, none of them is looked at.
public final class BufferGrowth {
  /// Bytes beyond those that they were made with.
  public internal(set) var bytes = 0

  public init() {}
}

extension UnsafeRawBufferPointer {
  /// The bytes as text; ill-formed UTF-8 is repaired with U+FFFD.
  @inlinable public var text: String { String(decoding: self, as: UTF8.self) }

  /// Whether these bytes are exactly those of `text`.
  @inlinable public func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    guard let baseAddress else { return true }
    return memcmp(baseAddress, text.utf8Start, count) == 0
  }

  /// Whether these bytes are those of `lowercase`, letters `A`–`Z` here counting as small ones.
  /// - Parameter lowercase: ASCII without capital letters.
  @inlinable public func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
    guard count == lowercase.utf8CodeUnitCount else { return false }
    // Asked for once: each look at it checks that it is there.
    let wanted = lowercase.utf8Start
    for index in 0..<count {
      let byte = self[index]
      let folded = byte &- 65 < 26 ? byte | 32 : byte
      if folded != wanted[index] { return false }
    }
    return true
  }
}
