import APIModel
import COpenSSL
import Synchronization

/// TLS on a listener: which certificates, versions and protocols a client's first message leads to. From any thread.
public final class TLSListener: Sendable {
  /// What a listener says of TLS.
  public struct Terms: Sendable {
    public var policy: SecurityPolicy
    public var protocols: [ApplicationProtocol]
    /// The folder whose certificate clients get that name no host, or an unknown one; nil: `default`, or the first.
    public var defaultHost: String?
    /// Whether a client that names an unknown host is refused.
    public var refusesUnknownNames: Bool
    /// What hosts have of their own.
    public var domains: [TLSDomain]
    /// Whether somebody asks for the fingerprints of clients.
    public var takesFingerprints: Bool
    /// Whether the kernel encrypts what is written, where it can.
    public var usesKernel: Bool

    public init(
      policy: SecurityPolicy = .standard, protocols: [ApplicationProtocol] = [.http1], defaultHost: String? = nil,
      refusesUnknownNames: Bool = false, domains: [TLSDomain] = [], takesFingerprints: Bool = false,
      usesKernel: Bool = false
    ) {
      self.policy = policy
      self.protocols = protocols
      self.defaultHost = defaultHost
      self.refusesUnknownNames = refusesUnknownNames
      self.domains = domains
      self.takesFingerprints = takesFingerprints
      self.usesKernel = usesKernel
    }
  }

  private struct State {
    var contexts: [TLSContext] = []
    var hosts = HostTable<TLSContext>()
    var standard: TLSContext?
  }

  public let terms: Terms
  let tickets: TicketKeys
  private let domains: HostTable<TLSDomain>
  private let state = Mutex(State())

  public init(_ terms: Terms, tickets: TicketKeys) {
    self.terms = terms
    self.tickets = tickets
    var domains = HostTable<TLSDomain>()
    for domain in terms.domains { domains.add(domain.name, domain) }
    self.domains = domains
  }

  /// Shows these certificates from the next handshake on.
  /// - Returns: why some of them cannot be shown.
  @discardableResult
  public func adopt(_ entries: [CertificateEntry]) -> [CertificateFlaw] {
    var flaws: [CertificateFlaw] = []
    let known = state.withLock { $0.contexts }
    var next = State()
    for entry in entries {
      if let same = known.first(where: { $0.entry === entry }) {
        next.contexts.append(same)
        continue
      }
      do throws(CertificateFlaw) {
        let context = try TLSContext(entry, for: terms)
        context.install(tickets)
        next.contexts.append(context)
      } catch {
        flaws.append(error)
        if let before = known.first(where: { $0.entry.name == entry.name }) { next.contexts.append(before) }
      }
    }
    for context in next.contexts { for name in context.entry.names { next.hosts.add(name, context) } }
    let wanted = terms.defaultHost ?? "default"
    next.standard = next.contexts.first { $0.entry.name == wanted } ?? next.contexts.first
    state.withLock { $0 = next }
    return flaws
  }

  /// What it shows.
  public var entries: [CertificateEntry] { state.withLock { $0.contexts.map(\.entry) } }

  /// Whether it has any certificate to show.
  public var isUsable: Bool { state.withLock { $0.standard != nil } }

  /// Whether a client that names `host` is shown a certificate for it.
  public func serves(_ host: String) -> Bool { state.withLock { $0.hosts.find(host.lowercased()) != nil } }

  /// TLS for a connection that was accepted on the descriptor; nil where there is no certificate, or no memory.
  public func accept(on descriptor: Int32) -> TLSTransport? {
    guard let context = state.withLock({ $0.standard }), let ssl = SSL_new(context.pointer) else {
      ERR_clear_error()
      return nil
    }
    SSL_set_accept_state(ssl)
    let transport = TLSTransport(ssl: ssl, on: descriptor)
    transport?.owner = self
    transport?.context = context
    if terms.takesFingerprints { transport?.takeFingerprint() }
    return transport
  }

  /// Chooses by the name that the client asks for: the certificate, and what its domain asks for.
  /// - Returns: the alert that refuses the client; nil: nothing does.
  func choose(for transport: TLSTransport) -> Int32? {
    guard let name = ServerName.read(transport.ssl) else { return nil }
    let found = state.withLock { $0.hosts.find(name) }
    if let found {
      if found !== transport.context {
        SSL_set_SSL_CTX(transport.ssl, found.pointer)
        transport.context = found
      }
    } else if terms.refusesUnknownNames {
      transport.flaw = .unknownName
      return SSL_AD_UNRECOGNIZED_NAME
    }
    if !domains.isEmpty, let domain = domains.find(name) {
      transport.domain = domain
      if !domain.apply(to: transport.ssl) { return SSL_AD_INTERNAL_ERROR }
    }
    return nil
  }
}
