/// The kinds of the first tokens of an attempt, a letter each: `s&1=1c` is a quote, a logical operator, a comparison of two
/// numbers and a comment.
public struct SQLFingerprint: Sendable, Equatable, CustomStringConvertible {
  /// Longer attempts are told by their first tokens.
  public static let longest = 16

  private var low: UInt64 = 0
  private var high: UInt64 = 0
  public private(set) var count = 0

  init() {}

  mutating func append(_ kind: SQLToken.Kind) {
    guard count < Self.longest else { return }
    let letter = UInt64(kind.rawValue)
    if count < 8 {
      low |= letter << UInt64(count &* 8)
    } else {
      high |= letter << UInt64((count &- 8) &* 8)
    }
    count &+= 1
  }

  public var description: String {
    String(
      decoding: (0..<count).map { index in
        UInt8(truncatingIfNeeded: (index < 8 ? low : high) >> UInt64((index & 7) &* 8))
      }, as: UTF8.self)
  }
}
