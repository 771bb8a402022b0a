import APIModel

/// `upstreams` of gateway.yaml: how certain origins are spoken to.
struct UpstreamReader {
  let context: ReadingContext

  func read(_ root: ObjectReader) -> [UpstreamSettings] {
    var upstreams: [UpstreamSettings] = []
    for item in root.list("upstreams") ?? [] {
      guard let object = ObjectReader(item, "an upstream", in: context) else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: .upstream), "an upstream")
      let spoken = object.word("protocol", UpstreamSettings.ApplicationProtocol.self) ?? .http1
      let trusted = path(object, "trustedCertificates")
      let certificate = path(object, "clientCertificate")
      let serverName = object.string("serverName")
      let skips = object.boolean("insecureSkipVerification") ?? false
      let version = object.word("minimumProtocolVersion", UpstreamSettings.ProtocolVersion.self) ?? .tls1_2
      if skips, trusted != nil {
        context.findings.error(
          at: object.member("insecureSkipVerification")?.keyLocation ?? object.location,
          "with `insecureSkipVerification` every authority is believed, and `trustedCertificates` says nothing",
          suggestion: "remove one of them")
      }
      guard let text = object.requiredString("host", of: "an upstream"), let node = object.value("host") else {
        continue
      }
      guard let host = HostPattern(text) else {
        context.findings.error(
          at: node.location, "`\(ObjectReader.excerpt(text))` is not a host",
          suggestion: "write `legacy.internal`, `legacy.internal:8443`, `*.internal` or `*`")
        continue
      }
      if let first = upstreams.first(where: { $0.host == host }) {
        context.findings.error(at: node.location, "`\(text)` is there already, at \(first.location)")
        continue
      }
      var settings = UpstreamSettings(host: host, location: node.location)
      settings.applicationProtocol = spoken
      settings.trustedCertificates = trusted
      settings.clientCertificate = certificate
      settings.serverName = serverName
      settings.insecureSkipVerification = skips
      settings.minimumProtocolVersion = version
      upstreams.append(settings)
    }
    return upstreams
  }

  private func path(_ object: ObjectReader, _ key: String) -> String? {
    guard let text = object.string(key), let node = object.value(key) else { return nil }
    if text.isEmpty {
      context.findings.error(at: node.location, "`\(key)` must be a path", suggestion: "write `../certs/legacy`")
      return nil
    }
    return FilePath.resolve(text, from: node.location.file)
  }
}
