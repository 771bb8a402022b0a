import Bytes
import CNGHTTP2
import HTTPSemantics

/// A field block, lines `Name: value CRLF` as the whole house writes them, on its way to nghttp2's name and value pairs.
///
/// A name that the gateway knows is handed over in small letters from where it lies for ever; others, and values, are copied
/// by nghttp2, which makes names small as HTTP/2 wants them. What belongs to an HTTP/1 connection (RFC 9113 § 8.2.2) is left
/// out.
final class ResponseFields {
  private var entries: ContiguousArray<nghttp2_nv> = []
  /// What entries point to that is not the caller's. Room for all of it is made at once, so that it stays where it is.
  private let digits = ByteBuffer(capacity: 64)

  func begin(status: Int) {
    beginTrailers()
    let name: StaticString = ":status"
    let start = digits.writeIndex
    digits.write(decimal: status)
    append(
      name.utf8Start, name.utf8CodeUnitCount, digits[start..<digits.writeIndex],
      flags: NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
  }

  func beginTrailers() {
    entries.removeAll(keepingCapacity: true)
    digits.clear()
  }

  func add(contentLength: Int) {
    let name = FieldID.contentLength.lowercaseName
    let start = digits.writeIndex
    digits.write(decimal: contentLength)
    append(
      name.utf8Start, name.utf8CodeUnitCount, digits[start..<digits.writeIndex],
      flags: NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
  }

  /// - Parameter block: must stay where it is until `withEntries` has returned.
  func add(block: UnsafeRawBufferPointer) {
    guard let base = block.baseAddress else { return }
    var line = 0
    while line < block.count {
      let end = ByteScan.first(13, in: base, from: line, end: block.count)
      let colon = ByteScan.first(58, in: base, from: line, end: end)
      if colon < end, colon > line {
        var start = colon &+ 1
        if start < end, ByteScan.byte(base, start) == 32 { start &+= 1 }
        let value = UnsafeRawBufferPointer(rebasing: block[start..<end])
        add(base + line, colon &- line, readable: block.count &- line, value)
      }
      line = end &+ 2
    }
  }

  @inline(__always)
  private func add(_ name: UnsafeRawPointer, _ count: Int, readable: Int, _ value: UnsafeRawBufferPointer) {
    let id = FieldID.recognise(name, count: count, readable: readable)
    switch id {
    case .other: append(name.assumingMemoryBound(to: UInt8.self), count, value, flags: 0)
    case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade, .te: break
    case .xAmznRequestID, .xAmznTraceID:
      // No two responses have the same: to remember it would push out what they share.
      let known = id.lowercaseName
      append(
        known.utf8Start, known.utf8CodeUnitCount, value,
        flags: NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_INDEX.rawValue)
    default:
      let known = id.lowercaseName
      append(
        known.utf8Start, known.utf8CodeUnitCount, value, flags: NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue)
    }
  }

  @inline(__always)
  private func append(
    _ name: UnsafePointer<UInt8>, _ count: Int, _ value: UnsafeRawBufferPointer, flags: UInt32
  ) {
    // nghttp2 does not write to either; its pairs are declared for both directions.
    entries.append(
      nghttp2_nv(
        name: UnsafeMutablePointer(mutating: name),
        value: UnsafeMutableRawPointer(mutating: value.baseAddress)?.assumingMemoryBound(to: UInt8.self),
        namelen: count, valuelen: value.count, flags: UInt8(truncatingIfNeeded: flags)))
  }

  func withEntries(_ body: (UnsafeBufferPointer<nghttp2_nv>) -> Void) { entries.withUnsafeBufferPointer(body) }

  /// Lets go of its memory.
  func rest() { entries = [] }
}
