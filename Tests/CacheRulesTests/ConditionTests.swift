import Bytes
import HTTPWire
import Testing

@testable import CacheRules

@Suite("Conditional requests (RFC 9111 § 4.3.2, RFC 9110 § 13)")
struct ConditionTests {
  private func isNotModified(_ stored: [String], _ presented: [String], status: Int = 200) -> Bool {
    let response = Response(status, ["Date: \(date(noon))"] + stored)
    return response.bytes.withUnsafeBytes {
      ClientConditions.isNotModified(
        request("GET", "/", presented), response.record(), fields: $0, now: noonMilliseconds)
    }
  }

  @Test("If-None-Match must be answered with 304 where it names the stored tag, weak or strong, anywhere in its list")
  func ifNoneMatch() {
    for value in [
      "\"abcdef\"", "\"abcdef\", \"1\", \"2\"", "\"1\", \"abcdef\", \"2\"", "\"1\",\"2\",\"abcdef\"", "*",
      "W/\"abcdef\"",
    ] {
      #expect(isNotModified(["ETag: \"abcdef\""], ["If-None-Match: \(value)"]), "\(value)")
    }
    #expect(isNotModified(["ETag: W/\"abcdef\""], ["If-None-Match: W/\"abcdef\""]))
    #expect(isNotModified(["ETag: \"a,b\""], ["If-None-Match: \"1\", \"a,b\""]))
    #expect(!isNotModified(["ETag: \"abcdef\""], ["If-None-Match: \"abc\""]))
    #expect(!isNotModified([], ["If-None-Match: \"abc\""]))
    #expect(isNotModified([], ["If-None-Match: *"]))
  }

  @Test("If-None-Match must win over If-Modified-Since")
  func precedence() {
    let stored = ["ETag: \"abcdef\"", "Last-Modified: \(date(noon - 5000))"]
    #expect(isNotModified(stored, ["If-None-Match: \"abcdef\"", "If-Modified-Since: \(date(noon - 10_000))"]))
    #expect(!isNotModified(stored, ["If-None-Match: \"x\"", "If-Modified-Since: \(date(noon))"]))
  }

  @Test("If-Modified-Since must be answered with 304 from Last-Modified on, or else from Date on")
  func ifModifiedSince() {
    let stored = ["Last-Modified: \(date(noon - 3000))"]
    #expect(isNotModified(stored, ["If-Modified-Since: \(date(noon - 3000))"]))
    #expect(isNotModified(stored, ["If-Modified-Since: \(date(noon - 2000))"]))
    #expect(!isNotModified(stored, ["If-Modified-Since: \(date(noon - 4000))"]))
    #expect(!isNotModified(stored, ["If-Modified-Since: yesterday"]))
    #expect(isNotModified([], ["If-Modified-Since: \(date(noon))"]))
    #expect(!isNotModified([], ["If-Modified-Since: \(date(noon - 3000))"]))
  }

  @Test("what is stored of an error must not be conditional")
  func errors() {
    #expect(!isNotModified(["ETag: \"a\""], ["If-None-Match: \"a\""], status: 404))
  }

  @Test("the origin must be asked by what is stored, as it was received")
  func validators() {
    let response = Response(["ETag: W/\"x\"", "Last-Modified: Sunday, 06-Nov-94 08:49:37 GMT"])
    let text = written { out in
      response.bytes.withUnsafeBytes { Validators.write(for: response.record(), fields: $0, into: out) }
    }
    #expect(text == "If-None-Match: W/\"x\"\r\nIf-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n")
    let plain = Response(["Last-Modified: never"])
    #expect(
      written { out in plain.bytes.withUnsafeBytes { Validators.write(for: plain.record(), fields: $0, into: out) } }
        == "")
  }

  @Test("a 304 must confirm what its validators name, and what was asked about where it names none")
  func confirmation() {
    func confirms(_ stored: [String], _ newer: [String], asked: Bool = true) -> Bool {
      let response = Response(stored)
      return response.bytes.withUnsafeBytes { fields in
        Response(304, newer).facts { Validators.confirms($0, response.record(), fields: fields, wasAskedAbout: asked) }
      }
    }
    #expect(confirms(["ETag: \"a\""], ["ETag: \"a\""]))
    #expect(!confirms(["ETag: \"a\""], ["ETag: \"b\""]))
    #expect(!confirms(["ETag: W/\"a\""], ["ETag: \"a\""]))
    #expect(confirms(["ETag: \"a\""], ["ETag: W/\"a\""]))
    #expect(confirms(["Last-Modified: \(date(noon))"], ["Last-Modified: \(date(noon))"]))
    #expect(!confirms(["Last-Modified: \(date(noon))"], ["Last-Modified: \(date(noon + 1))"]))
    #expect(confirms(["ETag: \"a\""], []))
    #expect(!confirms(["ETag: \"a\""], [], asked: false))
    #expect(!confirms([], ["ETag: \"a\""]))
  }

  @Test("the answer to a HEAD must freshen what it agrees with, and make stale what it contradicts")
  func headUpdates() {
    func update(_ stored: [String], _ newer: [String], status: Int = 200) -> HeadUpdate {
      let response = Response(stored)
      return response.bytes.withUnsafeBytes { fields in
        Response(status, newer).facts {
          HeadUpdate.decide($0, length: $0.contentLength, response.record(), fields: fields, storedLength: 36)
        }
      }
    }
    #expect(update(["Template-A: 1"], ["Template-A: 2"]) == .freshen)
    #expect(update(["ETag: \"a\""], ["ETag: \"a\"", "Content-Length: 36"]) == .freshen)
    #expect(update(["ETag: \"a\""], ["ETag: \"b\""]) == .makeStale)
    #expect(update([], ["Content-Length: 37"]) == .makeStale)
    #expect(update([], ["Last-Modified: \(date(noon))"]) == .makeStale)
    #expect(update([], [], status: 410) == .none)
  }
}
