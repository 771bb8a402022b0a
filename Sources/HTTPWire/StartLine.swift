import Bytes
import HTTPSemantics

/// Writes status lines (RFC 9112 § 4).
public enum StatusLine {
  /// Writes `HTTP/1.1 <status> <reason> CRLF`.
  /// - Parameter status: 100–999.
  @inlinable public static func write(_ status: Int, into out: ByteBuffer) {
    if status == 200 {
      out.write("HTTP/1.1 200 OK\r\n")
    } else {
      writeOther(status, into: out)
    }
  }

  @usableFromInline static func writeOther(_ status: Int, into out: ByteBuffer) {
    out.write("HTTP/1.1 ")
    out.write(decimal: status)
    out.write(" ")
    out.write(StatusCode.reason(status))
    out.write("\r\n")
  }
}

extension RequestLine {
  /// Writes `method SP target SP HTTP/1.1 CRLF` in origin form.
  ///
  /// What was tolerated in a target that was received (see `ByteSet.receivedQuery`) leaves percent-encoded, so that the
  /// next reader need not be tolerant.
  /// - Parameters:
  ///   - path: as `RequestHead.path` has it.
  ///   - query: what follows `?`; nil for none.
  public static func write(
    method: HTTPMethod, path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?, into out: ByteBuffer
  ) {
    switch method {
    case .get: out.write("GET ")
    case .post: out.write("POST ")
    default:
      out.write(method.name)
      out.write(byte: 32)
    }
    writeEncoded(path, allowed: ByteSet.path, into: out)
    if let query {
      out.write(byte: 63)
      writeEncoded(query, allowed: ByteSet.query, into: out)
    }
    out.write(" HTTP/1.1\r\n")
  }

  /// Writes bytes of a checked target; the few outside `allowed`, but for `%`, are percent-encoded.
  private static func writeEncoded(_ bytes: UnsafeRawBufferPointer, allowed: ByteSet, into out: ByteBuffer) {
    var start = 0
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if !allowed.contains(byte), byte != 37 {
        out.write(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
        out.write(percentEncoding: byte)
        start = at &+ 1
      }
      at &+= 1
    }
    out.write(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
  }
}
