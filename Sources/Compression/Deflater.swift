import Bytes
import CZlib
import HTTPSemantics

/// gzip and deflate (RFC 1950–1952), for one body after the other. It keeps about 270 KB from one to the next: making that
/// anew costs more than compressing a small body.
public final class Deflater: BodyEncoder {
  private let stream: UnsafeMutablePointer<z_stream>

  private var isUsable = false

  /// - Parameter coding: gzip or deflate.
  /// - Returns: nil where there is no memory for it.
  public init?(_ coding: ContentCoding) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    super.init(in: coding)
    let result = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, coding == .gzip ? MAX_WBITS + 16 : MAX_WBITS, 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { return nil }
    isUsable = true
  }

  deinit {
    if isUsable { deflateEnd(stream) }
    stream.deallocate()
  }

  override func reset() -> Bool { deflateReset(stream) == Z_OK }

  public override func write(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) { run(bytes, Z_NO_FLUSH, out) }

  public override func flush(into out: ByteBuffer) {
    run(UnsafeRawBufferPointer(start: nil, count: 0), Z_SYNC_FLUSH, out)
  }

  public override func finish(_ bytes: UnsafeRawBufferPointer, into out: ByteBuffer) { run(bytes, Z_FINISH, out) }

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
