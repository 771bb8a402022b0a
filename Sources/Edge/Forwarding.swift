import Bytes
import HTTPSemantics
import HTTPWire

/// A behaviour's two policies as they are applied to its requests: what of one goes to the origin.
///
/// Without an origin request policy that is everything but `Host`; of the query and the cookies, where the answer may be kept under a
/// cache policy, what belongs to the key. With one it is what either policy names. What frames and describes a body, conditions, ranges and what makes a WebSocket
/// always go.
public final class Forwarding: Sendable {
  /// Field names; nil: all there are.
  private let headers: Names?
  /// The viewer's `Host` goes to a server, in place of the server's own name.
  public let sendsHost: Bool
  /// Nil: all there is.
  private let queryStrings, cookies: Names?
  /// Whether a policy says which cookies go; without, a cache may keep them back.
  public let namesCookies: Bool
  /// What servers are told of the viewer.
  public let told: [ViewerHeader]

  /// - Parameter isKept: the answer may be kept. Then, without a policy that says what else goes, only what belongs to the key does of
  ///   the query and the cookies: what all share must not be one client's.
  public init(_ cachePolicy: CachePolicy?, _ policy: OriginRequestPolicy?, isKept: Bool = false) {
    var keyed: [String] = []
    if case .whitelist(let names) = cachePolicy?.headers ?? .none { keyed = names }
    let meant = keyed.compactMap { ViewerHeader(name: $0) }
    told = meant + (policy?.told ?? []).filter { !meant.contains($0) }
    let headers = policy.flatMap { Names($0.headers, and: .whitelist(keyed), ignoresCase: true) }
    self.headers = headers
    namesCookies = policy != nil
    guard let policy else {
      sendsHost = keyed.contains { $0.lowercased() == "host" }
      let kept = isKept ? cachePolicy : nil
      queryStrings = kept.flatMap { Names($0.queryStrings, and: .none, ignoresCase: false) }
      cookies = kept.flatMap { Names($0.cookies, and: .none, ignoresCase: false) }
      return
    }
    sendsHost = headers?.includes("host") ?? true
    // Where RFC 9111 alone decides, the whole query belongs to the key, and no cookie does.
    queryStrings = Names(policy.queryStrings, and: cachePolicy?.queryStrings ?? .all, ignoresCase: false)
    cookies = Names(policy.cookies, and: cachePolicy?.cookies ?? .none, ignoresCase: false)
  }

  /// As it is without any policy.
  public static let standard = Forwarding(nil, nil)

  /// Whether something of a request stays here, for whatever request.
  var holdsBack: Bool { headers != nil || queryStrings != nil || cookies != nil }

  private static let always = FieldSet(
    .acceptEncoding, .contentEncoding, .contentLength, .contentMD5, .contentType, .ifModifiedSince, .ifNoneMatch,
    .connection, .transferEncoding, .expect, .te, .trailer, .upgrade, .host, .cookie)

  /// Whether a field goes on; `Host` and cookies are decided on elsewhere.
  func passes(_ field: FieldSlice, of head: RequestHead) -> Bool {
    guard let headers else { return true }
    if field.id != .other, Self.always.contains(field.id) { return true }
    let name = head.name(of: field)
    return OriginRequest.isRange(field, of: head) || name.begins(with: "if-") || name.begins(with: "content-")
      || name.begins(with: "sec-websocket-") || headers.includes(name)
  }

  /// Whether the origin is told of a `User-Agent` that is ours, since the viewer's stays here.
  var replacesUserAgent: Bool { headers.map { !$0.includes("user-agent") } ?? false }

  /// The query that goes on, which may be written to `room`; nil: none.
  func query(of head: RequestHead, _ room: ByteBuffer) -> UnsafeRawBufferPointer? {
    guard let queryStrings, let query = head.queryBytes else { return head.queryBytes }
    room.clear()
    for pair in QueryString(query) where queryStrings.includes(pair.name) {
      if !room.isEmpty { room.write("&") }
      room.write(pair.name)
      if pair.hasEquals { room.write("=") }
      room.write(pair.value)
    }
    return room.isEmpty ? nil : room.readable
  }

  /// Writes a `Cookie` line of what goes on of another.
  func write(cookies value: UnsafeRawBufferPointer, into out: ByteBuffer) {
    var isFirst = true
    var at = 0
    while at < value.count {
      let end = value[at...].firstIndex(of: UInt8(ascii: ";")) ?? value.count
      let pair = UnsafeRawBufferPointer(rebasing: value[at..<end]).trimmingWhitespace
      at = end &+ 1
      let name = UnsafeRawBufferPointer(rebasing: pair[..<(pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count)])
      guard !pair.isEmpty, cookies?.includes(name) ?? true else { continue }
      out.write(isFirst ? "Cookie: " : "; ")
      isFirst = false
      out.write(pair)
    }
    if !isFirst { out.write("\r\n") }
  }

  /// Whether cookies go on as they are.
  var passesCookies: Bool { cookies == nil }
}

/// Names that are meant, or all but some.
private struct Names: Sendable {
  private let names: [[UInt8]]
  private let areMeant: Bool
  private let ignoresCase: Bool

  /// What either of two selections names.
  /// - Returns: nil where that is all there are.
  init?(_ one: CachePolicy.Selection, and other: CachePolicy.Selection, ignoresCase: Bool) {
    func folded(_ names: [String]) -> Set<String> { Set(ignoresCase ? names.map { $0.lowercased() } : names) }
    let names: Set<String>
    switch (one, other) {
    case (.all, _), (_, .all): return nil
    case (.allExcept(let left), .allExcept(let right)):
      names = folded(left).intersection(folded(right))
      areMeant = false
    case (.allExcept(let left), .whitelist(let kept)), (.whitelist(let kept), .allExcept(let left)):
      names = folded(left).subtracting(folded(kept))
      areMeant = false
    case (.allExcept(let left), .none), (.none, .allExcept(let left)):
      names = folded(left)
      areMeant = false
    case (.whitelist(let left), .whitelist(let right)):
      names = folded(left).union(folded(right))
      areMeant = true
    case (.whitelist(let only), .none), (.none, .whitelist(let only)):
      names = folded(only)
      areMeant = true
    case (.none, .none):
      names = []
      areMeant = true
    }
    self.names = names.sorted().map { Array($0.utf8) }
    self.ignoresCase = ignoresCase
  }

  func includes(_ name: UnsafeRawBufferPointer) -> Bool {
    names.contains { known in
      known.withUnsafeBytes { ignoresCase ? $0.equalsIgnoringCase(name) : $0.elementsEqual(name) }
    } == areMeant
  }

  func includes(_ name: StaticString) -> Bool {
    includes(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }
}

extension UnsafeRawBufferPointer {
  /// - Parameter lowercase: in small letters.
  fileprivate func begins(with lowercase: StaticString) -> Bool {
    let length = lowercase.utf8CodeUnitCount
    return count >= length && UnsafeRawBufferPointer(rebasing: self[..<length]).equalsIgnoringCase(lowercase)
  }
}
