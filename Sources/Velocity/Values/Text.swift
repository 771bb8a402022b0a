import Bytes

/// A Java string: UTF-16 to the template, UTF-8 in memory, so that it reaches the output without conversion.
///
/// Halves of surrogate pairs, which Java strings may hold alone, are kept as three bytes each (WTF-8) and become `?` in
/// the output, as when Java encodes them. Two halves that come together are joined.
struct Text: Hashable, Sendable {
  private(set) var bytes: [UInt8]
  /// Whether a lone half of a surrogate pair may be among them.
  private(set) var mayHaveHalves: Bool

  static let empty = Text(bytes: [])

  /// - Parameter bytes: well-formed UTF-8.
  init(bytes: [UInt8]) {
    self.bytes = bytes
    mayHaveHalves = false
  }

  init(_ string: String) { self.init(bytes: Array(string.utf8)) }

  /// - Parameter unverified: bytes of any kind; what is no UTF-8 becomes U+FFFD.
  init(unverified: UnsafeRawBufferPointer) { self.init(String(decoding: unverified, as: UTF8.self)) }

  /// - Parameter wtf8: what texts were written into with their halves kept; halves that met are joined.
  init(wtf8: [UInt8]) {
    self.init(bytes: wtf8)
    for index in wtf8.indices.dropLast() where wtf8[index] == 0xED && wtf8[index + 1] >= 0xA0 {
      self = Text(utf16: units)
      return
    }
  }

  init(utf16 units: some Sequence<UInt16>) {
    bytes = []
    mayHaveHalves = false
    var high: UInt16?
    for unit in units {
      if let first = high {
        high = nil
        if unit & 0xFC00 == 0xDC00 {
          append(scalar: 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(unit & 0x3FF)))
          continue
        }
        append(scalar: UInt32(first))
        mayHaveHalves = true
      }
      if unit & 0xFC00 == 0xD800 {
        high = unit
      } else {
        append(scalar: UInt32(unit))
        if unit & 0xFC00 == 0xDC00 { mayHaveHalves = true }
      }
    }
    if let high {
      append(scalar: UInt32(high))
      mayHaveHalves = true
    }
  }

  static func == (left: Text, right: Text) -> Bool { left.bytes == right.bytes }
  func hash(into hasher: inout Hasher) { bytes.hash(into: &hasher) }

  var isEmpty: Bool { bytes.isEmpty }
  /// For messages and sources outside of this room.
  var string: String { String(decoding: bytes, as: UTF8.self) }

  private mutating func append(scalar: UInt32) {
    switch scalar {
    case ..<0x80: bytes.append(UInt8(truncatingIfNeeded: scalar))
    case ..<0x800:
      bytes.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
      bytes.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
    case ..<0x10000:
      bytes.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
      bytes.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
      bytes.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
    default:
      bytes.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
      bytes.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 12 & 0x3F))
      bytes.append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F))
      bytes.append(0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F))
    }
  }

  /// Whether every character is one byte, so that offsets in UTF-16 are offsets in bytes.
  var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }

  /// The string as Java counts it.
  var units: [UInt16] {
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count)
    forEachUnit { units.append($0) }
    return units
  }

  func forEachUnit(_ body: (UInt16) -> Void) {
    bytes.withUnsafeBytes { Text.forEachUnit(of: $0, body) }
  }

  /// The UTF-16 code units of WTF-8 bytes. Bytes that are neither are passed over singly; none is ever read outside.
  @inline(__always) static func forEachUnit(of bytes: UnsafeRawBufferPointer, _ body: (UInt16) -> Void) {
    var at = 0
    func continuation(_ offset: Int) -> UInt32 { offset < bytes.count ? UInt32(bytes[offset] & 0x3F) : 0 }
    while at < bytes.count {
      let lead = bytes[at]
      switch lead {
      case ..<0x80:
        body(UInt16(lead))
        at += 1
      case ..<0xE0:
        body(UInt16(truncatingIfNeeded: UInt32(lead & 0x1F) << 6 | continuation(at + 1)))
        at += 2
      case ..<0xF0:
        body(
          UInt16(truncatingIfNeeded: UInt32(lead & 0x0F) << 12 | continuation(at + 1) << 6 | continuation(at + 2)))
        at += 3
      default:
        let high = UInt32(lead & 7) << 18 | continuation(at + 1) << 12
        let scalar = (high | continuation(at + 2) << 6 | continuation(at + 3)) &- 0x10000
        body(UInt16(truncatingIfNeeded: 0xD800 + (scalar >> 10 & 0x3FF)))
        body(UInt16(truncatingIfNeeded: 0xDC00 + (scalar & 0x3FF)))
        at += 4
      }
    }
  }

  /// Length in UTF-16 code units.
  var length: Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += byte >= 0xF0 ? 2 : 1 }
    return count
  }

  /// `hashCode()`.
  var javaHash: Int32 {
    var hash: Int32 = 0
    forEachUnit { hash = hash &* 31 &+ Int32($0) }
    return hash
  }

  // MARK: Putting together

  func appending(_ other: Text) -> Text {
    if mayHaveHalves, other.mayHaveHalves { return Text(utf16: units + other.units) }
    var result = self
    result.bytes += other.bytes
    result.mayHaveHalves = mayHaveHalves || other.mayHaveHalves
    return result
  }

  /// Writes it as UTF-8.
  func write(into out: ByteBuffer) {
    guard mayHaveHalves else { return out.write(bytes) }
    bytes.withUnsafeBytes { Text.writeReplacingHalves($0, into: out) }
  }

  /// Writes WTF-8 as UTF-8, `?` for each lone half.
  static func writeReplacingHalves(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) {
    var start = 0
    var at = 0
    while at + 2 < bytes.count {
      if bytes[at] == 0xED, bytes[at + 1] >= 0xA0 {
        out.write(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
        out.write(byte: UInt8(ascii: "?"))
        at += 3
        start = at
      } else {
        at += 1
      }
    }
    out.write(UnsafeRawBufferPointer(rebasing: bytes[start...]))
  }
}
