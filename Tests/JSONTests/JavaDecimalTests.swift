import JSON
import Testing

@Suite struct JavaDecimalTests {
  static func compare(_ one: String, _ other: String) -> Int? {
    Array(one.utf8).withUnsafeBytes { left in
      Array(other.utf8).withUnsafeBytes { right in JavaDecimal.compare(left, right) }
    }
  }

  @Test(
    "numbers must be compared by value",
    arguments: [
      ("1", "1", 0), ("1", "1.0", 0), ("1", "2", -1), ("10", "9", 1), ("-1", "1", -1), ("-2", "-1", -1),
      ("0", "-0.0", 0),
      ("0", "1e-400", -1), ("-1e-400", "0", -1), ("1e2", "100", 0), ("1e400", "1e399", 1), ("0.1", "1e-1", 0),
      ("12345678901234567890", "12345678901234567891", -1), ("1.10", "1.1", 0), ("1.01", "1.1", -1), ("100", "1e3", -1),
      ("+5", "5", 0), (".5", "0.50", 0), ("5.", "5", 0), ("0.00123e3", "1.23", 0), ("99e-1", "9.9", 0),
    ] as [(String, String, Int)])
  func byValue(one: String, other: String, expected: Int) {
    #expect(Self.compare(one, other) == expected)
    #expect(Self.compare(other, one) == -expected)
  }

  @Test(
    "what is no number must not be compared",
    arguments: ["", "a", "-", ".", "1e", "1e+", "1x", "0x1", "NaN", "1 ", "1e9999999999"])
  func noNumber(text: String) {
    #expect(Self.compare(text, "1") == nil)
    #expect(Self.compare("1", text) == nil)
  }
}
