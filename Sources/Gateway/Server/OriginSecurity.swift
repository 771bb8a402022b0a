import APIModel
import Configuration
import Pipeline
import TLSTermination
import Upstream

/// How a configuration has origins spoken to over TLS: by what `upstreams` says of their host, and what the integration says
/// of itself.
final class OriginSecurity: Sendable {
  private let upstreams: UpstreamTable
  let clients: [TLSClient.Terms: TLSClient]
  private let standard: TLSClient

  /// - Parameter client: the one for certain terms.
  init(_ upstreams: UpstreamTable, client: (TLSClient.Terms) -> TLSClient) {
    self.upstreams = upstreams
    var clients: [TLSClient.Terms: TLSClient] = [:]
    for terms in Self.terms(of: upstreams) where clients[terms] == nil { clients[terms] = client(terms) }
    let standard = clients[TLSClient.Terms()] ?? client(TLSClient.Terms())
    clients[TLSClient.Terms()] = standard
    self.clients = clients
    self.standard = standard
  }

  /// All that origins may be spoken to by.
  static func terms(of upstreams: UpstreamTable) -> [TLSClient.Terms] {
    let known: [UpstreamSettings?] = [nil] + upstreams.entries
    return known.flatMap { settings in
      [false, true].map { TLSClient.Terms(settings, skipsVerification: $0) }
    }
  }

  /// Nil: it is spoken to without.
  func tls(for endpoint: Endpoint) -> OriginTLS? {
    guard let special = endpoint.tls else { return nil }
    let settings = upstreams.find(host: endpoint.host, port: endpoint.port).map { upstreams.entries[$0] }
    let name = special.serverNameToVerify ?? settings?.serverName ?? endpoint.host
    if settings == nil, !special.insecureSkipVerification { return OriginTLS(name, of: standard) }
    let terms = TLSClient.Terms(settings, skipsVerification: special.insecureSkipVerification)
    return OriginTLS(name, of: clients[terms] ?? standard)
  }
}

extension TLSClient.Terms {
  /// - Parameters:
  ///   - settings: nil: nothing is said of the host.
  ///   - skipsVerification: what the integration says of itself.
  public init(_ settings: UpstreamSettings?, skipsVerification: Bool = false) {
    let trustsAnyAuthority = skipsVerification || settings?.insecureSkipVerification ?? false
    self.init(
      authorities: trustsAnyAuthority ? nil : settings?.trustedCertificates, certificate: settings?.clientCertificate,
      leastVersion: settings?.minimumProtocolVersion.version ?? .tls1_2, trustsAnyAuthority: trustsAnyAuthority)
  }
}
