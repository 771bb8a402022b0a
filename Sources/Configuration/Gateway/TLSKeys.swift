import APIModel

/// The keys of gateway.yaml that are about TLS.
enum TLSKeys {
  typealias Key = GatewayKeys.Key

  static let table: [Key] = [
    Key(
      .listener, "tls", "object", standard: "none",
      "Speak TLS here, with these certificates; HTTP alone is refused then."),
    Key(
      .listener, "redirectToHttps", "boolean", standard: "`false`",
      "Answer every request with a redirection to the same address over HTTPS: 301, or 308 for methods other than GET and "
        + "HEAD. The port is that of the first listener with `tls`."),

    Key(
      .listenerTLS, "certificates", "path", standard: nil,
      "The directory with a folder for each host, from the folder of gateway.yaml: `HOST/chain.pem` and `HOST/key.pem`. "
        + "Clients are shown the certificate that is for the name they ask for. Changes are taken in while the gateway runs."
    ),
    Key(
      .listenerTLS, "securityPolicy", SecurityPolicy.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
      standard: "`\(SecurityPolicy.standard.rawValue)`",
      "The versions and ciphers, by the names of CloudFront and API Gateway."
    ),
    Key(
      .listenerTLS, "defaultCertificate", "name of a folder", standard: "`default`, or the first",
      "What clients are shown that name no host."),
    Key(
      .listenerTLS, "unknownNames", "`serve`, `refuse`", standard: "`serve`",
      "Whether clients that name a host without a certificate are shown the default, or the handshake ends."),
    Key(
      .listenerTLS, "strictTransportSecurity", "object", standard: "none",
      "Tell browsers to use nothing but HTTPS for the host, in responses that do not say so themselves."),

    Key(
      .listenerTLS, "ocspStapling", "boolean", standard: "`true`",
      "Fetch the issuer's word on a certificate from the OCSP responder that it names, and staple it; `chain.ocsp` beside "
        + "`chain.pem` is stapled in any case."),

    Key(
      .listenerTLS, "kernelTLS", "boolean", standard: "`true`",
      "Let the kernel encrypt what is sent, where it can (its module `tls`): files then go out without a copy."),

    Key(
      .transportSecurity, "accessControlMaxAgeSec", "seconds", standard: "`31536000`", "How long they remember it."),
    Key(
      .transportSecurity, "includeSubdomains", "boolean", standard: "`false`", "Whether it holds for names below, too."),
    Key(
      .transportSecurity, "preload", "boolean", standard: "`false`",
      "Whether the host may be put on browsers' own lists."),

    Key(
      .upstream, "host", "`host`, `host:port`, `*.host` or `*`", standard: nil,
      "Which origins: `*.internal` is every name one label below, `*` all of them. An exact host counts before a wildcard, "
        + "and with a port before without."),
    Key(
      .upstream, "protocol",
      UpstreamSettings.ApplicationProtocol.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
      standard: "`http1`",
      "What is spoken: `http2` without TLS by prior knowledge, over TLS where the origin agrees (ALPN). What gRPC needs."
    ),
    Key(
      .upstream, "trustedCertificates", "path", standard: "the system's authorities",
      "A PEM file with the authorities whose certificates origins may show; read again when it changes."),
    Key(
      .upstream, "clientCertificate", "path", standard: "none",
      "A folder with `chain.pem` and `key.pem`, shown to origins that ask for a certificate; read again when it changes."
    ),
    Key(
      .upstream, "serverName", "name", standard: "the host",
      "The name that origins are asked for (SNI), and that their certificates must be for."),
    Key(
      .upstream, "insecureSkipVerification", "boolean", standard: "`false`",
      "Believe certificates of any authority, as an integration's `tlsConfig` may say. Their name and their time are looked "
        + "at all the same."),
    Key(
      .upstream, "minimumProtocolVersion",
      UpstreamSettings.ProtocolVersion.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
      standard: "`TLSv1.2`", "The least version of TLS that is spoken."),

    Key(
      .domain, "securityPolicy", "as of a listener's `tls`", standard: "its listener's",
      "The versions and ciphers for clients that ask for this name."),
    Key(
      .domain, "mutualTlsAuthentication", "object", standard: "none",
      "Clients must show a certificate: without one the handshake ends, with one that is not trusted the answer is 403."
    ),
    Key(
      .mutualTLS, "truststoreUri", "path", standard: nil,
      "A PEM file with the authorities that issue such certificates."),
    Key(
      .mutualTLS, "revocationListUri", "path", standard: "none",
      "A PEM file with their revocation lists; both files are read again when they change."),
  ]
}
