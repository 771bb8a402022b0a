import Bytes
import HTTPSemantics
import HTTPWire

/// Who may speak to the admin listener. Three kinds of strangers are kept out:
///
/// - other machines, by listening on this machine alone, or else by a token;
/// - other users' programs of this machine, by a token or by a Unix-domain socket in a directory of one's own;
/// - web pages in a browser of this machine, which reaches 127.0.0.1 for whoever wrote the page. A page cannot leave out
///   `Origin` where it writes, cannot send `Content-Type: application/json` without asking first (which is never granted),
///   and when it makes its own name lead to 127.0.0.1 (DNS rebinding) that name is in `Host`.
enum AdminGuard {
  /// Why a request is not answered.
  enum Refusal: Error, Equatable {
    /// It comes from a web page.
    case hasOrigin
    /// It names a host that is no address and not `localhost`.
    case foreignHost
    /// It wants to change something and is not `application/json`.
    case wrongContentType
    /// It does not know the token.
    case noToken

    var status: Int {
      switch self {
      case .hasOrigin, .foreignHost: 403
      case .wrongContentType: 415
      case .noToken: 401
      }
    }

    var message: String {
      switch self {
      case .hasOrigin: "requests of web pages are not answered"
      case .foreignHost: "`Host` must be an address or `localhost`"
      case .wrongContentType: "a POST must have `Content-Type: application/json`"
      case .noToken: "the token is missing or wrong: send `Authorization: Bearer …`"
      }
    }
  }

  /// - Parameter token: nil: there is none, and whoever reaches the listener may.
  static func check(_ head: RequestHead, token: [UInt8]?) throws(Refusal) {
    if head.first(.origin) != nil { throw .hasOrigin }
    // Who knows the token is no page that was led here.
    if token == nil, !isAddress(head.authorityBytes) { throw .foreignHost }
    if head.method == .post {
      guard let field = head.first(.contentType), isJSON(head.value(of: field)) else { throw .wrongContentType }
    }
    if let token, !isHealth(head), !knows(token, head) { throw .noToken }
  }

  /// Whether the gateway is up is no secret.
  private static func isHealth(_ head: RequestHead) -> Bool {
    head.method == .get && head.pathBytes.equals("/health")
  }

  private static func knows(_ token: [UInt8], _ head: RequestHead) -> Bool {
    guard let field = head.first(.authorization) else { return false }
    let value = head.value(of: field)
    guard value.count > 7, UnsafeRawBufferPointer(rebasing: value[..<7]).equalsIgnoringCase("bearer ") else {
      return false
    }
    return ConstantTime.areEqual(UnsafeRawBufferPointer(rebasing: value[7...]), token)
  }

  private static func isJSON(_ value: UnsafeRawBufferPointer) -> Bool {
    var essence = value.prefix { $0 != UInt8(ascii: ";") }
    while essence.last == UInt8(ascii: " ") { essence = essence.dropLast() }
    return UnsafeRawBufferPointer(rebasing: essence).equalsIgnoringCase("application/json")
  }

  /// Whether the host is `localhost` or an IP address: no name that somebody else could have registered.
  private static func isAddress(_ authority: UnsafeRawBufferPointer) -> Bool {
    if authority.first == UInt8(ascii: "[") { return true }
    let host = UnsafeRawBufferPointer(rebasing: authority.prefix { $0 != UInt8(ascii: ":") })
    if host.equalsIgnoringCase("localhost") { return true }
    return !host.isEmpty && host.allSatisfy { $0 &- 48 < 10 || $0 == UInt8(ascii: ".") }
  }
}
