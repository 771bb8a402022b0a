import Testing

@testable import JSONSchema

@Suite("Keywords for numbers and strings (draft 04, validation §§ 5.1, 5.2)")
struct ScalarValidationTests {
  @Test("those for numbers must not look at anything else, nor those for strings")
  func others() {
    let numbers = #"{"minimum":5,"maximum":6,"multipleOf":5}"#
    for value in ["{}", "[]", "null", #""1""#, "true"] { #expect(takes(numbers, value), "\(value)") }
    let strings = #"{"minLength":5,"maxLength":6,"pattern":"^x"}"#
    for value in ["{}", "[]", "null", "1", "true"] { #expect(takes(strings, value), "\(value)") }
  }

  @Test("`minimum` and `maximum` must take their own value unless they are exclusive")
  func bounds() {
    #expect(
      takes(#"{"minimum":1.1}"#, "1.1") && !takes(#"{"minimum":1.1}"#, "0.6") && takes(#"{"minimum":-2}"#, "-2.0"))
    #expect(!takes(#"{"minimum":-2}"#, "-2.0001"))
    #expect(!takes(#"{"minimum":1.1,"exclusiveMinimum":true}"#, "1.10"))
    #expect(takes(#"{"minimum":1.1,"exclusiveMinimum":false}"#, "1.1"))
    #expect(takes(#"{"maximum":3}"#, "3") && !takes(#"{"maximum":3}"#, "3.5") && takes(#"{"maximum":300}"#, "3e2"))
    #expect(
      !takes(#"{"maximum":3,"exclusiveMaximum":true}"#, "3") && takes(#"{"maximum":3,"exclusiveMaximum":true}"#, "2"))
  }

  @Test("bounds must be exact beyond what a double or 64 bits can tell apart")
  func bigBounds() {
    let schema = #"{"maximum":18446744073709551615}"#
    #expect(takes(schema, "18446744073709551615") && !takes(schema, "18446744073709551616"))
    #expect(!takes(schema, "18446744073709551615.0000000000000000000001"))
    let exclusive = #"{"minimum":-972783798187987123879878123.188781371,"exclusiveMinimum":true}"#
    #expect(!takes(exclusive, "-972783798187987123879878123.188781371"))
    #expect(takes(exclusive, "-972783798187987123879878123.188781370"))
    #expect(takes(#"{"minimum":9223372036854775807}"#, "9223372036854775808"))
  }

  @Test("`multipleOf` must be exact")
  func multiples() {
    #expect(takes(#"{"multipleOf":2}"#, "10") && !takes(#"{"multipleOf":2}"#, "7") && takes(#"{"multipleOf":2}"#, "-4"))
    #expect(
      takes(#"{"multipleOf":1.5}"#, "4.5") && takes(#"{"multipleOf":1.5}"#, "0") && !takes(#"{"multipleOf":1.5}"#, "35")
    )
    #expect(takes(#"{"multipleOf":0.0001}"#, "0.0075") && !takes(#"{"multipleOf":0.0001}"#, "0.00751"))
    #expect(takes(#"{"multipleOf":0.1}"#, "0.3") && takes(#"{"multipleOf":0.01}"#, "4.35"))
    #expect(takes(#"{"multipleOf":1e-8}"#, "12391239123") && takes(#"{"multipleOf":0.5}"#, "1e308"))
    #expect(!takes(#"{"multipleOf":0.123456789}"#, "1e308"))
    #expect(takes(#"{"multipleOf":1e300}"#, "3e301") && !takes(#"{"multipleOf":1e300}"#, "3e299"))
    #expect(takes(#"{"multipleOf":64}"#, "1e100000000") && !takes(#"{"multipleOf":3}"#, "1e100000000"))
    let large = "123456789012345678901234567890123456"
    #expect(takes(#"{"multipleOf":\#(large)}"#, "246913578024691357802469135780246912"))
    #expect(!takes(#"{"multipleOf":\#(large)}"#, "246913578024691357802469135780246913"))
  }

  @Test("an exponent beyond Java's must leave the question open, and never be wrong")
  func exponents() {
    #expect(Checked(#"{"maximum":3}"#).verdict("1e99999999999") == .undecided(.number))
    #expect(takes(#"{"type":"number"}"#, "1e99999999999"))
    #expect(takes(#"{"multipleOf":2}"#, "1e99999999999"))
  }

  @Test("lengths must be counted in code points, escapes as what they stand for")
  func lengths() {
    let schema = #"{"minLength":2,"maxLength":2}"#
    for text in ["ab", "éé", "💩💩", #"\ud83d\udca9\n"#, #"\"\\"#, "e\u{301}"] {
      #expect(takes(schema, "\"\(text)\""), "\(text)")
    }
    for text in ["", "a", "abc", "é", "💩", #"\u0061"#, #"\ud83d\udca9"#] {
      #expect(!takes(schema, "\"\(text)\""), "\(text)")
    }
  }

  @Test("`pattern` must be found anywhere in the text, in ECMA's dialect")
  func pattern() {
    #expect(takes(#"{"pattern":"^a*$"}"#, #""aaa""#) && !takes(#"{"pattern":"^a*$"}"#, #""abc""#))
    #expect(takes(#"{"pattern":"a+"}"#, #""xxaayy""#))
    #expect(!takes(#"{"pattern":"^abc$"}"#, #""abc\n""#))
    #expect(takes(#"{"pattern":"^\\p{Letter}\\w-[\\w-.]$"}"#, #""éa--""#))
    #expect(takes(#"{"pattern":"^🐲*$"}"#, #""🐲🐲""#) && !takes(#"{"pattern":"^🐲*$"}"#, #""🐉""#))
    #expect(takes(#"{"pattern":"\""}"#, #""say \"\"""#))
  }
}
