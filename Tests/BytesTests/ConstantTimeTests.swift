import Testing

@testable import Bytes

@Suite struct ConstantTimeTests {
  @Test(
    "texts must be equal when every byte is",
    arguments: [("", "", true), ("abc", "abc", true), ("abc", "abd", false), ("abc", "ab", false), ("", "a", false)])
  func equality(given: String, secret: String, areEqual: Bool) {
    Array(given.utf8).withUnsafeBytes { #expect(ConstantTime.areEqual($0, Array(secret.utf8)) == areEqual) }
  }
}
