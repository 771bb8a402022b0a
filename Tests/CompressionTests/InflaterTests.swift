import Bytes
import HTTPSemantics
import Testing

@testable import Compression

struct InflaterTests {
  private let gzip: [UInt8] = [
    0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0, 0x86, 0xA6, 0x10, 0x36, 0x05, 0,
    0, 0,
  ]

  @Test("gzip as others make it must be read")
  func others() throws { #expect(try decoded(gzip, .gzip) == Array("hello".utf8)) }

  @Test("several members must be read as one body (RFC 1952 § 2.2)")
  func members() throws { #expect(try decoded(gzip + gzip, .gzip) == Array("hellohello".utf8)) }

  @Test("deflate may come without the zlib format's header (RFC 9110 § 8.4.1.2)")
  func raw() throws {
    #expect(try decoded(Array(gzip[10..<17]), .deflate) == Array("hello".utf8))
    #expect(try decoded(encoded(Array("hello".utf8), .deflate), .deflate) == Array("hello".utf8))
  }

  @Test("a body that ends early must be malformed, wherever it ends")
  func cutOff() {
    for count in 0..<gzip.count {
      #expect(throws: Inflater.Failure.malformed) { try decoded(Array(gzip.prefix(count)), .gzip) }
    }
  }

  @Test("a body with something behind its end, or that is something else, must be malformed")
  func garbage() throws {
    #expect(throws: Inflater.Failure.malformed) { try decoded(gzip + [0], .gzip) }
    #expect(throws: Inflater.Failure.malformed) { try decoded(Array("hello".utf8), .gzip) }
    #expect(throws: Inflater.Failure.malformed) { try decoded(Array("hello hello".utf8), .deflate) }
    let zlib = try encoded([1, 2, 3], .deflate)
    #expect(throws: Inflater.Failure.malformed) { try decoded(zlib + [0], .deflate) }
    var damaged = gzip
    damaged[18] ^= 1  // the checksum
    #expect(throws: Inflater.Failure.malformed) { try decoded(damaged, .gzip) }
  }

  @Test("no more than the room must be written at a time")
  func room() throws {
    let inflater = try Inflater(.gzip)
    let source = ByteBuffer(try encoded(Array(repeating: 0, count: 1_000_000), .gzip))
    let out = ByteBuffer()
    #expect(try !inflater.decode(source, into: out, atMost: 1000))
    #expect(out.count == 1000)
  }

  @Test("the beginning of a body must be what can be read of it, and whether more comes be said")
  func beginning() throws {
    func beginning(_ bytes: [UInt8], _ limit: Int) -> (count: Int, goesOn: Bool) {
      let out = ByteBuffer()
      let goesOn = Inflater.decodeBeginning(of: ByteBuffer(bytes), in: .gzip, into: out, limit: limit)
      return (out.count, goesOn)
    }
    let zeros = try encoded(Array(repeating: 0, count: 100_000), .gzip)
    #expect(beginning(zeros, 1000) == (1000, true))
    #expect(beginning(zeros, 200_000) == (100_000, false))
    // What is cut off, what something stands behind, what is in no coding.
    #expect(beginning(Array(gzip.prefix(17)), 1000) == (5, false))
    #expect(beginning(gzip + [0], 1000) == (5, false))
    #expect(beginning(Array("hello".utf8), 1000) == (0, false))
  }
}

struct ExpansionLimitTests {
  @Test("a body must not become more than may be held, nor too many times what was sent")
  func limits() {
    let limit = ExpansionLimit(bytes: 10 << 20)
    #expect(limit.allows(compressed: 100_000, plain: 10 << 20))
    #expect(!limit.allows(compressed: 1 << 20, plain: (10 << 20) + 1))
    // A small body may become whatever it likes.
    #expect(limit.allows(compressed: 10, plain: 1 << 20))
    #expect(!limit.allows(compressed: 10, plain: (1 << 20) + 1))
    #expect(limit.allows(compressed: 10_000, plain: 2_000_000))
    #expect(!limit.allows(compressed: 10_000, plain: 2_000_001))
    #expect(ExpansionLimit(bytes: .max).allows(compressed: .max, plain: .max))
  }
}
