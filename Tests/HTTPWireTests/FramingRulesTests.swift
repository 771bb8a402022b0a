import Testing

@testable import HTTPWire

@Suite("FramingRules")
struct FramingRulesTests {
  private func length(_ text: String) -> UInt64? {
    Array(text.utf8).withUnsafeBytes { FramingRules.contentLength($0) }
  }

  @Test(
    "a length must be digits and within 2⁶³ − 1",
    arguments: [
      ("0", UInt64(0) as UInt64?), ("5", 5), ("0000000000000000005", 5),
      ("9223372036854775807", 9_223_372_036_854_775_807), ("9223372036854775808", nil),
      ("9999999999999999999", nil), ("00000000000000000005", nil), ("", nil), ("-1", nil), ("+1", nil), ("1 ", nil),
      ("1,1", nil), ("0x1", nil), ("a", nil),
      ("/", nil), (":", nil),
    ])
  func lengths(_ text: String, _ expected: UInt64?) {
    #expect(length(text) == expected)
  }
}
