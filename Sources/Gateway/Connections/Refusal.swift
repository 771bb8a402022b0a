import Bytes
import HTTPSemantics
import HTTPWire

/// The answer to bytes that are no request: no API was asked, so no API's gateway response applies.
enum Refusal {
  /// Writes the whole response. The connection ends behind it.
  /// - Returns: the bytes of its body.
  static func write(_ status: Int, state: WorkerState, into out: ByteBuffer) -> Int {
    StatusLine.write(status, into: out)
    out.write("Content-Type: application/json\r\n")
    state.date.write(epochMilliseconds: state.reactor.epochMilliseconds, into: out)
    // {"message":"…"}
    out.write("Content-Length: ")
    out.write(decimal: 14 + StatusCode.reason(status).utf8CodeUnitCount)
    out.write("\r\nConnection: close\r\n\r\n")
    return writeBody(status, into: out)
  }

  /// Writes the body alone.
  /// - Returns: its bytes.
  static func writeBody(_ status: Int, into out: ByteBuffer) -> Int {
    let start = out.writeIndex
    out.write("{\"message\":\"")
    out.write(StatusCode.reason(status))
    out.write("\"}")
    return out.writeIndex - start
  }
}
