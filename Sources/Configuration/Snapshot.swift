import APIModel
import Edge
import Firewall
import Pipeline
import Routing

/// A whole good configuration, compiled and immutable. The gateway hands each worker a reference to it; a request that
/// started on one snapshot finishes on it.
public final class Snapshot: Sendable {
  public let listeners: [Listener]
  /// Nil: one worker for each core.
  public let workers: Int?
  /// Nil: the file does not say.
  public let logLevel: LogLevel?
  public let limits: Limits
  public let admin: AdminSettings
  /// What `explain` hides the values of, besides what it takes for secret anyway.
  public let secretNames: [String]
  /// Who may say where a request comes from; nil: nobody.
  public let trustedProxies: TrustedProxies?
  /// How certain origins are spoken to.
  public let upstreams: UpstreamTable
  /// Where large cached bodies lie; nil: in memory.
  public let cacheDirectory: String?
  public let apis: [RestAPI]
  /// Every stage of every API; what `addresses` gives is an index of it.
  public let deployments: [Deployment]
  public let addresses: AddressTable
  /// Of requests that come to no stage; nil: they are not logged.
  public let accessLog: AccessLogPlan?
  public let domains: [DomainName]
  /// The domain of each base path mapping that asks clients for certificates, in lower case; nil: none does.
  public let certificateDomains: [String?]?
  /// The port of the first listener that speaks TLS, if it is known beforehand.
  public let httpsPort: UInt16?
  /// What answers for hosts with a distribution; nil: there is none.
  public let edge: EdgePlan?
  /// The web ACLs that stages and distributions name by their numbers; nil: nothing of a firewall is declared.
  public let firewall: FirewallSetup?
  /// Every file that was read, by path: what to watch for changes.
  public let files: [String]
  /// What is worth saying about a configuration that is good all the same.
  public let warnings: [Diagnostic]

  init(
    listeners: [Listener], workers: Int?, logLevel: LogLevel?, limits: Limits, admin: AdminSettings,
    secretNames: [String], trustedProxies: TrustedProxies?, upstreams: UpstreamTable,
    cacheDirectory: String?, apis: [RestAPI],
    deployments: [Deployment], addresses: AddressTable,
    accessLog: AccessLogPlan?, domains: [DomainName], edge: EdgePlan?, firewall: FirewallSetup?,
    files: [String], warnings: [Diagnostic]
  ) {
    self.listeners = listeners
    self.workers = workers
    self.logLevel = logLevel
    self.limits = limits
    self.admin = admin
    self.secretNames = secretNames
    self.trustedProxies = trustedProxies
    self.upstreams = upstreams
    self.cacheDirectory = cacheDirectory
    self.apis = apis
    self.deployments = deployments
    self.addresses = addresses
    self.accessLog = accessLog
    self.domains = domains
    let asking = domains.flatMap { domain in
      domain.mappings.map { _ in domain.mutualTLS.map { _ in domain.name.lowercased() } }
    }
    certificateDomains = asking.contains { $0 != nil } ? asking : nil
    if case .tcp(_, let port) = listeners.first(where: { $0.tls != nil })?.address, port > 0 {
      httpsPort = port
    } else {
      httpsPort = nil
    }
    self.edge = edge
    self.firewall = firewall
    self.files = files
    self.warnings = warnings
  }
}

/// One API in one stage, ready to answer.
public struct Deployment: Sendable {
  /// An index of `Snapshot.apis`.
  public let api: Int
  public let stage: Stage
  /// Its resources and methods, compiled.
  public let plan: DeploymentPlan
  /// Nil: every request is answered by `plan`.
  public let canary: Canary?
}

/// What a part of a stage's requests is answered by instead (spec § 11.3).
public final class Canary: Sendable {
  public let plan: DeploymentPlan
  /// How many of 2³² requests.
  private let share: UInt64

  /// - Parameter percentTraffic: from 0 to 100.
  init(plan: DeploymentPlan, percentTraffic: Double) {
    self.plan = plan
    share = UInt64(max(0, min(1, percentTraffic / 100)) * Double(1 << 32))
  }

  /// Whether a request is the canary's.
  /// - Parameter chance: 64 random bits.
  public func takes(_ chance: UInt64) -> Bool { chance >> 32 < share }

  /// The numbers of the deployments that the canaries of a snapshot are of.
  public static func deployments(of snapshot: Snapshot) -> Set<Int> {
    Set(snapshot.deployments.compactMap(\.stage.canary?.deployment))
  }
}
