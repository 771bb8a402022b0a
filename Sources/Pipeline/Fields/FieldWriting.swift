import Bytes
import HTTPSemantics

extension ByteBuffer {
  /// Writes a field line whose value comes from outside of a head. Control characters in it become spaces (RFC 9110
  /// § 5.5), so that no value can begin another field.
  /// - Parameter name: a token.
  func writeField(prefix: StaticString = "", _ name: [UInt8], value: UnsafeRawBufferPointer) {
    write(prefix)
    write(name)
    write(": ")
    writeFieldValue(value)
    write("\r\n")
  }

  func writeField(prefix: StaticString = "", _ name: [UInt8], value: String) {
    var value = value
    value.withUTF8 { writeField(prefix: prefix, name, value: UnsafeRawBufferPointer($0)) }
  }

  /// Writes a field value, control characters in it as spaces.
  func writeFieldValue(_ value: UnsafeRawBufferPointer) {
    if value.isFieldValue { return write(value) }
    reserve(value.count)
    for byte in value { write(byte: (byte < 32 && byte != 9) || byte == 127 ? 32 : byte) }
  }
}
