import Bytes
import HTTPSemantics

/// What the fields of a response say together (RFC 9112 § 6.3), which depends on the status and on the request's method.
enum ResponseRules {
  /// Fills in what follows from the fields.
  /// - Returns: what is wrong with them, if anything is.
  @inline(__always)
  static func decide(_ head: ResponseHead, _ section: FieldSection, answering method: HTTPMethod) -> WireError? {
    let seen = section.seen
    head.framing = .none
    head.keepsAlive = head.minorVersion == 1
    head.upgrade = nil
    head.nominatesFields = false

    var announced: BodyFraming?
    if seen.contains(.contentLength) || seen.contains(.transferEncoding) {
      switch FramingRules.framing(head, section) {
      case .success(let framing): announced = framing
      case .failure(let error): return error
      }
    }
    if seen.contains(.connection) { ConnectionOptions.apply(to: head) }

    if StatusCode.forbidsBody(head.status) {
      // A 304 describes the body that a 200 would have had; the others may announce at most an empty one. An origin that
      // announces more is about to send what would be taken for its next response.
      if head.status != 304, let announced, announced != .length(0) { return .forbiddenBody }
      return nil
    }
    switch method {
    case .head: return nil
    case .connect where head.status < 300: return nil
    default: break
    }
    head.framing = announced ?? .untilClose
    if head.framing == .untilClose { head.keepsAlive = false }
    return nil
  }
}
