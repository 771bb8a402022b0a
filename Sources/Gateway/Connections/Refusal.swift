import Bytes
import HTTPSemantics
import HTTPWire

/// The answer to bytes that are no request: no API was asked, so no API's gateway response applies.
enum Refusal {
  /// Writes the whole response. The connection ends behind it.
  /// - Returns: the bytes of its body.
  /// - Parameter message: what the body says; nil: the status's own words.
  static func write(_ status: Int, message: StaticString? = nil, state: WorkerState, into out: ByteBuffer) -> Int {
    let reason = message ?? StatusCode.reason(status)
    StatusLine.write(status, into: out)
    out.write("Content-Type: application/json\r\n")
    state.date.write(epochMilliseconds: state.reactor.epochMilliseconds, into: out)
    // {"message":"…"}
    out.write("Content-Length: ")
    out.write(decimal: 14 + reason.utf8CodeUnitCount)
    out.write("\r\nConnection: close\r\n\r\n")
    return writeBody(reason, into: out)
  }

  /// Writes the body alone.
  /// - Returns: its bytes.
  static func writeBody(_ message: StaticString, into out: ByteBuffer) -> Int {
    let start = out.writeIndex
    out.write("{\"message\":\"")
    out.write(message)
    out.write("\"}")
    return out.writeIndex - start
  }
}
