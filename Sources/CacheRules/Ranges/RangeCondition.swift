import Bytes
import HTTPSemantics
import HTTPWire

/// `If-Range` (RFC 9110 § 13.1.5): the range is wanted only of the representation that the client has the rest of.
public enum RangeCondition {
  /// Whether the range may be served of this stored response: there is no `If-Range`, or its strong entity tag is the
  /// stored one's, or its date is exactly the stored `Last-Modified`, which is at least a second older than `Date`.
  /// - Parameter fields: of the stored response.
  public static func holds(
    _ head: RequestHead, for record: ResponseRecord, fields: UnsafeRawBufferPointer, now: Int64
  ) -> Bool {
    guard let condition = value(in: head) else { return true }
    if condition.first == 34 || (condition.count > 1 && condition[1] == 47) {
      guard let etag = record.etag else { return false }
      return EntityTag(condition).isStronglyEqual(EntityTag(UnsafeRawBufferPointer(rebasing: fields[etag])))
    }
    guard let date = HTTPDate.parse(condition, now: Age.seconds(now)), let modified = record.lastModified else {
      return false
    }
    return date == modified && modified < record.date
  }

  static func value(in head: RequestHead) -> UnsafeRawBufferPointer? {
    for field in head.fields where field.id == .other {
      let name = head.name(of: field)
      if name.equalsIgnoringCase("if-range") { return head.value(of: field) }
    }
    return nil
  }
}
