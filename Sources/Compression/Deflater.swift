import Bytes
import CZlib
import HTTPSemantics

/// Compresses bodies, one after the other, whole or in pieces (RFC 1950–1952). It keeps about 270 KB from one to the next:
/// making that anew costs more than compressing a small body.
public final class Deflater {
  public let coding: ContentCoding
  private let stream: UnsafeMutablePointer<z_stream>

  /// - Returns: nil where there is no memory for it.
  public init?(_ coding: ContentCoding) {
    self.coding = coding
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let result = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, coding == .gzip ? MAX_WBITS + 16 : MAX_WBITS, 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else {
      stream.deallocate()
      return nil
    }
    isUsable = true
  }

  private var isUsable = false

  deinit {
    guard isUsable else { return }
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Forgets what it was busy with: the next bytes begin another body.
  public func reset() { deflateReset(stream) }

  /// Takes more of the body. What comes of it may still be held back.
  public func write(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) { run(bytes, Z_NO_FLUSH, out) }

  /// Writes everything that was held back, so that a reader can decode all that was taken so far.
  public func flush(into out: ByteBuffer) { run(UnsafeRawBufferPointer(start: nil, count: 0), Z_SYNC_FLUSH, out) }

  /// Ends the body.
  public func finish(_ bytes: UnsafeRawBufferPointer = .init(start: nil, count: 0), into out: ByteBuffer) {
    run(bytes, Z_FINISH, out)
  }

  private func run(_ bytes: UnsafeRawBufferPointer, _ mode: Int32, _ out: ByteBuffer) {
    var rest = bytes[...]
    repeat {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      rest = rest.dropFirst(part.count)
      // zlib does not write to what it reads; its header was written before `const` was usual.
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: part.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(part.count)
      repeat {
        out.reserve(max(1024, min(part.count / 2, 64 * 1024)))
        let room = out.writable
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: room.count)
        let given = Int(stream.pointee.avail_out)
        deflate(stream, rest.isEmpty ? mode : Z_NO_FLUSH)
        out.didWrite(given &- Int(stream.pointee.avail_out))
      } while stream.pointee.avail_out == 0
    } while !rest.isEmpty
    stream.pointee.next_in = nil
    stream.pointee.next_out = nil
  }
}
