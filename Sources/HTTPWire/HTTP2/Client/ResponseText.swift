import Bytes
import HTTPSemantics

/// The head of an HTTP/2 answer, written down as the HTTP/1.1 head that means the same, so that it is read by the one parser
/// that there is and held to the same rules and limits.
///
///     :status 200                      HTTP/1.1 200 CRLF
///     content-type application/grpc    content-type: application/grpc CRLF CRLF
final class ResponseText {
  /// The text so far.
  let out = ByteBuffer(capacity: 1024)
  /// What is wrong with it; nil: nothing so far.
  private(set) var error: WireError?
  /// Whether it is a 1xx.
  private(set) var isInterim = false
  private var lines = 0
  private var limits = HeadLimits.standard

  init() {}

  func begin(limits: HeadLimits) {
    out.clear()
    error = nil
    isInterim = false
    lines = 0
    self.limits = limits
  }

  /// A field that the library itself found wrong.
  func noteMalformed() { error = error ?? .malformedFieldName }

  /// Takes the next field, pseudo or not.
  /// - Returns: false where something is wrong with the head already: the rest is not looked at.
  func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    guard error == nil else { return false }
    if out.isEmpty {
      guard name.equals(":status"), value.count == 3 else { return fail(.malformedStatusLine) }
      out.write("HTTP/1.1 ")
      out.write(value)
      out.write("\r\n")
      isInterim = value[0] == 49
      return true
    }
    guard let source = name.baseAddress, name.isToken else { return fail(.malformedFieldName) }
    lines &+= 1
    if lines > limits.fieldCount { return fail(.tooManyFields) }
    let count = name.count &+ value.count &+ 4
    if count &+ 2 > limits.headBytes &- out.count { return fail(.headTooLarge) }
    out.reserve(count)
    guard let line = out.writable.baseAddress else { return fail(.headTooLarge) }
    line.copyMemory(from: source, byteCount: name.count)
    line.storeBytes(of: 0x203A, toByteOffset: name.count, as: UInt16.self)
    let start = line + (name.count &+ 2)
    if let bytes = value.baseAddress {
      guard ByteScan.firstControl(in: bytes, from: 0, end: value.count) == value.count else {
        return fail(.malformedFieldName)
      }
      start.copyMemory(from: bytes, byteCount: value.count)
    }
    start.storeBytes(of: 0x0A0D, toByteOffset: value.count, as: UInt16.self)
    out.didWrite(count)
    return true
  }

  private func fail(_ error: WireError) -> Bool {
    self.error = error
    return false
  }

  /// Ends the head.
  func finish() {
    if out.isEmpty { error = error ?? .malformedStatusLine }
    out.write("\r\n")
  }
}
