import JSON
import Testing

@Suite struct JavaDoubleTests {
  @Test(
    "a double must be written as Java's Double.toString of JDK 17",
    arguments: [
      (0.0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-1.5, "-1.5"), (100, "100.0"), (1e-3, "0.001"), (9.99e-4, "9.99E-4"),
      (9_999_999, "9999999.0"), (1e7, "1.0E7"), (1.0 / 3, "0.3333333333333333"), (2.0 / 3, "0.6666666666666666"),
      (0.1 + 0.2, "0.30000000000000004"), (.infinity, "Infinity"), (-.infinity, "-Infinity"), (.nan, "NaN"),
      (.greatestFiniteMagnitude, "1.7976931348623157E308"), (.leastNonzeroMagnitude, "4.9E-324"),
      (.leastNormalMagnitude, "2.2250738585072014E-308"), (4e23, "3.9999999999999997E23"),
      (1e23, "9.999999999999999E22"),
      (9_007_199_254_740_992, "9.007199254740992E15"), (2e22, "2.0E22"), (123456.789, "123456.789"), (1e21, "1.0E21"),
    ] as [(Double, String)])
  func texts(value: Double, expected: String) {
    #expect(JavaDouble.text(value) == expected)
  }

  @Test("doubles of all magnitudes must be written as JDK 17 has written them")
  func goldens() throws {
    for line in try Goldens.lines("doubles.txt") {
      let parts = line.split(separator: " ").map(String.init)
      let bits = try #require(UInt64(parts[0], radix: 16))
      #expect(JavaDouble.text(Double(bitPattern: bits)) == parts[1], "\(parts[0])")
    }
  }

  @Test("the text of a double must lead back to it")
  func roundTrip() {
    var bits: UInt64 = 0x9E37_79B9_7F4A_7C15
    for _ in 0..<2_000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: bits)
      guard value.isFinite else { continue }
      #expect(Double(JavaDouble.text(value)) == value)
    }
  }
}
