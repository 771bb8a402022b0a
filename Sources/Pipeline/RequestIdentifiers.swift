import Bytes

/// The names that a request is given, which every answer carries. Apart from what else is known of it, so that writing
/// them counts no reference.
struct RequestIdentifiers {
  let requestID: (high: UInt64, low: UInt64)
  let extendedID: UInt64
  let epochMilliseconds: Int64

  /// `x-amzn-RequestId` and `x-amz-apigw-id`, which every answer has.
  func write(into fields: ByteBuffer) {
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
    // 8-4-4-4-12: a word of eight digits at either end, and two between them that are written in halves.
    buffer.reserve(36)
    let target = buffer.writable
    func put(_ digits: UInt64, _ first: Int, _ second: Int) {
      let low = UInt32(truncatingIfNeeded: digits).littleEndian
      let high = UInt32(truncatingIfNeeded: digits >> 32).littleEndian
      target.storeBytes(of: low, toByteOffset: first, as: UInt32.self)
      target.storeBytes(of: high, toByteOffset: second, as: UInt32.self)
    }
    put(ByteBuffer.eightDigits(UInt32(truncatingIfNeeded: high >> 32)), 0, 4)
    put(ByteBuffer.eightDigits(UInt32(truncatingIfNeeded: high)), 9, 14)
    put(ByteBuffer.eightDigits(UInt32(truncatingIfNeeded: low >> 32)), 19, 24)
    put(ByteBuffer.eightDigits(UInt32(truncatingIfNeeded: low)), 28, 32)
    let dash = UInt8(ascii: "-")
    (target[8], target[13], target[18], target[23]) = (dash, dash, dash, dash)
    buffer.didWrite(36)
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
  fileprivate static func eightDigits(_ value: UInt32) -> UInt64 {
    var nibbles = UInt64(value)
    nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
    // One in each byte that is ten or more: those are letters, 39 places behind where the digits would go on.
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39).byteSwapped
  }
}
