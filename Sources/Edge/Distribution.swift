import APIModel
import Bytes
import HTTPSemantics

/// One site as its visitors see it: the hosts that it answers under, and which origin answers which of its paths.
public final class Distribution: Sendable {
  /// Host names, in small letters: `app.example.com`; `*.example.com` for every name below one; `*` for every host that
  /// nothing else names.
  public let aliases: [String]
  /// In the order written.
  public let origins: [Origin]
  /// In the order in which they are tried; the default one, which takes every path, comes last.
  public let behaviors: [CacheBehavior]
  /// What is asked for by `/` alone, without a slash in front; empty: nothing else.
  public let defaultRootObject: String
  public let customErrorResponses: [CustomErrorResponse]
  /// What `X-Cache` calls the cache: `Hit from sluice`.
  public let xCacheName: String
  /// The number of the web ACL that screens its requests; nil: none does.
  public let webACL: Int?
  /// Its place among the distributions of a configuration.
  public let number: Int
  public let location: SourceLocation
  /// `defaultRootObject` as a path.
  let rootPath: [UInt8]

  /// - Parameter behaviors: must not be empty, and its last must take every path.
  public init(
    aliases: [String], origins: [Origin], behaviors: [CacheBehavior], defaultRootObject: String = "",
    customErrorResponses: [CustomErrorResponse] = [], xCacheName: String = "sluice", webACL: Int? = nil,
    number: Int = 0,
    location: SourceLocation
  ) {
    self.aliases = aliases
    self.origins = origins
    self.behaviors = behaviors
    self.defaultRootObject = defaultRootObject
    self.customErrorResponses = customErrorResponses
    self.xCacheName = xCacheName
    self.webACL = webACL
    self.number = number
    self.location = location
    rootPath = defaultRootObject.isEmpty ? [] : Array("/\(defaultRootObject)".utf8)
  }

  /// The host that it answers under; nil where there are several.
  public var onlyHost: String? { aliases.count == 1 && !aliases[0].hasPrefix("*") ? aliases[0] : nil }

  /// The behaviour for a path as received (spec § 14.3: the original one, whatever becomes of it later). It is matched in its
  /// normal form; the origin is asked for it as received.
  /// - Returns: nil only where there is none at all.
  func behavior(for path: UnsafeRawBufferPointer) -> CacheBehavior? {
    guard behaviors.count > 1, !NormalPath.isNormal(path) else { return behavior(forNormal: path) }
    let normal = ByteBuffer(capacity: path.count)
    NormalPath.write(path, into: normal)
    return behavior(forNormal: normal.readable)
  }

  private func behavior(forNormal path: UnsafeRawBufferPointer) -> CacheBehavior? {
    for index in behaviors.indices where behaviors[index].takes(path) { return behaviors[index] }
    return behaviors.last
  }

  /// The response that stands in for one with this status.
  public func customErrorResponse(for status: Int) -> CustomErrorResponse? {
    guard status >= 400 else { return nil }
    return customErrorResponses.first { $0.errorCode == status && $0.page != nil }
  }
}

/// What happens to the requests for some of a distribution's paths.
public final class CacheBehavior: Sendable {
  /// Nil: the default one, for every path.
  public let pathPattern: PathPattern?
  public let origin: Origin
  /// Where a request goes whose first origin fails.
  public let failover: Failover?
  public let viewerProtocolPolicy: ViewerProtocolPolicy
  public let allowedMethods: MethodSet
  public let cachedMethods: MethodSet
  /// Answers are compressed here where the origin did not.
  public let compress: Bool
  /// Nil: RFC 9111 alone decides.
  public let cachePolicy: CachePolicy?
  /// Where RFC 9111 alone decides: whether answers that set cookies are kept, for everybody.
  public let cacheSetCookie: Bool
  /// What tells answers apart that is not for viewers to say.
  public let keyedHeaders: [ViewerHeader]
  /// What of a request goes to the origin; and of one whose answer may be kept.
  public let forwarding, fetching: Forwarding

  public init(
    pathPattern: PathPattern?, origin: Origin, failover: Failover? = nil,
    viewerProtocolPolicy: ViewerProtocolPolicy = .allowAll, allowedMethods: MethodSet = .reading,
    cachedMethods: MethodSet = .reading, compress: Bool = false, cachePolicy: CachePolicy? = nil,
    cacheSetCookie: Bool = false, originRequestPolicy: OriginRequestPolicy? = nil
  ) {
    self.pathPattern = pathPattern
    self.origin = origin
    self.failover = failover
    self.viewerProtocolPolicy = viewerProtocolPolicy
    self.allowedMethods = allowedMethods
    self.cachedMethods = cachedMethods
    self.compress = compress
    self.cachePolicy = cachePolicy
    self.cacheSetCookie = cacheSetCookie
    var keyed: [ViewerHeader] = []
    if case .whitelist(let names) = cachePolicy?.headers ?? .none {
      keyed = names.compactMap { ViewerHeader(name: $0) }
    }
    keyedHeaders = keyed
    forwarding = Forwarding(cachePolicy, originRequestPolicy)
    fetching = Forwarding(cachePolicy, originRequestPolicy, isKept: true)
  }

  /// Whether an API of this gateway may answer.
  public var asksAPI: Bool {
    for origin in [origin, failover?.origin] {
      if case .api = origin { return true }
    }
    return false
  }

  /// Whether it is for a path in its normal form.
  func takes(_ path: UnsafeRawBufferPointer) -> Bool { pathPattern?.matches(path) ?? true }
}

/// Which of the ways to come a visitor may take.
public enum ViewerProtocolPolicy: String, Sendable, CaseIterable {
  case allowAll = "allow-all"
  case redirectToHTTPS = "redirect-to-https"
  case httpsOnly = "https-only"
}

/// The methods that CloudFront knows.
public struct MethodSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let get = MethodSet(rawValue: 1)
  public static let head = MethodSet(rawValue: 2)
  public static let options = MethodSet(rawValue: 4)
  public static let put = MethodSet(rawValue: 8)
  public static let post = MethodSet(rawValue: 16)
  public static let patch = MethodSet(rawValue: 32)
  public static let delete = MethodSet(rawValue: 64)

  /// The three sets that a behaviour may allow (spec § 14.2).
  public static let reading: MethodSet = [.get, .head]
  public static let readingAndOptions: MethodSet = [.get, .head, .options]
  public static let all = MethodSet(rawValue: 127)

  /// The set with one method; empty for one that CloudFront does not know.
  public init(_ method: HTTPMethod) {
    switch method {
    case .get: self = .get
    case .head: self = .head
    case .options: self = .options
    case .put: self = .put
    case .post: self = .post
    case .patch: self = .patch
    case .delete: self = .delete
    case .connect, .trace, .other: self = []
    }
  }

  public func allows(_ method: HTTPMethod) -> Bool {
    let one = MethodSet(method)
    return !one.isEmpty && contains(one)
  }
}

/// The second of an origin group's members, and what sends a request there (spec § 14.6). A connection that cannot be made,
/// or an answer that does not come in time, always does.
public struct Failover: Sendable {
  public let origin: Origin
  public let statusCodes: [Int]

  public init(origin: Origin, statusCodes: [Int]) {
    self.origin = origin
    self.statusCodes = statusCodes
  }

  /// Only these are sent twice.
  public static let methods = MethodSet.readingAndOptions
  /// The codes that may be named.
  public static let allowedCodes = [400, 403, 404, 416, 429, 500, 502, 503, 504]
}

/// What visitors get in place of an origin's error (spec § 14.6).
public struct CustomErrorResponse: Sendable {
  /// Where a page comes from.
  public struct Page: Sendable {
    /// The one for the page's path.
    public let behavior: CacheBehavior
    /// With a slash in front.
    public let path: [UInt8]
    /// The status that the visitor sees.
    public let responseCode: Int

    public init(behavior: CacheBehavior, path: [UInt8], responseCode: Int) {
      self.behavior = behavior
      self.path = path
      self.responseCode = responseCode
    }
  }

  public let errorCode: Int
  /// Nil: only how long the error is remembered is said.
  public let page: Page?
  /// Seconds.
  public let errorCachingMinTTL: Int

  public init(errorCode: Int, page: Page?, errorCachingMinTTL: Int = 10) {
    self.errorCode = errorCode
    self.page = page
    self.errorCachingMinTTL = errorCachingMinTTL
  }

  public static let errorCodes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]
}
