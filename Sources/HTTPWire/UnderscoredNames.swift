import Bytes
import HTTPSemantics

/// Names with `_` in place of `-`, which origins that know fields as variables (CGI: RFC 3875 § 4.1.18, and what took after it)
/// cannot tell from the ones with `-`: `X_Forwarded_For` is HTTP_X_FORWARDED_FOR to them.
enum UnderscoredNames {
  /// Fields that say where a message ends, and those that the gateway speaks in.
  private static let guarded = FieldSet(
    .host, .contentLength, .transferEncoding, .connection, .te, .trailer, .upgrade, .expect, .via, .forwarded,
    .xForwardedFor, .xForwardedHost, .xForwardedPort, .xForwardedProto)

  private static let guardedBeginnings = ["x-amzn-", "cloudfront-"]

  /// Whether a name with underscores would be taken for one of those.
  @inline(never)
  static func pretend(in head: RequestHead) -> Bool {
    for field in head.fields where field.id == .other {
      let name = head.name(of: field)
      guard name.contains(95) else { continue }
      let meant = name.map { $0 == 95 ? 45 : $0 &- 65 < 26 ? $0 | 32 : $0 }
      if guarded.contains(meant.withUnsafeBytes { FieldID($0) }) { return true }
      if guardedBeginnings.contains(where: { meant.starts(with: $0.utf8) }) { return true }
    }
    return false
  }
}
