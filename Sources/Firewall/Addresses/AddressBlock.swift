import Bytes

/// A block of addresses in CIDR notation (RFC 4632): `192.0.2.0/24`, `2001:db8::/32`. A bare address is a block of one.
///
/// Bits behind the prefix are cleared: `192.0.2.7/24` is `192.0.2.0/24`.
public struct AddressBlock: Hashable, Sendable, CustomStringConvertible {
  /// Why a text is no block.
  public enum Flaw: Error, Equatable {
    case notAnAddress
    /// Not a number, or more than the address has bits.
    case prefixOutOfRange
    /// `/0`: AWS takes none that holds every address (spec § 15.3).
    case everything

    public var reason: String {
      switch self {
      case .notAnAddress: "it is not an IPv4 or IPv6 address with a prefix, such as `192.0.2.0/24` or `2001:db8::/32`"
      case .prefixOutOfRange: "the number behind `/` is 1 to 32 for IPv4, 1 to 128 for IPv6"
      case .everything: "a block of all addresses is not taken: write two, `0.0.0.0/1` and `128.0.0.0/1`"
      }
    }
  }

  public let first: IPAddress
  /// 1 to the address's width.
  public let prefix: Int

  public init(_ text: UnsafeRawBufferPointer) throws(Flaw) {
    var slash = text.count
    while slash > 0, text[slash &- 1] != 47 { slash &-= 1 }
    let hasPrefix = slash > 0
    let end = hasPrefix ? slash &- 1 : text.count
    guard let address = IPAddress(UnsafeRawBufferPointer(rebasing: text[0..<end])) else { throw .notAnAddress }
    guard hasPrefix else {
      self.init(address, prefix: address.width)
      return
    }
    guard slash < text.count, text.count &- slash <= 3 else { throw .prefixOutOfRange }
    var bits = 0
    for byte in text[slash...] {
      guard byte &- 48 < 10 else { throw .prefixOutOfRange }
      bits = bits &* 10 &+ Int(byte &- 48)
    }
    // `::ffff:192.0.2.0/120` is `192.0.2.0/24`.
    if address.isV4, text[..<end].contains(58) {
      guard bits >= 96 else { throw .prefixOutOfRange }
      bits &-= 96
    }
    guard bits <= address.width else { throw .prefixOutOfRange }
    guard bits > 0 else { throw .everything }
    self.init(address, prefix: bits)
  }

  public init(_ text: String) throws(Flaw) {
    var text = text
    let result: Result<AddressBlock, Flaw> = text.withUTF8 { bytes in
      do throws(Flaw) { return .success(try AddressBlock(UnsafeRawBufferPointer(bytes))) } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  private init(_ address: IPAddress, prefix: Int) {
    let rest = UInt128(address.width &- prefix)
    let cleared = rest == 128 ? 0 : (address.value &>> rest) &<< rest
    first =
      address.isV4
      ? IPAddress(v4: UInt32(truncatingIfNeeded: cleared))
      : IPAddress(high: UInt64(truncatingIfNeeded: cleared &>> 64), low: UInt64(truncatingIfNeeded: cleared))
    self.prefix = prefix
  }

  public var isV4: Bool { first.isV4 }

  /// The last address, as a number.
  var last: UInt128 {
    let rest = UInt128(first.width &- prefix)
    return first.value | (rest == 0 ? 0 : UInt128.max &>> (128 &- rest))
  }

  public var description: String { "\(first)/\(prefix)" }
}
