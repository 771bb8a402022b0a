import Bytes
import HTTPSemantics

/// What the fields of a request say together: where it goes, where its body ends, what becomes of the connection.
enum RequestRules {
  /// Fills in what follows from the fields.
  /// - Returns: what is wrong with them, if anything is.
  @inline(__always)
  static func decide(_ head: RequestHead, _ section: FieldSection) -> WireError? {
    let seen = section.seen
    head.framing = .none
    head.keepsAlive = head.minorVersion == 1
    head.upgrade = nil
    head.nominatesFields = false
    head.expectsContinue = false

    if seen.contains(.host) {
      if section.repeated.contains(.host) { return .repeatedHost }
      guard let host = head.first(.host), Authority.isValid(head.value(of: host)) else { return .malformedHost }
      // The absolute form wins over Host (RFC 9112 § 3.2.2).
      if head.authority.isEmpty { head.authority = host.value }
    } else if head.minorVersion == 1 {
      return .missingHost
    }

    if seen.contains(.contentLength) || seen.contains(.transferEncoding) {
      switch FramingRules.framing(head, section) {
      case .success(let framing): head.framing = framing
      case .failure(let error): return error
      }
    }
    if section.hasUnderscores, UnderscoredNames.pretend(in: head) { return .malformedFieldName }
    if seen.contains(.connection) { ConnectionOptions.apply(to: head) }
    if seen.contains(.expect) {
      for field in head.fields where field.id == .expect {
        guard head.value(of: field).equalsIgnoringCase("100-continue") else { return .unsupportedExpectation }
      }
      // To be ignored from an HTTP/1.0 client, and without a body there is nothing to wait for (RFC 9110 § 10.1.1).
      head.expectsContinue = head.minorVersion == 1 && head.framing != .none && head.framing != .length(0)
    }
    return nil
  }
}
