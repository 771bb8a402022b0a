import Bytes
import Pipeline

/// What a distribution tells a server of the viewer in fields of its own, where the behaviour's list of headers names them
/// (spec § 14.7). Whatever a viewer says under `CloudFront-…` goes no further: a server may believe these.
public enum ViewerHeader: String, CaseIterable, Sendable {
  /// `https` or `http`: how the viewer came.
  case forwardedProto = "CloudFront-Forwarded-Proto"
  /// `1.0`, `1.1` or `2.0`.
  case httpVersion = "CloudFront-Viewer-Http-Version"
  /// `DE`, where a database of countries knows the address.
  case country = "CloudFront-Viewer-Country"
  /// `198.51.100.10:46532`: the viewer's address and port; 0 where a trusted proxy has said only the address. One of IPv6 has no
  /// brackets ([I]).
  case address = "CloudFront-Viewer-Address"
  /// `TLSv1.3:TLS_AES_128_GCM_SHA256:fullHandshake`, or `…:sessionResumed`; not said without TLS. For every request of a
  /// connection it is what its handshake was ([I]).
  case tls = "CloudFront-Viewer-TLS"

  /// The prefix of their names, in lower case, and of those of CloudFront's that are not known here.
  private static let prefix: StaticString = "cloudfront-"

  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else { return nil }
    self = found
  }

  /// Whether a header is CloudFront's to set.
  public static func isMeant(by name: String) -> Bool { name.lowercased().hasPrefix(prefix.description) }

  static func isMeant(by name: UnsafeRawBufferPointer) -> Bool {
    let length = prefix.utf8CodeUnitCount
    return name.count > length && UnsafeRawBufferPointer(rebasing: name[..<length]).equalsIgnoringCase(prefix)
  }
}

/// What is said of one viewer.
public struct Viewer: Sendable {
  private let headers: [ViewerHeader]
  private let isSecure: Bool
  private let httpVersion: StaticString
  private let country: String?
  private let address: String
  private let port: UInt16
  private let security: ConnectionSecurity?

  /// - Parameters:
  ///   - headers: what of it is to be said.
  ///   - country: two letters; nil: not known.
  public init(_ headers: [ViewerHeader], _ facts: RequestFacts, country: String? = nil) {
    self.headers = headers
    isSecure = facts.sender.isSecure
    httpVersion = facts.httpVersion
    self.country = country
    address = facts.sender.clientAddress
    port = facts.sender.clientPort
    security = facts.sender.security
  }

  private func value(of header: ViewerHeader) -> String? {
    switch header {
    case .forwardedProto: return isSecure ? "https" : "http"
    case .httpVersion:
      return switch httpVersion.description {
      case "HTTP/1.0": "1.0"
      case "HTTP/2.0": "2.0"
      default: "1.1"
      }
    case .country: return country
    case .address: return "\(address):\(port)"
    case .tls:
      return security.map { "\($0.version):\($0.cipher):\($0.isResumed ? "sessionResumed" : "fullHandshake")" }
    }
  }

  /// Writes what is known, as field lines.
  public func write(into out: ByteBuffer) {
    for header in headers {
      guard let value = value(of: header) else { continue }
      out.write("\(header.rawValue): \(value)\r\n" as String)
    }
  }
}
