import Bytes
import Testing

@testable import HTTPSemantics

@Suite("QueryString")
struct QueryStringTests {
  private func pairs(_ text: String) -> [String] {
    Array(text.utf8).withUnsafeBytes { bytes in
      QueryString(bytes).map { "\($0.name.text)\($0.hasEquals ? "=" : "!")\($0.value.text)" }
    }
  }

  @Test(
    "a query must be split at & and at the first =",
    arguments: [
      ("a=1&b=2", ["a=1", "b=2"]), ("", []), ("&&a&", ["a!"]), ("a=b=c", ["a=b=c"]), ("=x", ["=x"]), ("a=", ["a="]),
      ("a%26b=%3D", ["a%26b=%3D"]), ("a=1;b=2", ["a=1;b=2"]),
    ])
  func split(_ text: String, _ expected: [String]) {
    #expect(pairs(text) == expected)
  }
}
