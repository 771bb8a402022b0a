import Bytes
import HTTPSemantics
import Testing

@testable import Compression

struct DeflaterTests {
  /// Text that compresses, and bytes that do not.
  private static let bodies: [[UInt8]] = [
    [], [1], Array("hello".utf8), Array(repeating: 120, count: 1_000_000),
    (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) },
  ]

  @Test("what was compressed must come back as it was", arguments: ContentCoding.allCases)
  func roundTrip(coding: ContentCoding) throws {
    for body in Self.bodies {
      #expect(try decoded(encoded(body, coding), coding) == body)
      #expect(try decoded(encoded(body, coding), coding, room: 1 << 20) == body)
    }
  }

  @Test("what was flushed must be readable before the body has ended", arguments: [ContentCoding.gzip, .deflate])
  func flushes(coding: ContentCoding) throws {
    let deflater = try #require(Deflater(coding))
    let inflater = try Inflater(coding)
    let wire = ByteBuffer()
    let plain = ByteBuffer()
    for piece in ["one", "two", "three"] {
      Array(piece.utf8).withUnsafeBytes { deflater.write($0, into: wire) }
      deflater.flush(into: wire)
      // One byte of room more than there is to read: it does not fill up, and more is asked for.
      #expect(throws: Inflater.Failure.malformed) { try inflater.decode(wire, into: plain, atMost: 100) }
      #expect(plain.readable.text.hasSuffix(piece))
    }
    deflater.finish(into: wire)
    #expect(try inflater.decode(wire, into: plain, atMost: 100))
    #expect(plain.readable.text == "onetwothree")
  }
}
