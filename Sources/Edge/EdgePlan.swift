import Bytes
import HTTPSemantics
import HTTPWire
import Routing

/// Every distribution, in the form in which a request needs them: which one a host names, and what its behaviour for the
/// path says (spec § 14.3).
///
///     host -> distribution -> behaviour for the path as received -> viewer protocol policy -> allowed methods -> origin
public final class EdgePlan: Sendable {
  /// What becomes of a request.
  public enum Verdict: Sendable {
    /// No distribution answers for the host.
    case elsewhere
    case forward(Distribution, CacheBehavior)
    /// To the same address over TLS: 301 or 307.
    case redirectToHTTPS(status: Int)
    case refuse(EdgeRefusal)
  }

  public let distributions: [Distribution]
  /// Whole names and the ends of names (`.example.com`), longest first.
  private let names: [(bytes: [UInt8], isEnd: Bool, distribution: Int)]
  /// The distribution for hosts that nothing names; -1: none.
  private let others: Int
  /// Of each API origin: the deployments that it may lead to.
  private let targets: [ObjectIdentifier: [(stage: [UInt8], deployment: Int)]]

  /// - Parameter deployments: every stage of every API; what `resolve` gives is an index of it.
  public init(_ distributions: [Distribution], deployments: [(api: String, stage: String)]) {
    self.distributions = distributions
    var names: [(bytes: [UInt8], isEnd: Bool, distribution: Int)] = []
    var others = -1
    var targets: [ObjectIdentifier: [(stage: [UInt8], deployment: Int)]] = [:]
    for (index, distribution) in distributions.enumerated() {
      for alias in distribution.aliases {
        if alias == "*" {
          others = index
        } else {
          let isEnd = alias.hasPrefix("*.")
          names.append((Array((isEnd ? alias.dropFirst() : alias[...]).utf8), isEnd, index))
        }
      }
      for case .api(let origin) in distribution.origins {
        targets[ObjectIdentifier(origin)] = deployments.enumerated().compactMap { place, deployment in
          guard deployment.api == origin.api, origin.stage ?? deployment.stage == deployment.stage else { return nil }
          return (Array(deployment.stage.utf8), place)
        }
      }
    }
    self.names = names.sorted { ($0.isEnd ? 0 : 1, $0.bytes.count) > ($1.isEnd ? 0 : 1, $1.bytes.count) }
    self.others = others
    self.targets = targets
  }

  /// - Parameters:
  ///   - addresses: whose hosts come before a distribution for every host.
  ///   - isSecure: the client came over TLS.
  public func decide(_ head: RequestHead, addresses: AddressTable, isSecure: Bool) -> Verdict {
    guard head.form == .origin || head.form == .absolute,
      let distribution = distribution(for: head, addresses: addresses),
      let behavior = distribution.behavior(for: head.pathBytes)
    else { return .elsewhere }
    if !isSecure, behavior.viewerProtocolPolicy != .allowAll {
      if behavior.viewerProtocolPolicy == .httpsOnly { return .refuse(.httpsOnly) }
      let isReading = head.method == .get || head.method == .head
      // HTTP/1.0 does not know 307, and need not say which host it means.
      if head.authority.isEmpty || (!isReading && head.minorVersion == 0) { return .refuse(.httpsOnly) }
      return .redirectToHTTPS(status: isReading ? 301 : 307)
    }
    guard behavior.allowedMethods.allows(head.method) else { return .refuse(.methodNotAllowed) }
    // Behind an origin's own path it would lead out of that.
    if head.pathBytes.climbs { return .refuse(.badPath) }
    if head.method == .get {
      switch head.framing {
      case .none, .length(0): break
      case .length, .chunked, .untilClose: return .refuse(.bodyOfGET)
      }
    }
    return .forward(distribution, behavior)
  }

  /// The distribution that answers for a request's host.
  /// - Parameter addresses: whose hosts come before a distribution for every host.
  public func distribution(for head: RequestHead, addresses: AddressTable) -> Distribution? {
    let host = head.authorityBytes
    if !names.isEmpty, let found = HostName.withFolded(host, { named($0) }) { return distributions[found] }
    guard others >= 0, !addresses.claims(host: host) else { return nil }
    return distributions[others]
  }

  private func named(_ host: UnsafeRawBufferPointer) -> Int? {
    for name in names {
      let start = host.count &- name.bytes.count
      guard name.isEnd ? start > 0 : start == 0 else { continue }
      let isSame = name.bytes.withUnsafeBytes { bytes in
        for index in 0..<bytes.count where bytes[index] != host[start &+ index] { return false }
        return true
      }
      if isSame { return name.distribution }
    }
    return nil
  }

  /// Which deployment an API origin means by a path.
  public func resolve(_ origin: APIOrigin, path: UnsafeRawBufferPointer) -> AddressVerdict {
    let base = origin.basePathBytes
    guard path.count >= base.count else { return .forbidden(.noMapping) }
    for index in 0..<base.count where path[index] != base[index] { return .forbidden(.noMapping) }
    guard base.isEmpty || path.count == base.count || path[base.count] == UInt8(ascii: "/") else {
      return .forbidden(.noMapping)
    }
    guard let known = targets[ObjectIdentifier(origin)], let first = known.first else {
      return .forbidden(.unknownStage)
    }
    if origin.stage != nil { return .found(deployment: first.deployment, rest: base.count, mapping: nil) }
    var start = base.count
    while start < path.count, path[start] == UInt8(ascii: "/") { start &+= 1 }
    var end = start
    while end < path.count, path[end] != UInt8(ascii: "/") { end &+= 1 }
    for target in known where path[start..<end].elementsEqual(target.stage) {
      return .found(deployment: target.deployment, rest: end, mapping: nil)
    }
    return .forbidden(.unknownStage)
  }

  /// The path that an origin is asked for.
  /// - Parameter path: as received. The distribution's root object stands in for `/` alone (spec § 14.3).
  public static func withPath<Result>(
    _ path: UnsafeRawBufferPointer, in distribution: Distribution, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    guard path.count == 1, !distribution.rootPath.isEmpty else { return body(path) }
    return distribution.rootPath.withUnsafeBytes(body)
  }
}
