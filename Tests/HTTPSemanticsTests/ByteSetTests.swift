import Testing

@testable import HTTPSemantics

@Suite("ByteSet")
struct ByteSetTests {
  private static let alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

  private func expect(_ set: ByteSet, _ members: String) {
    let members = Set(members.utf8)
    for byte in UInt8.min...UInt8.max { #expect(set.contains(byte) == members.contains(byte), "\(byte)") }
  }

  @Test("the sets must hold what the grammars say")
  func grammars() {
    let a = ByteSetTests.alphanumeric
    expect(.token, a + "!#$%&'*+-.^_`|~")
    expect(.tokenWithoutUnderscore, a + "!#$%&'*+-.^`|~")
    expect(.unreserved, a + "-._~")
    expect(.path, a + "-._~!$&'()*+,;=:@/")
    expect(.query, a + "-._~!$&'()*+,;=:@/?")
    expect(.receivedPath, a + "-._~!$&'()*+,;=:@/[]|")
    expect(.receivedQuery, a + "-._~!$&'()*+,;=:@/?[]|\\^`{}")
    expect(.hexDigit, "0123456789abcdefABCDEF")
    expect(ByteSet("@a?"), "@a?")
  }

  @Test("a field value must have no control byte but the tab")
  func fieldValues() {
    for byte in UInt8.min...UInt8.max {
      let allowed = [byte].withUnsafeBytes { $0.isFieldValue }
      #expect(allowed == (byte == 9 || (byte >= 32 && byte != 127)), "\(byte)")
    }
  }

  @Test("letters must be compared without regard to case, and nothing but letters")
  func caseFolding() {
    for left in UInt8.min...UInt8.max {
      for right in UInt8.min...UInt8.max {
        let equal = [left].withUnsafeBytes { l in [right].withUnsafeBytes { l.equalsIgnoringCase($0) } }
        let folded = { (b: UInt8) in b >= 65 && b <= 90 ? b + 32 : b }
        #expect(equal == (folded(left) == folded(right)))
      }
    }
  }
}
