import Bytes
import HTTPSemantics
import HTTPWire

/// The response as it goes to an HTTP/1 client: status line, fields, and how its body ends.
struct ClientResponse {
  /// How the client learns where the body ends (RFC 9112 § 6).
  enum Framing {
    /// No body, and nothing said about one: 1xx, 204, 304.
    case absent
    /// Exactly this many bytes; also what a HEAD response says of the body it does not have.
    case length(UInt64)
    case chunked
    /// The connection is closed behind it: for HTTP/1.0 clients.
    case close
  }

  var status: Int
  let framing: Framing
  /// Whether the connection goes on to the next request.
  let keepsAlive: Bool
  /// `Date` is among the fields already: an origin's own.
  var hasDate = false

  var isChunked: Bool {
    if case .chunked = framing { true } else { false }
  }

  /// Writes everything up to the body.
  /// - Parameter fields: a field block (see Pipeline).
  func writeHead(fields: UnsafeRawBufferPointer, for request: RequestHead, state: WorkerState, into out: ByteBuffer) {
    out.reserve(fields.count &+ 256)
    StatusLine.write(status, into: out)
    out.write(fields)
    if !hasDate { state.date.write(epochMilliseconds: state.reactor.epochMilliseconds, into: out) }
    switch framing {
    case .absent, .close: break
    case .length(let count):
      out.write("Content-Length: ")
      out.write(decimal: Int(clamping: count))
      out.write("\r\n")
    case .chunked: out.write("Transfer-Encoding: chunked\r\n")
    }
    if !keepsAlive {
      out.write("Connection: close\r\n")
    } else if request.minorVersion == 0 {
      out.write("Connection: keep-alive\r\n")
    }
    out.write("\r\n")
  }

  /// Whether a response with this status has no body, whatever the method (RFC 9110 § 6.4.1).
  static func isBodiless(_ status: Int) -> Bool { status < 200 || status == 204 || status == 304 }
}
