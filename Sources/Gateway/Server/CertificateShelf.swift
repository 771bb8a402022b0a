import APIModel
import Configuration
import Logging
import Synchronization
import TLSTermination

/// Everything that the process knows of certificates: the folders and trust stores that its configurations name, the listeners
/// that show them, and the keys of sessions' tickets. It outlives configurations, so that a reload loses neither a
/// certificate that has gone bad on disk since nor a session. From any thread.
final class CertificateShelf: Sendable {
  private struct Shown {
    let address: Listener.Address
    let settings: ListenerTLS
    let listener: TLSListener
  }

  private struct State {
    var folders: [String: CertificateFolder] = [:]
    var trusts: [String: TrustFiles] = [:]
    var clients: [TLSClient.Terms: TLSClient] = [:]
    /// Those of the configuration in use.
    var shown: [Shown] = []
    /// Folders' hosts about whose end a warning was logged, and the end.
    var warned: [String: Int64] = [:]
    /// Seconds since 1970.
    var nextTurn: Int64 = 0
    /// Answers of issuers that could be used, and attempts that came to nothing.
    var fetches = StapleCounts()
  }

  private let tickets = TicketKeys()
  private let state = Mutex(State())
  private let log: Logger
  /// Seconds before its end from which on a certificate is warned of.
  static let warning: Int64 = 30 * 86_400

  init(log: Logger) { self.log = log }

  /// Whether there is anything to watch.
  var isInUse: Bool {
    state.withLock { state in
      !state.shown.isEmpty || state.clients.keys.contains { $0.authorities != nil || $0.certificate != nil }
    }
  }

  /// Whether the listener speaks TLS.
  func isShown(at address: Listener.Address) -> Bool {
    state.withLock { $0.shown.contains { $0.address == address } }
  }

  /// The terms of a configuration's listeners, by address; nothing is in use yet.
  /// - Parameter now: seconds since 1970.
  /// - Throws: `StartError` where a listener has no certificate at all, or a domain no trust store that can be used.
  func terms(
    of snapshot: Snapshot, at now: Int64
  ) throws(GatewayServer.StartError) -> [Listener.Address: ListenerTerms] {
    var terms: [Listener.Address: ListenerTerms] = [:]
    let domains = try domains(of: snapshot)
    for listener in snapshot.listeners {
      guard let settings = listener.tls else {
        terms[listener.address] = ListenerTerms(listener, tls: nil, of: snapshot)
        continue
      }
      let tls = TLSListener(
        .init(
          policy: settings.securityPolicy, protocols: ListenerTerms.protocols(of: listener),
          defaultHost: settings.defaultCertificate,
          refusesUnknownNames: settings.unknownNames == .refuse, domains: domains,
          takesFingerprints: snapshot.firewall?.acls.contains(where: \.needsFingerprint) ?? false), tickets: tickets)
      let look = folder(settings.certificates).look(at: now, fetchesStaples: settings.ocspStapling)
      let flaws = look.flaws + tls.adopt(look.entries)
      for flaw in flaws { log.warning("certificate not used", metadata: ["reason": "\(flaw)"]) }
      guard tls.isUsable else {
        throw GatewayServer.StartError(
          address: "\(listener.address)",
          reason: (flaws.first?.description ?? "\(settings.certificates) has no certificate that can be used")
            + (look.entries.isEmpty ? "; `sluice cert localhost` makes one for this machine" : ""))
      }
      if let host = settings.defaultCertificate, !look.entries.contains(where: { $0.name == host }) {
        throw GatewayServer.StartError(
          address: "\(listener.address)",
          reason: "\(settings.certificates) has no folder \(host) with a certificate that can be used")
      }
      terms[listener.address] = ListenerTerms(listener, tls: tls, of: snapshot)
    }
    return terms
  }

  /// From now on these are the listeners whose certificates are kept up to date.
  func adopt(
    _ terms: [Listener.Address: ListenerTerms], _ originSecurity: OriginSecurity, of snapshot: Snapshot
  ) {
    let shown = snapshot.listeners.compactMap { listener in
      listener.tls.flatMap { settings in
        terms[listener.address]?.tls.map { Shown(address: listener.address, settings: settings, listener: $0) }
      }
    }
    state.withLock { state in
      state.shown = shown
      state.clients = originSecurity.clients
    }
  }

  /// How a configuration's origins are spoken to over TLS. Terms that were there before keep their connections.
  /// - Throws: `StartError` where a file that they name cannot be used.
  func originSecurity(of snapshot: Snapshot) throws(GatewayServer.StartError) -> OriginSecurity {
    let known = state.withLock { $0.clients }
    let security = OriginSecurity(snapshot.upstreams) { known[$0] ?? TLSClient($0) }
    for client in security.clients.values {
      if let flaw = client.look().flaw { log.warning("files for origins not used", metadata: ["reason": "\(flaw)"]) }
      if !client.isUsable {
        throw GatewayServer.StartError(
          address: nil, reason: "origins cannot be spoken to over TLS: \(client.flaw?.description ?? "no memory")")
      }
    }
    return security
  }

  private func domains(of snapshot: Snapshot) throws(GatewayServer.StartError) -> [TLSDomain] {
    var domains: [TLSDomain] = []
    for domain in snapshot.domains where domain.securityPolicy != nil || domain.mutualTLS != nil {
      var trust: TrustFiles?
      if let settings = domain.mutualTLS {
        let files = self.trust(settings)
        if let flaw = files.look().flaw { log.warning("trust store not used", metadata: ["reason": "\(flaw)"]) }
        if !files.isUsable {
          throw GatewayServer.StartError(
            address: domain.name, reason: files.flaw?.description ?? "\(settings.truststore) cannot be used")
        }
        trust = files
      }
      domains.append(TLSDomain(name: domain.name, policy: domain.securityPolicy, trust: trust))
    }
    return domains
  }

  private func folder(_ path: String) -> CertificateFolder {
    state.withLock { state in
      let folder = state.folders[path] ?? CertificateFolder(path)
      state.folders[path] = folder
      return folder
    }
  }

  private func trust(_ settings: MutualTLSAuthentication) -> TrustFiles {
    let key = settings.truststore + "\n" + (settings.revocationList ?? "")
    return state.withLock { state in
      let files =
        state.trusts[key] ?? TrustFiles(authorities: settings.truststore, revocations: settings.revocationList)
      state.trusts[key] = files
      return files
    }
  }

  /// What the listeners in use show, each host once.
  var entries: [CertificateEntry] {
    var seen = Set<ObjectIdentifier>()
    return state.withLock { $0.shown }.flatMap(\.listener.entries).filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  // MARK: Watching

  /// Looks at every file in use, and shows what has changed from the next handshake on.
  /// - Parameter now: seconds since 1970.
  func look(at now: Int64) {
    let (shown, trusts, clients) = state.withLock { ($0.shown, Array($0.trusts.values), Array($0.clients.values)) }
    var looks: [String: CertificateFolder.Look] = [:]
    for shown in shown {
      let path = shown.settings.certificates
      let fetchesStaples = shown.settings.ocspStapling
      let look = looks[path] ?? folder(path).look(at: now, fetchesStaples: fetchesStaples)
      if looks[path] == nil { report(look, at: now) }
      looks[path] = look
      // Where the last one has gone, what is shown stays.
      if look.hasChanged, !look.entries.isEmpty { report(shown.listener.adopt(look.entries)) }
    }
    for trust in trusts {
      let (flaw, hasChanged) = trust.look()
      if let flaw { log.warning("trust store not reloaded: the one in use stays", metadata: ["reason": "\(flaw)"]) }
      if hasChanged { log.info("trust store reloaded", metadata: ["file": "\(trust.authorities)"]) }
    }
    for client in clients {
      let (flaw, hasChanged) = client.look()
      if let flaw { log.warning("files for origins not reloaded: those in use stay", metadata: ["reason": "\(flaw)"]) }
      if hasChanged {
        let files = [client.terms.authorities, client.terms.certificate].compactMap { $0 }
        log.info("files for origins reloaded", metadata: ["files": "\(files.joined(separator: " "))"])
      }
    }
    turnKeys(at: now)
  }

  private func report(_ flaws: [CertificateFlaw]) {
    for flaw in flaws {
      log.warning("certificate not reloaded: the one in use stays", metadata: ["reason": "\(flaw)"])
    }
  }

  private func report(_ look: CertificateFolder.Look, at now: Int64) {
    report(look.newFlaws)
    if look.hasChanged {
      log.info("certificates reloaded", metadata: ["hosts": "\(look.entries.map(\.name).joined(separator: " "))"])
    }
    for host in look.waiting {
      log.info("certificate renewed: it is shown when its OCSP response has come", metadata: ["host": "\(host)"])
    }
    for host in look.unstapled {
      log.warning("certificate shown without the OCSP response that clients demand", metadata: ["host": "\(host)"])
    }
    for entry in look.entries where entry.notAfter - now < Self.warning {
      let isNew = state.withLock { $0.warned.updateValue(entry.notAfter, forKey: entry.name) != entry.notAfter }
      if isNew {
        log.warning(
          "certificate expires soon",
          metadata: ["host": "\(entry.name)", "expires": "\(CertificateTime.text(entry.notAfter))"])
      }
    }
  }

  // MARK: Stapling

  /// Whose issuers are to be asked now; each is taken once, and told of by `note`.
  func takeDueStaples(at now: Int64) -> [StapleErrand] {
    let shown = state.withLock { $0.shown }
    var errands: [StapleErrand] = []
    for shown in shown {
      for entry in shown.listener.entries {
        for item in entry.items {
          item.pair.dropStaleStaple(at: now)
          guard shown.settings.ocspStapling, item.staple == nil, let source = item.pair.stapleSource,
            item.pair.withStapleSchedule({ $0.take(at: now) })
          else { continue }
          errands.append(StapleErrand(host: entry.name, pair: item.pair, source: source))
        }
      }
      guard shown.settings.ocspStapling else { continue }
      for awaited in folder(shown.settings.certificates).awaited {
        guard let source = awaited.pair.stapleSource, awaited.pair.withStapleSchedule({ $0.take(at: now) }) else {
          continue
        }
        errands.append(StapleErrand(host: awaited.host, pair: awaited.pair, source: source))
      }
    }
    return errands
  }

  /// An issuer has answered.
  func note(_ response: StapledResponse, to errand: StapleErrand, at now: Int64) {
    errand.pair.fetchedStaple = response
    state.withLock { $0.fetches.succeeded += 1 }
    let wasFailing = errand.pair.withStapleSchedule { schedule in
      defer { schedule.succeed(until: response.nextUpdate, at: now) }
      return schedule.failures > 0
    }
    log.log(
      level: wasFailing ? .notice : .info, "OCSP response stapled",
      metadata: [
        "host": "\(errand.host)", "until": "\(response.nextUpdate.map(CertificateTime.text) ?? "not said")",
      ])
  }

  /// An issuer has not, or not in a way that could be used. What it said before is stapled as long as it is good.
  func note(_ failure: StapleFailure, of errand: StapleErrand, at now: Int64) {
    state.withLock { $0.fetches.failed += 1 }
    let failures = errand.pair.withStapleSchedule { schedule in
      schedule.fail(at: now)
      return schedule.failures
    }
    // A revoked certificate is worth a line each time; a responder that is down one.
    guard failures == 1 || failure == .flaw(.revoked) else { return }
    log.warning(
      "OCSP response not fetched",
      metadata: ["host": "\(errand.host)", "responder": "\(errand.source.url)", "reason": "\(failure)"])
  }

  /// How asking issuers has gone.
  var stapleCounts: StapleCounts { state.withLock { $0.fetches } }

  private func turnKeys(at now: Int64) {
    let isDue = state.withLock { state in
      defer { if now >= state.nextTurn { state.nextTurn = now + Int64(TicketKeys.turn) } }
      return state.nextTurn > 0 && now >= state.nextTurn
    }
    if isDue { tickets.rotate() }
  }
}
