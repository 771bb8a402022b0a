import Bytes

/// What is known of a request besides its bytes: who sent it, when, and the names that it is given. Clock, sockets and
/// randomness stay with whoever makes these.
public struct RequestFacts: Sendable {
  /// 16 random bytes; `x-amzn-RequestId` shows them as a UUID of version 4.
  public var requestID: (high: UInt64, low: UInt64)
  /// 8 random bytes; `x-amz-apigw-id` shows them, with some of the request id's, in base64.
  public var extendedID: UInt64
  /// Milliseconds since 1970-01-01 00:00 UTC.
  public var epochMilliseconds: Int64
  /// The client's IP address, in the form of `X-Forwarded-For`. Made once for a connection.
  public var clientAddress: String
  /// The port that the client connected to.
  public var port: UInt16
  /// Whether the client connected over TLS.
  public var isSecure: Bool
  /// `HTTP/1.1`, as `$context.protocol` says it.
  public var httpVersion: StaticString

  public init(
    requestID: (high: UInt64, low: UInt64) = (0, 0), extendedID: UInt64 = 0, epochMilliseconds: Int64 = 0,
    clientAddress: String = "127.0.0.1", port: UInt16 = 80, isSecure: Bool = false,
    httpVersion: StaticString = "HTTP/1.1"
  ) {
    self.requestID = requestID
    self.extendedID = extendedID
    self.epochMilliseconds = epochMilliseconds
    self.clientAddress = clientAddress
    self.port = port
    self.isSecure = isSecure
    self.httpVersion = httpVersion
  }
}

extension RequestFacts {
  /// The request id as `x-amzn-RequestId` has it, for the log.
  public var requestIDText: String {
    let text = ByteBuffer(capacity: 64)
    writeRequestID(into: text)
    return text.readable.text
  }

  /// `x-amzn-RequestId` and `x-amz-apigw-id`, which every answer has.
  func writeIdentifiers(into fields: ByteBuffer) {
    fields.reserve(110)
    fields.write("x-amzn-RequestId: ")
    writeRequestID(into: fields)
    fields.write("\r\nx-amz-apigw-id: ")
    writeExtendedID(into: fields)
    fields.write("\r\n")
  }

  /// A UUID (RFC 9562 § 5.4): 36 characters.
  func writeRequestID(into buffer: ByteBuffer) {
    let high = requestID.high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = requestID.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    buffer.reserve(36)
    buffer.write(hexadecimal: high >> 32, digits: 8)
    buffer.write(byte: UInt8(ascii: "-"))
    buffer.write(hexadecimal: high >> 16, digits: 4)
    buffer.write(byte: UInt8(ascii: "-"))
    buffer.write(hexadecimal: high, digits: 4)
    buffer.write(byte: UInt8(ascii: "-"))
    buffer.write(hexadecimal: low >> 48, digits: 4)
    buffer.write(byte: UInt8(ascii: "-"))
    buffer.write(hexadecimal: low, digits: 12)
  }

  /// Eleven bytes in base64: 15 characters and an equals sign, as AWS has it.
  func writeExtendedID(into buffer: ByteBuffer) {
    buffer.reserve(16)
    let target = buffer.writable
    var bits = extendedID
    for index in 0..<10 {
      target[index] = Base64.alphabet(bits >> 58)
      bits <<= 6
    }
    // The last four bits of `extendedID`, and 24 of the request id.
    var rest = (bits >> 60) << 24 | requestID.low & 0xFF_FFFF
    rest <<= 64 - 28
    for index in 10..<15 {
      target[index] = Base64.alphabet(rest >> 58)
      rest <<= 6
    }
    target[15] = UInt8(ascii: "=")
    buffer.didWrite(16)
  }

  /// `Root=1-<seconds>-<96 bits>`, the form of AWS X-Ray.
  func writeTraceID(into buffer: ByteBuffer) {
    buffer.write("Root=1-")
    buffer.write(hexadecimal: UInt64(truncatingIfNeeded: epochMilliseconds / 1000), digits: 8)
    buffer.write(byte: UInt8(ascii: "-"))
    buffer.write(hexadecimal: requestID.high, digits: 16)
    buffer.write(hexadecimal: requestID.low, digits: 8)
  }
}

extension ByteBuffer {
  /// Writes the last `digits` hexadecimal digits of a number, with leading zeros; 16 at most.
  @inline(__always)
  func write(hexadecimal value: UInt64, digits: Int) {
    reserve(16)
    let target = writable
    if digits > 8 {
      let high = Self.eightDigits(UInt32(truncatingIfNeeded: value >> 32)) >> UInt64(8 &* (16 &- digits))
      target.storeBytes(of: high.littleEndian, as: UInt64.self)
      let low = Self.eightDigits(UInt32(truncatingIfNeeded: value))
      target.storeBytes(of: low.littleEndian, toByteOffset: digits &- 8, as: UInt64.self)
    } else {
      let low = Self.eightDigits(UInt32(truncatingIfNeeded: value)) >> UInt64(8 &* (8 &- digits))
      target.storeBytes(of: low.littleEndian, as: UInt64.self)
    }
    didWrite(digits)
  }

  /// Eight digits as the bytes of a word, the first one lowest: all at once, since every answer has eighty of them.
  @inline(__always)
  private static func eightDigits(_ value: UInt32) -> UInt64 {
    var nibbles = UInt64(value)
    nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
    // One in each byte that is ten or more: those are letters, 39 places behind where the digits would go on.
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39).byteSwapped
  }
}
