import Bytes
import HTTPSemantics

/// Writes field lines: `Name: value CRLF` (RFC 9112 § 5).
///
/// The bytes must have been checked (`isToken`, `isFieldValue`): nothing is looked at here.
public enum FieldLine {
  @inlinable public static func write(
    name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, into out: ByteBuffer
  ) {
    out.reserve(name.count &+ value.count &+ 4)
    out.write(name)
    out.write(": ")
    out.write(value)
    out.write("\r\n")
  }

  @inlinable public static func write(name: StaticString, value: UnsafeRawBufferPointer, into out: ByteBuffer) {
    out.write(name)
    out.write(": ")
    out.write(value)
    out.write("\r\n")
  }

  @inlinable public static func write(name: StaticString, value: Int, into out: ByteBuffer) {
    out.write(name)
    out.write(": ")
    out.write(decimal: value)
    out.write("\r\n")
  }
}

extension MessageHead {
  /// Writes one of the head's field lines as it was received, but for white space around the value.
  @inlinable public func write(_ field: FieldSlice, into out: ByteBuffer) {
    let end = Int(field.valueStart) &+ Int(field.valueCount)
    let colon = Int(field.nameStart) &+ Int(field.nameCount)
    // As nearly all lines are written: copied in one piece.
    if Int(field.valueStart) == colon &+ 2, end &+ 2 <= buffer.writeIndex,
      buffer.base.loadUnaligned(fromByteOffset: colon, as: UInt16.self) == UInt16(littleEndian: 0x203A),
      buffer.base.loadUnaligned(fromByteOffset: end, as: UInt16.self) == UInt16(littleEndian: 0x0A0D)
    {
      out.write(buffer[Int(field.nameStart)..<end &+ 2])
    } else {
      FieldLine.write(name: name(of: field), value: value(of: field), into: out)
    }
  }
}
