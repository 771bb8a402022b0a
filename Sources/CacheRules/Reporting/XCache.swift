import Bytes

/// `X-Cache` in CloudFront's words (spec § 14.8): `Hit from sluice`.
public enum XCache {
  /// Writes the value, without the name of the field.
  /// - Parameters:
  ///   - status: of the response to the client.
  ///   - name: what stands in the place of `cloudfront`.
  public static func write(_ outcome: CacheOutcome, status: Int, name: String, into out: ByteBuffer) {
    write(word(outcome, status: status), name: name, into: out)
  }

  /// The same for an answer that the cache has no part in: `Redirect`, `Error`.
  public static func write(_ word: StaticString, name: String, into out: ByteBuffer) {
    out.write(word)
    out.write(" from ")
    out.write(name)
  }

  /// An error is one wherever it comes from, the cache included; what a 304 confirmed is refreshed.
  public static func word(_ outcome: CacheOutcome, status: Int) -> StaticString {
    if status >= 400 { return "Error" }
    switch outcome.kind {
    case .hit, .staleWhileRevalidate: return "Hit"
    case .revalidated: return "RefreshHit"
    case .forwarded: return outcome.isCollapsed ? "Hit" : "Miss"
    case .bypassed, .unsatisfiable: return "Miss"
    }
  }
}
