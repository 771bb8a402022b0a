import HTTPSemantics
import Testing

@Suite struct AcceptedCodingsTests {
  private func read(_ values: String...) -> AcceptedCodings {
    var accepted = AcceptedCodings()
    for var value in values { value.withUTF8 { accepted.read(UnsafeRawBufferPointer($0)) } }
    return accepted
  }

  @Test("what is named must be acceptable with its weight, in thousandths")
  func named() {
    let accepted = read("gzip, br;q=0.5")
    #expect(accepted.gzip == 1000)
    #expect(accepted.brotli == 500)
    #expect(read("BR ; Q=0.001").brotli == 1)
    #expect(read("gzip", "br").brotli == 1000)
  }

  @Test("what is not named must not be acceptable, but for the plain bytes")
  func unnamed() {
    #expect(read() == AcceptedCodings())
    let accepted = read("deflate")
    #expect(accepted.gzip == 0)
    #expect(accepted.brotli == 0)
    #expect(accepted.identity > 0)
    #expect(accepted.identity < 1000)
  }

  @Test("a star must stand for what is not named")
  func star() {
    #expect(read("*").brotli == 1000)
    let accepted = read("gzip;q=0, *;q=0.3")
    #expect(accepted.gzip == 0)
    #expect(accepted.brotli == 300)
    #expect(read("*;q=0").identity == 0)
    #expect(read("identity, *;q=0").identity == 1000)
  }

  @Test(
    "a weight that is none must count as no", arguments: ["gzip;q=x", "gzip;q=2", "gzip;q=0.a", "gzip;q=0", ";;;", ","])
  func malformed(value: String) { #expect(read(value).gzip == 0) }

  private func prefersHTML(_ value: String) -> Bool {
    var value = value
    return value.withUTF8 { AcceptedTypes.prefersHTML(UnsafeRawBufferPointer($0)) }
  }

  @Test(
    "a browser that goes to a page must be told from a script",
    arguments: [
      ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true),
      ("text/html", true), ("application/xhtml+xml", true), ("*/*", false), ("application/json", false),
      ("application/json, text/html;q=0.9", false), ("text/html;q=0", false), ("", false), ("text/*", false),
      ("nonsense", false),
    ])
  func html(value: String, prefers: Bool) { #expect(prefersHTML(value) == prefers) }
}
