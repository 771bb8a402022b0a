import Bytes

/// What a stored part can do for a request (RFC 9111 § 3.3 and § 3.4).
public enum PartialContent {
  public enum Use: Equatable, Sendable {
    /// These bytes of the stored body, counted from its start, are what was asked for.
    case serve(Range<Int>, ContentRange)
    /// The rest from this byte of the whole on completes it: ask for `bytes=from-` with `If-Range`.
    case complete(from: Int)
    case useless
  }

  /// - Parameters:
  ///   - part: which bytes are stored.
  ///   - range: what the request asks for; nil for the whole.
  ///   - isStronglyValidated: the stored part has a strong entity tag, without which parts must not be joined
  ///     (RFC 9110 § 15.3.7.3).
  public static func use(of part: ContentRange, for range: RangeRequest?, isStronglyValidated: Bool) -> Use {
    if let range {
      guard let wanted = range.onlyRange(length: part.complete), wanted.lowerBound >= part.first,
        wanted.upperBound &- 1 <= part.last
      else { return .useless }
      return .serve(
        wanted.lowerBound &- part.first..<wanted.upperBound &- part.first,
        ContentRange(first: wanted.lowerBound, last: wanted.upperBound &- 1, complete: part.complete))
    }
    guard part.first == 0, let complete = part.complete else { return .useless }
    if part.last == complete &- 1 { return .serve(0..<complete, part) }
    return isStronglyValidated ? .complete(from: part.last &+ 1) : .useless
  }

  /// Whether the 206 that came for `complete(from:)` continues the stored part.
  /// - Parameters:
  ///   - stored: the entity tag of the stored part; `newer`: that of the answer.
  public static func continues(
    _ part: ContentRange, _ answer: ContentRange, stored: EntityTag, newer: EntityTag
  ) -> Bool {
    stored.isStronglyEqual(newer) && answer.first == part.last &+ 1 && answer.complete == part.complete
      && answer.complete.map { answer.last == $0 &- 1 } ?? false
  }
}
