import Bytes
import HTTPSemantics

/// An address of a client, read from text without allocating.
///
/// IPv4-mapped IPv6 (`::ffff:192.0.2.1`, RFC 4291 § 2.5.5.2) is the IPv4 address that it stands for: an IP set that holds the
/// one holds the other, whichever way the client came.
public struct IPAddress: Hashable, Sendable {
  /// The upper 64 bits of an IPv6 address; 0 for IPv4.
  public let high: UInt64
  /// The lower 64 bits of an IPv6 address; an IPv4 address in the lowest 32.
  public let low: UInt64
  public let isV4: Bool

  /// Sets of a hundred thousand are made of them: one step for IPv4, and the same addresses are equal all the same.
  public func hash(into hasher: inout Hasher) {
    if !isV4 { hasher.combine(high) }
    hasher.combine(low)
  }

  public init(v4: UInt32) {
    high = 0
    low = UInt64(v4)
    isV4 = true
  }

  /// An address of 128 bits; a mapped one becomes IPv4.
  public init(high: UInt64, low: UInt64) {
    let isMapped = high == 0 && low &>> 32 == 0xFFFF
    self.high = high
    self.low = isMapped ? low & 0xFFFF_FFFF : low
    isV4 = isMapped
  }

  /// - Parameter text: `192.0.2.1` or `2001:db8::1`, in RFC 4291's forms; no brackets, no port, no zone. Nil for anything else.
  public init?(_ text: UnsafeRawBufferPointer) {
    guard text.count <= 45 else { return nil }
    if let v4 = IPAddress.dotted(text, from: 0, to: text.count) {
      self.init(v4: v4)
      return
    }
    // Eight groups; `gap` is where `::` stands.
    var groups = (UInt64(0), UInt64(0))
    var count = 0
    var gap = -1
    var at = 0
    func put(_ group: UInt64) {
      if count < 4 { groups.0 = groups.0 &<< 16 | group } else { groups.1 = groups.1 &<< 16 | group }
      count &+= 1
    }
    if text.count >= 2, text[0] == 58 {
      guard text[1] == 58 else { return nil }
      gap = 0
      at = 2
    }
    while at < text.count {
      guard count < 8 else { return nil }
      var value: UInt64 = 0
      let begin = at
      while at < text.count, let digit = text[at].hexDigitValue, at &- begin < 4 {
        value = value &<< 4 | UInt64(digit)
        at &+= 1
      }
      if at < text.count, text[at] == 46 {
        guard count <= 6, let v4 = IPAddress.dotted(text, from: begin, to: text.count) else { return nil }
        put(UInt64(v4 &>> 16))
        put(UInt64(v4 & 0xFFFF))
        at = text.count
        break
      }
      guard at > begin else { return nil }
      put(value)
      guard at < text.count else { break }
      guard text[at] == 58, at &+ 1 < text.count else { return nil }
      at &+= 1
      if text[at] == 58 {
        guard gap < 0 else { return nil }
        gap = count
        at &+= 1
      }
    }
    if gap < 0 {
      guard count == 8 else { return nil }
      self.init(high: groups.0, low: groups.1)
      return
    }
    guard count < 8 else { return nil }
    // The groups as 128 bits, right-aligned; those behind the gap stay, those before it move up.
    let whole = count <= 4 ? UInt128(groups.0) : UInt128(groups.0) &<< UInt128(16 &* (count &- 4)) | UInt128(groups.1)
    let behind = count &- gap
    let lower = behind == 0 ? 0 : whole & (UInt128.max &>> UInt128(128 &- 16 &* behind))
    let upper = gap == 0 ? 0 : (whole &>> UInt128(16 &* behind)) &<< UInt128(128 &- 16 &* gap)
    let value = upper | lower
    self.init(high: UInt64(truncatingIfNeeded: value &>> 64), low: UInt64(truncatingIfNeeded: value))
  }

  public init?(_ text: String) {
    var text = text
    guard let address = text.withUTF8({ IPAddress(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = address
  }

  /// Four decimal numbers of up to three digits without superfluous zeros.
  private static func dotted(_ text: UnsafeRawBufferPointer, from: Int, to: Int) -> UInt32? {
    var value: UInt32 = 0
    var part: UInt32 = 0
    var digits = 0
    var parts = 0
    var at = from
    while at <= to {
      let byte = at < to ? text[at] : 46
      if byte == 46 {
        guard digits > 0, parts < 4 else { return nil }
        value = value &<< 8 | part
        parts &+= 1
        part = 0
        digits = 0
      } else {
        let digit = byte &- 48
        guard digit < 10, !(digits > 0 && part == 0) else { return nil }
        part = part &* 10 &+ UInt32(digit)
        digits &+= 1
        guard part <= 255, digits <= 3 else { return nil }
      }
      at &+= 1
    }
    return parts == 4 ? value : nil
  }

  /// The address as one number of its family's width.
  var value: UInt128 { UInt128(high) &<< 64 | UInt128(low) }
  /// Bits of an address of its family.
  var width: Int { isV4 ? 32 : 128 }
}

extension IPAddress: CustomStringConvertible {
  /// As RFC 5952 has it.
  public var description: String {
    if isV4 { return "\(low &>> 24).\(low &>> 16 & 255).\(low &>> 8 & 255).\(low & 255)" }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: value &>> UInt128(112 - 16 * $0)) }
    // The longest run of two zeros or more, the first of several.
    var longest = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index > max(longest.count, 1) { longest = index..<end }
      index = max(end, index + 1)
    }
    func joined(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
    if longest.isEmpty { return joined(groups[...]) }
    return joined(groups[..<longest.lowerBound]) + "::" + joined(groups[longest.upperBound...])
  }
}
