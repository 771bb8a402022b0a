import Bytes
import Pipeline

/// What a distribution tells a server of the viewer in fields of its own, where the behaviour's list of headers names them
/// (spec § 14.7). Whatever a viewer says under `CloudFront-…` goes no further: a server may believe these.
public enum ViewerHeader: String, CaseIterable, Sendable {
  /// `https` or `http`: how the viewer came.
  case forwardedProto = "CloudFront-Forwarded-Proto"
  /// `1.0`, `1.1` or `2.0`.
  case httpVersion = "CloudFront-Viewer-Http-Version"

  /// The prefix of their names, in lower case, and of those of CloudFront's that are not known here.
  static let prefix: StaticString = "cloudfront-"

  init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else { return nil }
    self = found
  }

  /// Whether a header is CloudFront's to set.
  public static func isMeant(by name: String) -> Bool { name.lowercased().hasPrefix(prefix.description) }

  static func isMeant(by name: UnsafeRawBufferPointer) -> Bool {
    let length = prefix.utf8CodeUnitCount
    return name.count > length && UnsafeRawBufferPointer(rebasing: name[..<length]).equalsIgnoringCase(prefix)
  }

  /// What it says of a request.
  public func value(_ facts: RequestFacts) -> StaticString {
    switch self {
    case .forwardedProto: return facts.isSecure ? "https" : "http"
    case .httpVersion:
      return switch facts.httpVersion.description {
      case "HTTP/1.0": "1.0"
      case "HTTP/2.0": "2.0"
      default: "1.1"
      }
    }
  }

  /// Writes the part of a cache key by which requests are told apart that differ in these.
  public static func writeKey(_ headers: [ViewerHeader], _ facts: RequestFacts, into key: ByteBuffer) {
    for header in headers {
      key.write("v:")
      key.write(header.rawValue)
      key.write(":")
      key.write(header.value(facts))
      key.write("\n")
    }
  }
}
