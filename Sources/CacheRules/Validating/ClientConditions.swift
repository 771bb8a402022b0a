import Bytes
import HTTPSemantics
import HTTPWire

/// A client's conditional request, answered from a stored response (RFC 9111 § 4.3.2, RFC 9110 § 13.2.2).
///
/// `If-Match` and `If-Unmodified-Since` are for origins; a cache does not look at them.
public enum ClientConditions {
  /// Whether the answer is 304: the client has what is stored.
  /// - Parameters:
  ///   - fields: of the stored response.
  ///   - now: milliseconds since 1970.
  public static func isNotModified(
    _ head: RequestHead, _ record: ResponseRecord, fields: UnsafeRawBufferPointer, now: Int64
  ) -> Bool {
    guard record.status == 200 || record.status == 206 else { return false }
    if head.first(.ifNoneMatch) != nil {
      let etag = record.etag.map { EntityTag(UnsafeRawBufferPointer(rebasing: fields[$0])) }
      for field in head.fields where field.id == .ifNoneMatch {
        let list = head.value(of: field)
        // Any response will do for `*`, also one without a tag.
        if list.equals("*") || etag?.isNamed(in: list) ?? false { return true }
      }
      return false
    }
    guard let field = head.first(.ifModifiedSince),
      let since = HTTPDate.parse(head.value(of: field), now: Age.seconds(now))
    else { return false }
    // Without Last-Modified, when the response was made stands in (RFC 9111 § 4.3.2).
    return record.lastModified ?? record.date <= since
  }

  /// Whether the request has a condition that the stored response answers.
  public static func arePresent(in head: RequestHead) -> Bool {
    head.first(.ifNoneMatch) != nil || head.first(.ifModifiedSince) != nil
  }

  /// Whether a 304 has this field (RFC 9110 § 15.4.5): what guides caches, and what is not about the representation.
  public static func isSentWithNotModified(_ line: FieldBlock.Line) -> Bool {
    switch line.id {
    case .contentType, .contentEncoding, .contentLength, .contentMD5: false
    case .lastModified: true
    case .other: !line.isNamed("content-range") && !line.isNamed("content-language")
    default: true
    }
  }
}
