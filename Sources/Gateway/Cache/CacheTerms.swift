import Bytes
import CacheRules
import Configuration
import Edge
import HTTPSemantics
import HTTPWire

/// How a behaviour's answers are cached, in the words of CacheRules. Made once for a behaviour and a configuration.
final class CacheTerms {
  /// Keeps what one distribution has stored apart from the others', from configuration to configuration.
  let space: UInt32
  let key: CacheKeyPolicy
  /// Nil: RFC 9111 alone.
  let ttl: TTLPolicy?
  let isDisabled: Bool
  /// Where no cookie counts none is sent to the origin, and none that it sets is kept or given to anybody (spec § 14.4): what
  /// all share cannot be one client's.
  let dropsCookies: Bool
  /// Whether answers that set cookies are kept, cookies and all.
  let sharesCookies: Bool
  /// What of the client tells answers apart that is not for clients to say.
  let keyedHeaders: [ViewerHeader]
  /// Whether the host tells answers apart: who answers gets to know it.
  let keysHost: Bool
  /// The one host that a distribution has, which need not be said; empty where it has several.
  private let onlyHost: [UInt8]
  /// What of a request goes to the origin; and of one whose answer may be kept.
  let forwarding, fetching: Forwarding
  /// OPTIONS is answered from the cache, too.
  let cachesOptions: Bool

  init(_ distribution: Distribution, _ behavior: CacheBehavior) {
    space = Self.space(of: distribution)
    keyedHeaders = behavior.keyedHeaders
    forwarding = behavior.forwarding
    fetching = behavior.fetching
    sharesCookies = behavior.cacheSetCookie
    cachesOptions = behavior.cachedMethods.contains(.options)
    // RFC 9111 § 2: the key is the whole URI. CloudFront has no host in it unless a policy says so, also where it sends the viewer's on;
    // and there an API hears its own name, here the viewer's.
    keysHost = behavior.asksAPI || behavior.forwarding.sendsHost
    onlyHost = distribution.onlyHost.map { Array($0.utf8) } ?? []
    guard let policy = behavior.cachePolicy else {
      key = .standard
      ttl = nil
      isDisabled = false
      dropsCookies = false
      return
    }
    var headers: [String] = []
    var variesOnAll = false
    switch policy.headers {
    case .none: break
    // What is not for clients to say is not taken from them.
    case .whitelist(let names): headers = names.filter { !ViewerHeader.isMeant(by: $0) }
    case .allExcept, .all: variesOnAll = true
    }
    var encodings: AcceptedEncodings = []
    if policy.acceptsGzip { encodings.insert(.gzip) }
    if policy.acceptsBrotli { encodings.insert(.brotli) }
    key = CacheKeyPolicy(
      query: Self.selection(policy.queryStrings), headers: headers, cookies: Self.selection(policy.cookies),
      encodings: encodings)
    var ttl = TTLPolicy(minimum: policy.minTTL, standard: policy.defaultTTL, maximum: policy.maxTTL)
    for response in distribution.customErrorResponses {
      ttl.errorMinimums[response.errorCode] = response.errorCachingMinTTL
    }
    self.ttl = ttl
    // Spec § 14.4: whoever lets every header count has no two requests alike.
    isDisabled = variesOnAll || ttl.isDisabled
    dropsCookies = key.cookies == .none
  }

  /// A distribution is known by its aliases: they are unique, and stay when others come and go.
  static func space(of distribution: Distribution) -> UInt32 { CacheKey.space(named: distribution.aliases) }

  /// Every space that a configuration's distributions and stages store in.
  static func spaces(of snapshot: Snapshot) -> Set<UInt32> {
    var spaces = Set((snapshot.edge?.distributions ?? []).map(space))
    for deployment in snapshot.deployments {
      for isCanary in [false, true] {
        spaces.insert(StageCache.space(api: deployment.plan.apiID, stage: deployment.stage.name, isCanary: isCanary))
      }
    }
    return spaces
  }

  private static func selection(_ selection: CachePolicy.Selection) -> CacheKeyPolicy.Selection {
    switch selection {
    case .none: .none
    case .whitelist(let names): .whitelist(Set(names))
    case .allExcept(let names): .allExcept(Set(names))
    case .all: .all
    }
  }

  /// Writes what a request's answer is stored under.
  /// - Parameters:
  ///   - viewer: what of the client tells answers apart.
  ///   - path: what is served.
  @inline(__always)
  func writeKey(_ head: RequestHead, path: UnsafeRawBufferPointer, _ viewer: Viewer?, into out: ByteBuffer) {
    CacheKey.write(space: space, key, head, path: path, into: out)
    if keysHost, !onlyHost.withUnsafeBytes(head.authorityBytes.equalsIgnoringCase) {
      CacheKey.write(host: head.authorityBytes, into: out)
    }
    guard let viewer else { return }
    out.write("v:")
    viewer.write(into: out)
  }

  /// What of the client's directives counts.
  func directives(_ head: RequestHead) -> RequestDirectives {
    let said = RequestDirectives(head)
    return ttl == nil ? said : TTLPolicy.directives(said)
  }

  func bypass(_ head: RequestHead, _ directives: RequestDirectives) -> BypassReason? {
    if let reason = Lookup.bypass(head, directives: directives, cachesOptions: cachesOptions) { return reason }
    return isDisabled ? .disabled : nil
  }

  /// - Parameter now: seconds since 1970.
  func decide(_ request: StoringRequest, _ facts: ResponseFacts, now: Int) -> StoreDecision {
    guard let ttl else {
      return Storability.decide(
        request, facts, sharesCookies: sharesCookies, cachesOptions: cachesOptions, now: now)
    }
    // CloudFront takes credentials off the request unless they are in the key. Here the origin gets to see them, so that
    // what it answers is for everybody only if it says so (RFC 9111 § 3.5).
    if !key.headers.contains("authorization"), !Storability.mayBeShared(request, facts.directives) {
      return .refuse(.authorization)
    }
    return ttl.decide(request, facts, cachesOptions: cachesOptions, now: now)
  }
}
