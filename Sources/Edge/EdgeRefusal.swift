import Bytes
import HTTPSemantics

/// Why a distribution answers by itself, with a page in its own words (spec § 14.10).
public enum EdgeRefusal: String, Error, Hashable, Sendable {
  case methodNotAllowed, bodyOfGET, httpsOnly
  case badPath, notFound, readOnly, conditionFailed, noSuchRange
  case badGateway, gatewayTimeout
  /// By a web ACL (spec § 15.4).
  case requestBlocked

  public var status: Int {
    switch self {
    case .methodNotAllowed, .bodyOfGET, .httpsOnly, .requestBlocked: 403
    case .badPath: 400
    case .notFound: 404
    case .readOnly: 405
    case .conditionFailed: 412
    case .noSuchRange: 416
    case .badGateway: 502
    case .gatewayTimeout: 504
    }
  }

  private var sentence: StaticString {
    switch self {
    case .methodNotAllowed: "This address does not take requests with this method."
    case .bodyOfGET: "A GET request has no body."
    case .httpsOnly: "This address answers over HTTPS only."
    case .badPath: "The path of this address cannot be understood."
    case .notFound: "There is nothing at this address."
    case .readOnly: "Files can be read here, and nothing else."
    case .conditionFailed: "What is at this address is not what the request expects."
    case .noSuchRange: "What is at this address is shorter than the part that was asked for."
    case .requestBlocked: "Request blocked."
    case .badGateway: "The server behind this address did not give a usable answer."
    case .gatewayTimeout: "The server behind this address did not answer in time."
    }
  }

  /// Writes the page, in which nothing of the request is repeated.
  /// - Parameters:
  ///   - requestID: what the log calls the request; empty: not said.
  ///   - fields: gets the field lines.
  public func write(requestID: String = "", fields: ByteBuffer, body: ByteBuffer) {
    Self.write(status: status, sentence: sentence, requestID: requestID, fields: fields, body: body)
    if self == .readOnly { fields.write("Allow: GET, HEAD\r\n") }
  }

  /// The page of a redirection to HTTPS.
  /// - Parameters:
  ///   - host: as received, with its port.
  ///   - path, query: as received.
  public static func writeRedirection(
    status: Int, host: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?,
    fields: ByteBuffer, body: ByteBuffer
  ) {
    write(
      status: status, sentence: "The same address over HTTPS is the one to use.", requestID: "", fields: fields,
      body: body)
    fields.write("Location: https://")
    fields.write(withoutPort(host))
    fields.write(path)
    if let query {
      fields.write("?")
      fields.write(query)
    }
    fields.write("\r\n")
  }

  /// The port of the plain listener is not the one that answers over TLS.
  private static func withoutPort(_ host: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let from = host.first == UInt8(ascii: "[") ? host.firstIndex(of: UInt8(ascii: "]")) ?? 0 : 0
    guard let colon = host[from...].firstIndex(of: UInt8(ascii: ":")) else { return host }
    return UnsafeRawBufferPointer(rebasing: host[..<colon])
  }

  private static func write(
    status: Int, sentence: StaticString, requestID: String, fields: ByteBuffer, body: ByteBuffer
  ) {
    fields.clear()
    fields.write("Content-Type: text/html; charset=utf-8\r\n")
    // A page of ours must not outlive the moment by which it was true.
    if status >= 400 { fields.write("Cache-Control: no-store\r\n") }
    body.clear()
    body.write("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>")
    writeTitle(status, into: body)
    body.write("</title>\n<h1>")
    writeTitle(status, into: body)
    body.write("</h1>\n<p>")
    body.write(sentence)
    body.write("</p>\n")
    if !requestID.isEmpty {
      body.write("<p>Request ")
      body.write(requestID)
      body.write("</p>\n")
    }
    body.write("</html>\n")
  }

  private static func writeTitle(_ status: Int, into body: ByteBuffer) {
    body.write(decimal: status)
    body.write(" ")
    body.write(StatusCode.reason(status))
  }
}
