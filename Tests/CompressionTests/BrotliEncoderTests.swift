import Bytes
import CBrotli.Decoding
import HTTPSemantics
import Testing

@testable import Compression

struct BrotliEncoderTests {
  @Test(
    "a body must come back as it was, whatever is known of its size and however it is cut", arguments: [1, 7, 65_536])
  func pieces(_ size: Int) throws {
    let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 3 ^ $0 >> 7) }
    for hint in [nil, body.count] {
      let encoder = try #require(BrotliEncoder(.kept, size: hint))
      let out = ByteBuffer()
      var at = 0
      while at < body.count {
        body[at..<min(at + size, body.count)].withUnsafeBytes { encoder.write($0, into: out) }
        at += size
      }
      encoder.finish(into: out)
      #expect(try decodedBrotli(Array(out.readable)) == body)
      #expect(out.count < body.count / 2)
    }
  }

  @Test("what was flushed must be readable before the body has ended")
  func flushes() throws {
    let encoder = try #require(BrotliEncoder())
    let wire = ByteBuffer()
    for piece in ["one", "two"] {
      Array(piece.utf8).withUnsafeBytes { encoder.write($0, into: wire) }
      encoder.flush(into: wire)
    }
    let decoder = try #require(BrotliDecoderCreateInstance(nil, nil, nil))
    defer { BrotliDecoderDestroyInstance(decoder) }
    var plain = [UInt8](repeating: 0, count: 100)
    let taken = plain.withUnsafeMutableBytes { room in
      var (left, free) = (wire.count, room.count)
      var next: UnsafePointer<UInt8>? = wire.readable.baseAddress?.assumingMemoryBound(to: UInt8.self)
      var place = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      let result = BrotliDecoderDecompressStream(decoder, &left, &next, &free, &place, nil)
      #expect(result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT && left == 0)
      return room.count - free
    }
    #expect(plain[..<taken].elementsEqual("onetwo".utf8))
  }
}
