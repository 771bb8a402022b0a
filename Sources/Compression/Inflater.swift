import Bytes
import CZlib
import HTTPSemantics

/// Decompresses a body, a piece at a time, so that whoever calls can look how much it becomes.
public final class Inflater {
  public enum Failure: Error, Equatable {
    /// It is not what the coding says, it ends early, or something stands behind its end.
    case malformed
    /// There is no memory for it.
    case outOfMemory
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var coding = ContentCoding.gzip
  private var hasBegun = false
  private let isUsable: Bool

  public init(_ coding: ContentCoding) throws(Failure) {
    self.coding = coding
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    isUsable =
      inflateInit2_(
        stream, coding == .gzip ? MAX_WBITS + 16 : MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      == Z_OK
    guard isUsable else { throw .outOfMemory }
  }

  deinit {
    if isUsable { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Decodes some of `source`, which is consumed, behind what `out` holds.
  /// - Parameter room: bytes that may be written at most.
  /// - Returns: whether that was all.
  /// - Throws: `.malformed`, also where `source` ends before the body does.
  public func decode(_ source: ByteBuffer, into out: ByteBuffer, atMost room: Int) throws(Failure) -> Bool {
    if !hasBegun {
      hasBegun = true
      // Many who say "deflate" leave the zlib format's header away (RFC 9110 § 8.4.1.2, note).
      if coding == .deflate, !Self.hasZlibHeader(source.readable) { inflateReset2(stream, -MAX_WBITS) }
    }
    out.reserve(room)
    stream.pointee.next_out = out.writable.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(clamping: room)
    defer { stream.pointee.next_out = nil }
    while true {
      let input = source.readable
      let before = (taken: UInt32(clamping: input.count), given: stream.pointee.avail_out)
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = before.taken
      let result = inflate(stream, Z_NO_FLUSH)
      source.consume(Int(before.taken &- stream.pointee.avail_in))
      out.didWrite(Int(before.given &- stream.pointee.avail_out))
      stream.pointee.next_in = nil
      switch result {
      case Z_STREAM_END:
        if source.isEmpty { return true }
        // A gzip file may have several members, one behind the other (RFC 1952 § 2.2).
        guard coding == .gzip, inflateReset(stream) == Z_OK else { throw .malformed }
      case Z_OK, Z_BUF_ERROR:
        if stream.pointee.avail_out == 0 { return false }
        if source.isEmpty { throw .malformed }
      default: throw .malformed
      }
    }
  }

  private static func hasZlibHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 2 else { return false }
    return bytes[0] & 0x0F == 8 && (UInt16(bytes[0]) << 8 | UInt16(bytes[1])) % 31 == 0
  }
}

/// How much a compressed body may become: it is small to send and large to hold.
public struct ExpansionLimit: Sendable {
  /// Bytes, whatever they came from.
  public let bytes: Int
  /// How many times its size a body may become, once it is larger than `grace`. Text rarely becomes fifty times as much;
  /// a bomb a thousand times.
  public static let ratio = 200
  public static let grace = 1 << 20

  public init(bytes: Int) { self.bytes = bytes }

  /// - Parameter compressed: bytes of the body that were decoded so far.
  /// - Parameter plain: what they became.
  public func allows(compressed: Int, plain: Int) -> Bool {
    guard plain <= bytes else { return false }
    let (most, overflow) = compressed.multipliedReportingOverflow(by: Self.ratio)
    return plain <= Self.grace || overflow || plain <= most
  }
}
