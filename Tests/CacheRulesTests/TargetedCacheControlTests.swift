import Testing

@testable import CacheRules

@Suite("CDN-Cache-Control (RFC 9213)")
struct TargetedCacheControlTests {
  @Test("a well-formed field must take the place of Cache-Control and Expires")
  func precedence() {
    #expect(Response(["Cache-Control: no-store", "CDN-Cache-Control: max-age=10"]).decision().lifetime == 10)
    #expect(Response(["Cache-Control: max-age=3600", "CDN-Cache-Control: max-age=1"]).decision().lifetime == 1)
    #expect(
      Response(["CDN-Cache-Control: max-age=3600", "Expires: 0", "Date: \(date(noon))"]).decision().lifetime == 3600)
    #expect(Response(["CDN-Cache-Control: max-age=0", "Expires: \(date(noon + 100))"]).decision().lifetime == nil)
    #expect(Response(["Cache-Control: max-age=10000", "CDN-Cache-Control: no-store"]).decision().refusal == .noStore)
    #expect(Response(["Cache-Control: max-age=10000", "CDN-Cache-Control: private"]).decision().refusal == .isPrivate)
    #expect(
      Response(["Cache-Control: max-age=10000", "CDN-Cache-Control: no-cache", "ETag: \"a\""]).lookup()
        == .revalidate(.noCache))
  }

  @Test("extensions and great numbers must be taken as they are in Cache-Control")
  func values() {
    #expect(Response(["CDN-Cache-Control: foobar, max-age=3600"]).decision().lifetime == 3600)
    #expect(Response(["CDN-Cache-Control: max-age=99999999999"]).decision().lifetime == DeltaSeconds.greatest)
    #expect(Response(["CDN-Cache-Control: max-age=-5", "ETag: \"a\""]).decision().lifetime == 0)
    #expect(Response(["CDN-Cache-Control: a", "CDN-Cache-Control: max-age=7"]).decision().lifetime == 7)
    #expect(Response(["CDN-Cache-Control: max-age=1, max-age=7"]).decision().lifetime == 7)
  }

  @Test(
    "a field that is malformed, empty or of the wrong type must leave the word to Cache-Control",
    arguments: [
      "max-age=10000, &&&&&", "max-age=\"10000\"", "max-age =100", "max-age= 100", "MaX-aGe=3600", "max-age=10,", "",
      "max-age=1;", "max-age=1.5",
    ])
  func malformed(_ value: String) {
    #expect(Response(["Cache-Control: no-store", "CDN-Cache-Control: \(value)"]).decision().refusal == .noStore)
  }

  @Test(
    "every kind of structured value must be read over",
    arguments: [
      "a=1;x=2;y, max-age=9", "a=(1 2 \"x\");q=1, max-age=9", "a=:aGk=:, max-age=9", "a=@1659578233, max-age=9",
      "a=%\"caf%c3%a9\", max-age=9", "a=tok/en:x, max-age=9", "a=?0,\tmax-age=9", "a=-1.25 , max-age=9",
      "*k._-=1, max-age=9",
    ])
  func kinds(_ value: String) {
    #expect(Response(["CDN-Cache-Control: \(value)"]).decision().lifetime == 9)
  }

  @Test(
    "what is no structured value must be refused",
    arguments: [
      "a=(1 2", "a=:aGk", "a=?2", "a=\"x", "a=\"\\x\"", "a=1.", "a=1.2345", "a=1234567890123456", "a=@x", "A=1", "a;",
      "a b",
    ])
  func refused(_ value: String) {
    let isRead = withBytes(value) { bytes in
      var dictionary = StructuredDictionary(bytes)
      return dictionary.read { _, _ in }
    }
    #expect(!isRead)
  }
}
