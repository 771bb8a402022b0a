import Bytes
import Testing

@testable import HTTPWire

@Suite("ChunkEncoding")
struct ChunkEncodingTests {
  @Test("chunks must be framed, nothing must make no chunk, and the end must carry the trailers")
  func framing() {
    let out = ByteBuffer()
    Array("hello".utf8).withUnsafeBytes { ChunkEncoding.write($0, into: out) }
    [UInt8]().withUnsafeBytes { ChunkEncoding.write($0, into: out) }
    Array(repeating: UInt8(65), count: 26).withUnsafeBytes { ChunkEncoding.write($0, into: out) }
    ChunkEncoding.finish(trailers: Wire.buffer("X: y\r\n"), into: out)
    #expect(out.readable.text == "5\r\nhello\r\n1a\r\nAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n0\r\nX: y\r\n\r\n")
  }

  @Test(
    "what is written must be read back", arguments: [1, 9, 10, 15, 16, 17, 255, 256, 4095, 4096, 65_536, 1_048_577])
  func roundTrip(_ size: Int) {
    let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let out = ByteBuffer()
    content.withUnsafeBytes { ChunkEncoding.write($0, into: out) }
    #expect(out.count <= size + ChunkEncoding.overhead)
    ChunkEncoding.finish(into: out)
    var decoder = BodyDecoder(.chunked)
    var read: [UInt8] = []
    while case .data(let range) = decoder.next(in: out) { read.append(contentsOf: out[range]) }
    #expect(read == content)
    #expect(decoder.isDone && out.isEmpty)
  }
}
