import Bytes
import JSON
import Testing

@Suite struct JavaNumberTests {
  static func written(_ text: String, asJSON: Bool = false) throws -> String {
    let document = try JSONDocument(parsing: text, as: .permissive)
    let out = ByteBuffer()
    document.root.writeNumber(into: out, asJSON: asJSON)
    return out.readable.text
  }

  @Test(
    "a number must be written as Java's toString of its class",
    arguments: [
      ("1", "1"), ("-0", "0"), ("-0.0", "-0.0"), ("1.0", "1.0"), ("1e5", "100000.0"), ("1.50", "1.5"), ("0.1", "0.1"),
      ("1.5e300", "1.5E300"), ("123456789.123", "1.23456789123E8"), ("1e7", "1.0E7"), ("9999999.9", "9999999.9"),
      ("1e-3", "0.001"), ("1.0E-4", "1.0E-4"), ("0.0009", "9.0E-4"), ("1E400", "Infinity"), ("-1E400", "-Infinity"),
      ("12345678901234567890", "12345678901234567890"), ("1.0000000000000000000", "1.0000000000000000000"),
      ("1.0000000000000000e10", "10000000000.000000"),
      ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
      ("0.00000000000000000001", "1E-20"), ("0.000001000000000000000000", "0.000001000000000000000000"),
      ("1000000000000000000000e-30", "1.000000000000000000000E-9"), ("-0.00000000000000000", "0E-17"),
      ("-0.0000000000000000001e0", "-1E-19"), ("0.00000000000000000e2147483647", "0E+2147483630"),
      ("007", "7"), ("-00012", "-12"), ("000", "0"), ("000000000000000000001.50", "1.50"),
      ("4E23", "3.9999999999999997E23"),
      ("2E-3", "0.002"), ("5e-324", "4.9E-324"), ("1.7976931348e308", "1.7976931348E308"), ("NaN", "NaN"),
    ] as [(String, String)])
  func texts(text: String, expected: String) throws {
    #expect(try Self.written(text) == expected)
  }

  @Test("an infinite number must be null in JSON")
  func infinite() throws {
    #expect(try Self.written("1e400", asJSON: true) == "null")
    #expect(try Self.written("-1e400", asJSON: true) == "null")
    #expect(try Self.written("1e300", asJSON: true) == "1.0E300")
  }

  @Test(
    "a number must have the class that json-smart reads it into",
    arguments: [
      ("0", JavaNumber.int), ("2147483647", .int), ("-2147483648", .int), ("2147483648", .long), ("-2147483649", .long),
      ("9223372036854775807", .long), ("-9223372036854775808", .long), ("9223372036854775808", .bigInteger),
      ("-9223372036854775809", .bigInteger), ("1.0", .double), ("1e3", .double), ("1234567890.1234567", .double),
      ("1234567890.12345678", .bigDecimal), ("1.00000000000000000e99999999999", .double),
    ] as [(String, JavaNumber)])
  func classes(text: String, expected: JavaNumber) throws {
    let document = try JSONDocument(parsing: text)
    #expect(document.root.javaNumber == expected)
    withExtendedLifetime(document) {}
  }

  @Test("integers must have their values up to the ends of 64 bits")
  func int64() throws {
    for (text, expected) in [
      ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("-0", 0), ("9223372036854775808", nil),
      ("-9223372036854775809", nil), ("99999999999999999999", nil), ("1.0", nil), ("1e2", nil),
    ] as [(String, Int64?)] {
      let document = try JSONDocument(parsing: text)
      #expect(document.root.int64 == expected)
    }
  }

  @Test("short and long decimals must be read and written as JDK 17 does")
  func decimals() throws {
    for line in try Goldens.lines("decimals.txt") {
      let parts = line.split(separator: " ").map(String.init)
      #expect(try Self.written(parts[0]) == parts[1], "\(parts[0])")
      let document = try JSONDocument(parsing: parts[0])
      #expect(String(document.root.double.bitPattern, radix: 16) == parts[2], "\(parts[0])")
      withExtendedLifetime(document) {}
    }
  }
}
