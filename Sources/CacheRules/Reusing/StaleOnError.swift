/// Whether a stale response stands in for an origin that fails.
public enum StaleOnError {
  /// How the origin failed.
  public enum Failure: Sendable {
    /// No answer: it could not be reached, or broke off, or took too long. A cache is then as good as disconnected
    /// (RFC 9111 § 4.2.4).
    case unreachable
    /// It answered with an error of its own: 500, 502, 503, 504 (RFC 5861 § 4).
    case answered(Int)
  }

  /// For how long after its time a response stands in for an origin that cannot be reached, where neither it nor the
  /// request says how long: seconds.
  public static let standardGrace = 86_400

  /// RFC 9111 § 4.2.4 and RFC 5861 § 4: what forbids stale use wins; what `stale-if-error` says comes next; and without a
  /// word, an origin that cannot be reached is stood in for during `grace`, one that answers is heard.
  /// - Parameters:
  ///   - standsInForErrors: CloudFront's rules: one that answers with an error is stood in for, too (spec § 14.6).
  ///   - grace: seconds.
  ///   - now: milliseconds since 1970.
  public static func mayServe(
    _ record: ResponseRecord, _ directives: RequestDirectives, after failure: Failure, standsInForErrors: Bool = false,
    grace: Int = standardGrace, now: Int64
  ) -> Bool {
    // One error does not stand in for another.
    if record.status >= 500 { return false }
    if record.flags.contains(.isKeptAgainstOrigin) { return true }
    if record.flags.contains(.forbidsStaleExtensions) { return false }
    if case .answered(let status) = failure, !isError(status) { return false }
    let staleness = -record.remaining(now: now)
    if staleness < 0 { return true }
    if let limit = record.staleIfError ?? directives.staleIfError { return staleness < limit }
    if record.flags.contains(.forbidsStale) { return false }
    switch failure {
    case .unreachable: return staleness < grace
    case .answered: return standsInForErrors && staleness < grace
    }
  }

  /// The errors that speak of the origin rather than of the request.
  public static func isError(_ status: Int) -> Bool {
    switch status {
    case 500, 502, 503, 504: true
    default: false
    }
  }
}
