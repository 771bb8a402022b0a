import APIModel
import Configuration
import Gateway
import TLSTermination

/// What `check` says of the certificates that a configuration names: what cannot be used, what soon cannot, and which domains
/// have none.
struct CertificateCheck {
  /// Seconds since 1970.
  let now: Int64
  /// Days before its end from which on a certificate is worth a warning.
  private static let notice: Int64 = 30
  private static let day: Int64 = 86_400

  func diagnostics(_ snapshot: Snapshot) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    var covered: [[CertificateEntry]] = []
    for settings in snapshot.listeners.compactMap(\.tls) {
      let entries = look(at: settings, &diagnostics)
      if !entries.isEmpty { covered.append(entries) }
    }
    for upstream in snapshot.upstreams.entries { look(at: upstream, &diagnostics) }
    for domain in snapshot.domains {
      if let mutual = domain.mutualTLS { look(at: mutual, &diagnostics) }
      guard !covered.isEmpty, !covered.contains(where: { entries in entries.contains { $0.covers(domain.name) } })
      else { continue }
      diagnostics.append(
        Diagnostic(
          .warning, at: domain.location, "no certificate is for `\(domain.name)`: its clients are shown another host's",
          suggestion: "`sluice cert \(domain.name)` makes one for this machine"))
    }
    return diagnostics
  }

  /// - Returns: what can be shown.
  private func look(at settings: ListenerTLS, _ diagnostics: inout [Diagnostic]) -> [CertificateEntry] {
    let listener = TLSListener(.init(policy: settings.securityPolicy), tickets: TicketKeys())
    let look = CertificateFolder(settings.certificates).look(at: now)
    let flaws = look.flaws + listener.adopt(look.entries)
    // With something to show, the rest is only missed by those who ask for it.
    let severity: Diagnostic.Severity = listener.isUsable ? .warning : .error
    for flaw in flaws {
      diagnostics.append(
        Diagnostic(
          severity, at: settings.location, flaw.description,
          suggestion: look.entries.isEmpty ? "`sluice cert localhost` makes a certificate for this machine" : nil))
    }
    if let host = settings.defaultCertificate, listener.isUsable, !look.entries.contains(where: { $0.name == host }) {
      diagnostics.append(
        Diagnostic(
          .error, at: settings.location,
          "`defaultCertificate`: \(settings.certificates) has no folder `\(host)` with a certificate that can be used"))
    }
    for item in look.entries.flatMap(\.items) {
      check(item.pair, at: settings.location, &diagnostics)
      checkStaple(of: item, settings, &diagnostics)
    }
    return look.entries
  }

  private func check(_ pair: CertificatePair, at place: SourceLocation, _ diagnostics: inout [Diagnostic]) {
    func warn(_ message: String) { diagnostics.append(Diagnostic(.warning, at: place, message)) }
    let left = (pair.leaf.notAfter - now) / Self.day
    if left < Self.notice {
      let days = left == 1 ? "1 day" : "\(left) days"
      warn("\(pair.chainFile) expires in \(days), on \(CertificateTime.text(pair.leaf.notAfter))")
    }
    if !pair.isInOrder {
      warn(
        "\(pair.chainFile): each certificate must be followed by its issuer's, and clients may not put them in order")
    }
    if pair.isKeyReadableByOthers { warn("\(pair.keyFile) can be read by other users: `chmod 600` keeps it private") }
  }

  /// What keeps an issuer's word from being stapled. Where the certificate says that it must be (RFC 7633), clients refuse it
  /// without; else it is only missed.
  private func checkStaple(
    of item: CertificateEntry.Item, _ settings: ListenerTLS, _ diagnostics: inout [Diagnostic]
  ) {
    let leaf = item.pair.leaf
    guard item.staple == nil else { return }
    let obstacle: String? =
      if leaf.stapleSource == nil {
        leaf.mustBeStapled ? "it names no OCSP responder that can be asked by HTTP" : nil
      } else if item.pair.stapleSource == nil {
        "its issuer's certificate does not follow it"
      } else if !settings.ocspStapling {
        leaf.mustBeStapled ? "`ocspStapling` is false" : nil
      } else {
        nil
      }
    guard let obstacle else { return }
    let staple = item.pair.chainFile.hasSuffix(".pem") ? item.pair.chainFile.dropLast(4) + ".ocsp" : "chain.ocsp"
    diagnostics.append(
      Diagnostic(
        .warning, at: settings.location,
        leaf.mustBeStapled
          ? "\(item.pair.chainFile) must be shown with an OCSP response (must-staple), and cannot: \(obstacle)"
          : "no OCSP response is stapled to \(item.pair.chainFile): \(obstacle)",
        suggestion: leaf.mustBeStapled ? "put one beside it, as \(staple)" : "add it to the file"))
  }

  private func look(at settings: UpstreamSettings, _ diagnostics: inout [Diagnostic]) {
    let client = TLSClient(TLSClient.Terms(settings))
    if let flaw = client.look().flaw {
      diagnostics.append(Diagnostic(.error, at: settings.location, flaw.description))
    }
  }

  private func look(at settings: MutualTLSAuthentication, _ diagnostics: inout [Diagnostic]) {
    let files = TrustFiles(authorities: settings.truststore, revocations: settings.revocationList)
    if let flaw = files.look().flaw {
      diagnostics.append(Diagnostic(.error, at: settings.location, flaw.description))
    }
  }
}
