import Bytes
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
  let inflater = try Inflater(coding)
  let source = ByteBuffer(bytes)
  let out = ByteBuffer()
  while try !inflater.decode(source, into: out, atMost: room) {}
  return Array(out.readable)
}

func encoded(_ bytes: [UInt8], _ coding: ContentCoding) throws -> [UInt8] {
  let deflater = try #require(Deflater(coding))
  let out = ByteBuffer()
  bytes.withUnsafeBytes { deflater.finish($0, into: out) }
  return Array(out.readable)
}
