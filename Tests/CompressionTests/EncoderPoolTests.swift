import Bytes
import HTTPSemantics
import Testing

@testable import Compression

struct EncoderPoolTests {
  @Test("no more must be at work than the bound, and one that is given back be had again")
  func bound() throws {
    let pool = EncoderPool()
    var taken = try (0..<EncoderPool.most).map { _ in try #require(pool.take(.gzip)) }
    #expect(pool.take(.gzip) == nil)
    pool.give(taken.removeLast())
    let again = try #require(pool.take(.deflate))
    #expect(pool.take(.deflate) == nil)
    pool.give(again)
  }

  @Test("one that was given back in the middle of a body must begin the next one afresh")
  func pool() throws {
    let pool = EncoderPool()
    let first = try #require(pool.take(.gzip))
    let out = ByteBuffer()
    Array("left behind".utf8).withUnsafeBytes { first.write($0, into: out) }
    pool.give(first)
    let other = try #require(pool.take(.deflate))
    #expect(other !== first)
    let again = try #require(pool.take(.gzip))
    #expect(again === first)
    out.clear()
    Array("next".utf8).withUnsafeBytes { again.finish($0, into: out) }
    #expect(try decoded(Array(out.readable), .gzip) == Array("next".utf8))
  }

  @Test("one that is good for a single body must not be had again")
  func single() throws {
    let pool = EncoderPool()
    let first = try #require(pool.take(.brotli))
    pool.give(first)
    let second = try #require(pool.take(.brotli))
    #expect(second !== first)
  }
}
