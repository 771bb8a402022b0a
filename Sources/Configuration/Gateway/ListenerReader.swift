import APIModel

/// The `listeners` of gateway.yaml.
extension GatewayReader {
  func listeners(_ root: ObjectReader) -> [Listener] {
    var listeners: [Listener] = []
    var places: [Listener.Address: SourceLocation] = [:]
    for item in required("listeners", root) {
      guard let object = ObjectReader(item, "a listener", in: context) else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: .listener), "a listener")
      let tls = tls(object)
      let redirects = object.boolean("redirectToHttps") ?? false
      let takesProxyHeader = object.boolean("proxyProtocol") ?? false
      if takesProxyHeader, root.value("trustedProxies") == nil {
        findings.error(
          at: object.member("proxyProtocol")?.keyLocation ?? object.location,
          "`proxyProtocol` needs `trustedProxies`: from anybody else such a header is not taken",
          suggestion: "write `trustedProxies: { addresses: [ 10.0.0.0/8 ] }` beside `listeners`")
      }
      if redirects, object.value("tls") != nil {
        findings.error(
          at: object.member("redirectToHttps")?.keyLocation ?? object.location,
          "a listener with `tls` has nothing to redirect", suggestion: "remove one of them")
      }
      guard let text = object.requiredString("address", of: "a listener"),
        let place = object.member("address")?.value.location
      else { continue }
      do throws(Listener.Address.Flaw) {
        var listener = Listener(address: try Listener.Address(text), location: place)
        listener.http1 = object.boolean("http1") ?? true
        listener.http2 = object.boolean("http2") ?? true
        if !listener.http1, !listener.http2 {
          findings.error(
            at: place, "`\(text)` speaks neither HTTP/1 nor HTTP/2", suggestion: "remove `http1` or `http2`")
        }
        listener.tls = tls
        listener.redirectsToHTTPS = redirects
        listener.takesProxyHeader = takesProxyHeader
        if let first = places[listener.address] {
          findings.error(at: place, "`\(text)` is listened on already, at \(first)")
        } else {
          places[listener.address] = place
          listeners.append(listener)
        }
      } catch {
        findings.error(
          at: place, "`\(text)` is not an address: \(error.reason)",
          suggestion: "write `127.0.0.1:8080`, `[::1]:8080` or `unix:/run/sluice.sock`")
      }
    }
    checkRedirections(listeners)
    return listeners
  }

  private func checkRedirections(_ listeners: [Listener]) {
    guard !listeners.contains(where: { $0.tls != nil }) else { return }
    for listener in listeners where listener.redirectsToHTTPS {
      findings.warning(
        at: listener.location,
        "no listener has `tls`: requests are redirected to port 443 of their host, which something "
          + "else must answer")
    }
  }

  private func tls(_ listener: ObjectReader) -> ListenerTLS? {
    guard listener.value("tls") != nil, let object = listener.object("tls") else { return nil }
    object.refuseKeys(except: GatewayKeys.names(of: .listenerTLS), "`tls`")
    let policy = object.word("securityPolicy", SecurityPolicy.self) ?? .standard
    let unknownNames = object.word("unknownNames", ListenerTLS.UnknownNames.self) ?? .serve
    let defaultCertificate = object.string("defaultCertificate")
    if let defaultCertificate, defaultCertificate.isEmpty || defaultCertificate.contains("/") {
      findings.error(
        at: object.member("defaultCertificate")?.value.location ?? object.location,
        "`defaultCertificate` is the name of a folder of `certificates`, not `\(ObjectReader.excerpt(defaultCertificate))`"
      )
    }
    let transportSecurity = transportSecurity(object)
    let ocspStapling = object.boolean("ocspStapling") ?? true
    let kernelTLS = object.boolean("kernelTLS") ?? true
    guard let path = object.requiredString("certificates", of: "`tls`"), let node = object.value("certificates") else {
      return nil
    }
    return ListenerTLS(
      certificates: FilePath.resolve(path, from: node.location.file), securityPolicy: policy,
      defaultCertificate: defaultCertificate, unknownNames: unknownNames, strictTransportSecurity: transportSecurity,
      ocspStapling: ocspStapling, kernelTLS: kernelTLS, location: node.location)
  }

  private func transportSecurity(_ tls: ObjectReader) -> ListenerTLS.StrictTransportSecurity? {
    guard tls.value("strictTransportSecurity") != nil, let object = tls.object("strictTransportSecurity") else {
      return nil
    }
    object.refuseKeys(except: GatewayKeys.names(of: .transportSecurity), "`strictTransportSecurity`")
    let settings = ListenerTLS.StrictTransportSecurity(
      accessControlMaxAgeSec: object.integer("accessControlMaxAgeSec", in: 0...Int(Int32.max), " of seconds")
        ?? 31_536_000,
      includeSubdomains: object.boolean("includeSubdomains") ?? false, preload: object.boolean("preload") ?? false)
    if settings.preload, !settings.includeSubdomains || settings.accessControlMaxAgeSec < 31_536_000 {
      findings.warning(
        at: object.member("preload")?.value.location ?? object.location,
        "lists of preloaded hosts take those only that say `includeSubdomains: true` and a year",
        suggestion: "write `accessControlMaxAgeSec: 31536000` and `includeSubdomains: true` beside it")
    }
    return settings
  }

  /// What TLS is like for a domain where it differs from its listener's.
  func mutualTLS(_ domain: ObjectReader) -> MutualTLSAuthentication? {
    guard domain.value("mutualTlsAuthentication") != nil, let object = domain.object("mutualTlsAuthentication") else {
      return nil
    }
    object.refuseKeys(except: GatewayKeys.names(of: .mutualTLS), "`mutualTlsAuthentication`")
    func path(_ key: String, _ text: String?) -> String? {
      guard let text, let node = object.value(key) else { return nil }
      if text.hasPrefix("s3://") {
        findings.error(
          at: node.location, "`\(key)` is a file here, not an object of S3",
          suggestion: "copy it beside gateway.yaml and write its path")
      }
      return FilePath.resolve(text, from: node.location.file)
    }
    let revocations = path("revocationListUri", object.string("revocationListUri"))
    guard
      let truststore = path(
        "truststoreUri", object.requiredString("truststoreUri", of: "`mutualTlsAuthentication`"))
    else { return nil }
    return MutualTLSAuthentication(truststore: truststore, revocationList: revocations, location: object.location)
  }
}
