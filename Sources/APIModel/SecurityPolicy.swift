/// Which versions of TLS and which ciphers a listener or a domain takes, by AWS's names.
///
/// Sources: CloudFront, "Supported protocols and ciphers between viewers and CloudFront"; API Gateway, "Choose a security
/// policy for your custom domain". TLS 1.3 comes with every one of them, with its three ciphers.
public enum SecurityPolicy: String, Sendable, CaseIterable {
  /// CloudFront's `MinimumProtocolVersion`.
  case tls1 = "TLSv1"
  case tls1of2016 = "TLSv1_2016"
  case tls1_1of2016 = "TLSv1.1_2016"
  case tls1_2of2018 = "TLSv1.2_2018"
  case tls1_2of2019 = "TLSv1.2_2019"
  case tls1_2of2021 = "TLSv1.2_2021"
  case tls1_3of2025 = "TLSv1.3_2025"
  /// API Gateway's `securityPolicy` of a domain.
  case gateway1_0 = "TLS_1_0"
  case gateway1_2 = "TLS_1_2"

  /// What is taken where nothing is said.
  public static let standard = tls1_2of2021

  public enum Version: Int, Sendable, Comparable {
    case tls1_0, tls1_1, tls1_2, tls1_3

    public static func < (one: Version, other: Version) -> Bool { one.rawValue < other.rawValue }
  }

  public var leastVersion: Version {
    switch self {
    case .tls1, .tls1of2016, .gateway1_0: .tls1_0
    case .tls1_1of2016: .tls1_1
    case .tls1_2of2018, .tls1_2of2019, .tls1_2of2021, .gateway1_2: .tls1_2
    case .tls1_3of2025: .tls1_3
    }
  }

  /// The ciphers of TLS 1.2 and below, by OpenSSL's names, best first; empty where there is only TLS 1.3.
  public var ciphers: [String] {
    switch self {
    case .tls1_3of2025: []
    case .tls1_2of2021: Self.modern
    case .tls1_2of2019: Self.modern + Self.forwardSecretCBC
    case .tls1_2of2018, .gateway1_2: Self.modern + Self.forwardSecretCBC + Self.keyTransport
    case .tls1_1of2016, .tls1of2016, .tls1, .gateway1_0:
      Self.modern + Self.forwardSecretCBC + Self.forwardSecretSHA1 + Self.keyTransport + Self.keyTransportSHA1
    }
  }

  private static let modern = [
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
  ]
  private static let forwardSecretCBC = [
    "ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384",
  ]
  private static let forwardSecretSHA1 = [
    "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA",
  ]
  private static let keyTransport = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256"]
  private static let keyTransportSHA1 = ["AES256-SHA", "AES128-SHA"]
}
