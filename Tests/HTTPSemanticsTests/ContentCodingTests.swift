import Bytes
import Testing

@testable import HTTPSemantics

struct ContentCodingTests {
  private func preferred(_ lines: [String]) -> ContentCoding? {
    var accepted = AcceptedCodings()
    for line in lines { Array(line.utf8).withUnsafeBytes { accepted.add($0) } }
    return accepted.preferred
  }

  @Test(
    "what the client weighs most must be chosen, gzip where it does not care (RFC 9110 § 12.5.3)",
    arguments: [
      ("gzip", ContentCoding.gzip), ("GZIP", .gzip), ("x-gzip", .gzip), ("deflate", .deflate),
      ("gzip, deflate, br", .gzip), ("deflate, gzip", .gzip), ("br, zstd, gzip;q=0.1", .gzip), ("*", .gzip),
      ("gzip;q=0.5, deflate;q=0.8", .deflate), ("gzip;q=0, *", .deflate), ("gzip ; q=0.001", .gzip),
      ("gzip;Q=0.5", .gzip), ("identity;q=0, gzip;q=0.1", .gzip), ("identity, gzip", .gzip),
      ("identity;q=0.5, *;q=0.5", .gzip), ("gzip;q=1.000,,", .gzip), (", gzip", .gzip),
    ])
  func chosen(_ line: String, _ expected: ContentCoding) { #expect(preferred([line]) == expected) }

  @Test(
    "none must be chosen where the client takes none of ours, or would rather have the bytes as they are",
    arguments: [
      "", "identity", "br", "gzip;q=0", "gzip;q=0.000, deflate;q=0", "*;q=0", "identity;q=1, gzip;q=0.5",
      "identity, *;q=0.9", "gzip;q=nonsense", "gzip;q=2", "gzip;q=1.5", "gzip;q=0.0001", "gzipped", ",",
    ])
  func none(_ line: String) { #expect(preferred([line]) == nil) }

  @Test("several lines must count as one, and none as no wish")
  func lines() {
    #expect(preferred(["br", "gzip"]) == .gzip)
    #expect(preferred(["gzip", "identity;q=1, gzip;q=0.1"]) == nil)
    #expect(preferred([]) == nil)
  }

  @Test("each coding must have the weight that the client gives it, a star for what it does not name")
  func weights() {
    var accepted = AcceptedCodings()
    Array("br;q=0.5, gzip;q=0, identity;q=0.2, *;q=0.1".utf8).withUnsafeBytes { accepted.add($0) }
    #expect((accepted.brotliWeight, accepted.gzipWeight, accepted.identityWeight) == (500, 0, 200))
    var others = AcceptedCodings()
    Array("*;q=0.3".utf8).withUnsafeBytes { others.add($0) }
    #expect((others.brotliWeight, others.gzipWeight, others.identityWeight) == (300, 300, 0))
  }

  @Test(
    "of what a distribution offers, what the client weighs most must be chosen, brotli where it does not care (spec § 14.9)",
    arguments: [
      ("gzip, deflate, br, zstd", ContentCoding.brotli), ("br;q=0.5, gzip", .gzip), ("br;q=0, *", .gzip),
      ("*", .brotli),
      ("gzip;q=0.5, br;q=0.5", .brotli), ("identity;q=0, gzip;q=0.1", .gzip), ("deflate", nil),
      ("identity, br;q=0.9", nil),
      ("br;q=0, gzip;q=0", nil), ("", nil), ("*;q=0", nil),
    ])
  func offered(_ line: String, _ expected: ContentCoding?) {
    var accepted = AcceptedCodings()
    Array(line.utf8).withUnsafeBytes { accepted.add($0) }
    #expect(accepted.preferred(offeringBrotli: true, gzip: true) == expected)
    #expect(accepted.preferred(offeringBrotli: false, gzip: false) == nil)
    if expected == .gzip { #expect(accepted.preferred(offeringBrotli: false, gzip: true) == .gzip) }
    if expected == .brotli { #expect(accepted.preferred(offeringBrotli: true, gzip: false) == .brotli) }
  }

  @Test("only codings that the gateway has must be known")
  func known() {
    func coding(_ text: String) -> ContentCoding? { Array(text.utf8).withUnsafeBytes { ContentCoding($0) } }
    #expect(coding("gzip") == .gzip && coding("X-GZip") == .gzip && coding("Deflate") == .deflate)
    #expect(coding("br") == .brotli && coding("") == nil && coding("gzip, gzip") == nil && coding("identity") == nil)
    #expect(ContentCoding.allCases.map { "\($0.name)" } == ["gzip", "deflate", "br"])
    #expect(ContentCoding.allCases.filter(\.isDecodable) == [.gzip, .deflate])
  }
}
