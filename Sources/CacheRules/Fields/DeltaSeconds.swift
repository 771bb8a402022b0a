import Bytes

/// `delta-seconds` (RFC 9111 § 1.2.2): what `Age` and the directives of `Cache-Control` count in.
public enum DeltaSeconds {
  /// What every greater number is taken for: about 68 years.
  public static let greatest = 2_147_483_648

  /// The number that these digits write, `greatest` where it is greater; nil where they are not digits and nothing else.
  public static func parse(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard !bytes.isEmpty else { return nil }
    var value = 0
    for byte in bytes {
      let digit = byte &- 48
      guard digit < 10 else { return nil }
      if value < greatest { value = value &* 10 &+ Int(digit) }
    }
    return min(value, greatest)
  }
}

/// A directive that carries a number of seconds.
public enum DirectiveSeconds: Equatable, Sendable {
  case absent
  /// There, but with no number, or none that can be read: freshness that rests on it has run out (RFC 9111 § 4.2.1).
  case invalid
  case seconds(Int)

  /// Takes an occurrence of the directive; of several, the first one counts (RFC 9111 § 4.2.1).
  mutating func take(_ argument: UnsafeRawBufferPointer?) {
    guard self == .absent else { return }
    self = argument.flatMap(DeltaSeconds.parse).map { .seconds($0) } ?? .invalid
  }

  public var isPresent: Bool { self != .absent }

  /// The seconds, an invalid number counting as none; nil where the directive is absent.
  public var value: Int? {
    switch self {
    case .absent: nil
    case .invalid: 0
    case .seconds(let seconds): seconds
    }
  }
}
