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
  /// `BY`: what stands behind the country in ISO 3166-2, where that database knows it.
  case countryRegion = "CloudFront-Viewer-Country-Region"
  /// `64500`: the number of the autonomous system, where a database of networks knows it.
  case asn = "CloudFront-Viewer-ASN"
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

  /// Whether a database has to be asked about the viewer's address.
  public var isLookedUp: Bool {
    switch self {
    case .country, .countryRegion, .asn: true
    case .forwardedProto, .httpVersion, .address, .tls: false
    }
  }

  /// Whether a header is CloudFront's to set.
  public static func isMeant(by name: String) -> Bool { name.lowercased().hasPrefix(prefix.description) }

  static func isMeant(by name: UnsafeRawBufferPointer) -> Bool {
    let length = prefix.utf8CodeUnitCount
    return name.count >= length && UnsafeRawBufferPointer(rebasing: name[..<length]).equalsIgnoringCase(prefix)
  }
}

/// What is said of one viewer.
public struct Viewer: Sendable {
  /// Where an address is; nil is what is not known.
  public struct Origin: Sendable {
    /// Two letters, and up to three letters or digits.
    public var country, region: String?
    public var asn: UInt32?

    public init(country: String? = nil, region: String? = nil, asn: UInt32? = nil) {
      self.country = country
      self.region = region
      self.asn = asn
    }
  }

  private let headers: [ViewerHeader]
  private let isSecure: Bool
  private let httpVersion: StaticString
  private let origin: Origin
  private let address: String
  private let port: UInt16
  private let security: ConnectionSecurity?

  /// - Parameters:
  ///   - headers: what of it is to be said.
  ///   - origin: what databases know of his address.
  public init(_ headers: [ViewerHeader], _ facts: RequestFacts, origin: Origin = Origin()) {
    self.headers = headers
    isSecure = facts.sender.isSecure
    httpVersion = facts.httpVersion
    self.origin = origin
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
    case .country: return origin.country
    case .countryRegion: return origin.region
    case .asn: return origin.asn.map { "\($0)" }
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
