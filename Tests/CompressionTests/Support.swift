import Bytes
import CBrotli.Decoding
import HTTPSemantics
import Testing

@testable import Compression

extension ByteBuffer {
  convenience init(_ bytes: [UInt8]) {
    self.init(capacity: bytes.count)
    write(bytes)
  }
}

/// A body decoded as Gateway does it.
func decoded(_ bytes: [UInt8], _ coding: ContentCoding, room: Int = 4096) throws -> [UInt8] {
  if coding == .brotli { return try decodedBrotli(bytes) }
  let inflater = try Inflater(coding)
  let source = ByteBuffer(bytes)
  let out = ByteBuffer()
  while try !inflater.decode(source, into: out, atMost: room) {}
  return Array(out.readable)
}

func encoded(_ bytes: [UInt8], _ coding: ContentCoding) throws -> [UInt8] {
  let encoder: BodyEncoder = coding == .brotli ? try #require(BrotliEncoder()) : try #require(Deflater(coding))
  let out = ByteBuffer()
  bytes.withUnsafeBytes { encoder.finish($0, into: out) }
  return Array(out.readable)
}

struct NotBrotli: Error {}

func decodedBrotli(_ bytes: [UInt8]) throws -> [UInt8] {
  var out = [UInt8](repeating: 0, count: 2_000_000)
  var count = out.count
  guard BrotliDecoderDecompress(bytes.count, bytes, &count, &out) == BROTLI_DECODER_RESULT_SUCCESS else {
    throw NotBrotli()
  }
  return Array(out[..<count])
}
