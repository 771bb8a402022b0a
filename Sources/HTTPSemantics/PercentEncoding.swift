import Bytes

/// Percent-encoding (RFC 3986 § 2.1), byte by byte and without text in between.
public enum PercentEncoding {
  /// Whether the bytes have a `%` at all: most have none, and need no decoding.
  @inlinable public static func occurs(in bytes: UnsafeRawBufferPointer) -> Bool {
    for byte in bytes where byte == 37 { return true }
    return false
  }

  /// Writes the bytes decoded. A `%` that no two hexadecimal digits follow is written as it is.
  /// - Parameter plusIsSpace: read `+` as a space, as forms do (`application/x-www-form-urlencoded`).
  public static func decode(_ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool = false, into out: ByteBuffer) {
    out.reserve(bytes.count)
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 37, at &+ 2 < bytes.count, let high = bytes[at &+ 1].hexDigitValue,
        let low = bytes[at &+ 2].hexDigitValue
      {
        out.write(byte: high &<< 4 | low)
        at &+= 3
      } else {
        out.write(byte: byte == 43 && plusIsSpace ? 32 : byte)
        at &+= 1
      }
    }
  }

  /// Writes the bytes with everything outside `unencoded` percent-encoded, in capital digits.
  public static func encode(
    _ bytes: UnsafeRawBufferPointer, except unencoded: ByteSet = .unreserved, into out: ByteBuffer
  ) {
    out.reserve(bytes.count)
    for byte in bytes {
      if unencoded.contains(byte) { out.write(byte: byte) } else { out.write(percentEncoding: byte) }
    }
  }

  /// The bytes decoded, as text.
  public static func decoded(_ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool = false) -> String {
    if !occurs(in: bytes), !plusIsSpace { return bytes.text }
    let out = ByteBuffer(capacity: bytes.count)
    decode(bytes, plusIsSpace: plusIsSpace, into: out)
    return out.readable.text
  }

  /// A text decoded.
  public static func decoded(_ text: some StringProtocol) -> String {
    var text = String(text)
    return text.withUTF8 { decoded(UnsafeRawBufferPointer($0)) }
  }
}

extension ByteBuffer {
  /// Writes `%` and the byte in two capital hexadecimal digits.
  @inlinable public func write(percentEncoding byte: UInt8) {
    let high = byte &>> 4
    let low = byte & 15
    reserve(3)
    write(byte: 37)
    write(byte: high < 10 ? 48 &+ high : 55 &+ high)
    write(byte: low < 10 ? 48 &+ low : 55 &+ low)
  }
}
