import CZlib

/// gzip and deflate for scenarios, by zlib itself and without the help of `Sources/Compression`, which it judges.
enum Coding: String {
  case gzip, deflate

  fileprivate var windowBits: Int32 { self == .gzip ? MAX_WBITS + 16 : MAX_WBITS }

  func encode(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        CZlib.deflate(&stream, Z_FINISH)
      }
    }
    return Array(output.prefix(Int(stream.total_out)))
  }
}

/// Takes a coding off a body that comes in pieces.
final class Decoding {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private(set) var hasEnded = false

  init(_ coding: Coding) {
    stream.initialize(to: z_stream())
    inflateInit2_(stream, coding.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// What can be read of the body with these bytes.
  func decode(_ bytes: some Collection<UInt8>) throws -> [UInt8] {
    var input = Array(bytes)
    var result: [UInt8] = []
    var output = [UInt8](repeating: 0, count: 65_536)
    try input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      repeat {
        let code = output.withUnsafeMutableBufferPointer { output in
          stream.pointee.next_out = output.baseAddress
          stream.pointee.avail_out = UInt32(output.count)
          return inflate(stream, Z_NO_FLUSH)
        }
        result += output.prefix(output.count - Int(stream.pointee.avail_out))
        if code == Z_STREAM_END { hasEnded = true }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
          throw Message.Malformed(description: "the body is not in its coding")
        }
      } while stream.pointee.avail_out == 0
    }
    return result
  }
}
