import Bytes
import HTTPSemantics

/// Which fields may stand behind the content (RFC 9110 § 6.5.1).
enum TrailerRules {
  /// Whether a field may: not one that frames, routes, authenticates, conditions or describes what has gone before. Of the
  /// names that the gateway acts upon, two are left.
  static func mayTrail(_ id: FieldID, _ name: UnsafeRawBufferPointer) -> Bool {
    switch id {
    case .etag, .contentMD5: return true
    case .other:
      return !name.equalsIgnoringCase("content-range") && !name.equalsIgnoringCase("if-match")
        && !name.equalsIgnoringCase("if-unmodified-since") && !name.equalsIgnoringCase("if-range")
        && !name.equalsIgnoringCase("retry-after") && !name.equalsIgnoringCase("content-language")
        && !name.equalsIgnoringCase("content-location") && !name.equalsIgnoringCase("http2-settings")
        && !name.equalsIgnoringCase("x-real-ip")
    default: return false
    }
  }
}
