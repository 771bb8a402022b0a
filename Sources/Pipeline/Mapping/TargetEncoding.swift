import Bytes
import HTTPSemantics

/// How a value is put into a part of a request target, so that it stays in that part.
enum TargetEncoding: Sendable {
  /// A path as the client sent it: what is encoded stays as it is, slashes separate.
  case receivedPath
  /// The same within a query: nothing in it separates.
  case receivedValue
  /// One segment, decoded: a slash or a question mark in it is encoded.
  case segment
  /// A name or value of a query, decoded.
  case value

  /// For decoded text in the place of a value that comes encoded.
  var ofDecoded: TargetEncoding {
    switch self {
    case .receivedPath, .segment: .segment
    case .receivedValue, .value: .value
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) {
    switch self {
    case .receivedPath: Self.write(bytes, keeping: Self.pathBytes, into: out)
    case .receivedValue: Self.write(bytes, keeping: Self.encodedBytes, into: out)
    case .segment: Self.write(bytes, keeping: Self.segmentBytes, into: out)
    case .value: Self.write(bytes, keeping: .unreserved, into: out)
    }
  }

  /// Copies runs of bytes that may stay, and encodes what lies between.
  static func write(_ bytes: UnsafeRawBufferPointer, keeping kept: ByteSet, into out: ByteBuffer) {
    var start = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if !kept.contains(byte) {
        out.write(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
        out.write(percentEncoding: byte)
        start = index &+ 1
      }
      index &+= 1
    }
    out.write(UnsafeRawBufferPointer(rebasing: bytes[start..<bytes.count]))
  }

  /// `pchar / "/"`, `%` included (RFC 3986 § 3.3).
  static let pathBytes = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%")
  /// `pchar / "/" / "?"`, `%` included (RFC 3986 § 3.4).
  static let queryBytes = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%")
  private static let encodedBytes = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")
  /// `pchar` without `%`.
  private static let segmentBytes = ByteSet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@")
}
