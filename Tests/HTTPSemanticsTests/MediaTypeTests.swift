import Bytes
import Testing

@testable import HTTPSemantics

@Suite("MediaType")
struct MediaTypeTests {
  private func essence(_ text: String) -> String? {
    Array(text.utf8).withUnsafeBytes { MediaType($0)?.essence.text }
  }

  private func charset(_ text: String) -> String? {
    Array(text.utf8).withUnsafeBytes { MediaType($0)?.parameter("charset") }
  }

  @Test(
    "the essence must be what stands in front of the parameters",
    arguments: [
      ("application/json", "application/json"), (" text/plain ; charset=utf-8", "text/plain"),
      ("Application/Vnd.API+JSON;a=b", "Application/Vnd.API+JSON"), ("*/*;q=0.8", "*/*"),
    ])
  func essences(_ text: String, _ expected: String) {
    #expect(essence(text) == expected)
  }

  @Test(
    "what has no type and subtype must be refused",
    arguments: [
      "", "json", "/json", "application/", "application json", "application/json, text/plain", "a b/c",
      "application/js on",
    ])
  func malformed(_ text: String) {
    #expect(essence(text) == nil)
  }

  @Test(
    "a parameter must be found by its name in any case, quoted or not",
    arguments: [
      ("text/plain;charset=utf-8", "utf-8"), ("text/plain; Charset=\"utf-8\"", "utf-8"),
      ("text/plain; a=\";charset=x\"; charset=y", "y"), ("text/plain; charset=\"a\\\"b\"", "a\"b"),
      ("text/plain;;charset=z", "z"),
    ])
  func parameters(_ text: String, _ expected: String) {
    #expect(charset(text) == expected)
  }

  @Test(
    "a parameter that is malformed must end them",
    arguments: [
      "text/plain; charset", "text/plain; charset=\"utf-8", "text/plain; charset =x", "text/plain; charset=\"a\\",
    ])
  func malformedParameters(_ text: String) {
    #expect(charset(text) == nil)
  }
}
