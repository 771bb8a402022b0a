import CBrotli.Decoding
import CZlib

/// gzip and deflate for scenarios, and brotli for reading alone: by the libraries themselves and without the help of
/// `Sources/Compression`, which it judges.
enum Coding: String {
  case gzip, deflate
  case brotli = "br"

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
  /// Nil for what zlib reads.
  private let brotli: OpaquePointer?
  private(set) var hasEnded = false

  init(_ coding: Coding) {
    brotli = coding == .brotli ? BrotliDecoderCreateInstance(nil, nil, nil) : nil
    stream.initialize(to: z_stream())
    inflateInit2_(stream, coding.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    if let brotli { BrotliDecoderDestroyInstance(brotli) }
    inflateEnd(stream)
    stream.deallocate()
  }

  private func decode(_ bytes: [UInt8], by brotli: OpaquePointer) throws -> [UInt8] {
    var result: [UInt8] = []
    var output = [UInt8](repeating: 0, count: 65_536)
    try bytes.withUnsafeBufferPointer { input in
      var next = input.baseAddress
      var left = input.count
      var code = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT
      while code == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT {
        var free = output.count
        code = output.withUnsafeMutableBufferPointer { output in
          var place = output.baseAddress
          return BrotliDecoderDecompressStream(brotli, &left, &next, &free, &place, nil)
        }
        result += output.prefix(output.count - free)
      }
      if code == BROTLI_DECODER_RESULT_SUCCESS { hasEnded = left == 0 }
      if code == BROTLI_DECODER_RESULT_ERROR { throw Message.Malformed(description: "the body is not in its coding") }
    }
    return result
  }

  /// What can be read of the body with these bytes.
  func decode(_ bytes: some Collection<UInt8>) throws -> [UInt8] {
    if let brotli { return try decode(Array(bytes), by: brotli) }
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
