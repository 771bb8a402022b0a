import Bytes
import HTTPSemantics

/// What `Content-Encoding` says of a message's body (RFC 9110 § 8.4).
extension MessageHead {
  /// The coding that must be taken off to read the body; nil where there is none, more than one, or one that cannot be taken off.
  public var contentCoding: ContentCoding? {
    guard present.contains(.contentEncoding) else { return nil }
    var found: ContentCoding?
    for field in fields where field.id == .contentEncoding {
      guard found == nil, let coding = ContentCoding(value(of: field)), coding.isDecodable
      else { return nil }
      found = coding
    }
    return found
  }

  /// Takes the field away: the body has been decoded, and whoever reads the head must not be told otherwise.
  public func removeContentCoding() { fields.removeAll { $0.id == .contentEncoding } }
}
