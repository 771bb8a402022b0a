/// Which of many values each address has, built once for looking up: the whole space of addresses in runs that have one value.
///
/// Those of IPv4 are found through an `AddressIndex`, as in ``AddressSet``; those of IPv6 are searched by halves.
public final class AddressMap: Sendable {
  /// Where each run of IPv4 begins in the upper half, and its value in the lower one. The first begins at 0.0.0.0.
  private let narrow: AddressIndex
  /// Where each run of IPv6 begins; the first at `::`.
  private let wide: [UInt128]
  private let wideValues: [UInt32]

  /// The runs, in the order of their addresses.
  public struct Builder {
    fileprivate var narrow: [UInt64] = []
    fileprivate var wide: [UInt128] = []
    fileprivate var wideValues: [UInt32] = []

    public init() {}

    /// From this address of IPv4 on, up to where the next run begins. What is not behind the last run is passed over.
    /// - Parameter value: 0: none.
    public mutating func append(v4 start: UInt32, _ value: UInt32) {
      if let last = narrow.last {
        guard start > UInt32(truncatingIfNeeded: last >> 32), UInt32(truncatingIfNeeded: last) != value else { return }
      } else if start > 0 {
        narrow.append(0)
      }
      narrow.append(UInt64(start) << 32 | UInt64(value))
    }

    /// From this address of IPv6 on.
    public mutating func append(v6 start: UInt128, _ value: UInt32) {
      if let last = wide.last {
        guard start > last, wideValues.last != value else { return }
      } else if start > 0 {
        wide.append(0)
        wideValues.append(0)
      }
      wide.append(start)
      wideValues.append(value)
    }
  }

  public init(_ builder: Builder) {
    narrow = AddressIndex(builder.narrow.isEmpty ? [0] : builder.narrow)
    wide = builder.wide
    wideValues = builder.wideValues
  }

  /// How many runs there are.
  public var count: Int { narrow.words.count + wide.count }

  /// The address's value; 0: none.
  public func value(of address: IPAddress) -> UInt32 {
    address.isV4 ? narrow.find(UInt32(truncatingIfNeeded: address.low)) ?? 0 : wideValue(address.value)
  }

  private func wideValue(_ address: UInt128) -> UInt32 {
    var low = 0
    var count = wide.count
    while count > 0 {
      let half = (count &+ 1) &>> 1
      if wide[low &+ half &- 1] <= address {
        low &+= half
        count &-= half
      } else {
        count = half &- 1
      }
    }
    return low > 0 ? wideValues[low &- 1] : 0
  }
}
