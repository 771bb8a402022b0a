import Bytes
import Testing

@testable import Gateway

@Suite struct ExplainGrantTests {
  private func grant(_ value: String) -> ExplainGrant? {
    Array(value.utf8).withUnsafeBytes { ExplainGrant($0, token: "0123456789abcdef") }
  }

  @Test("The token must be whole and nothing else")
  func token() {
    #expect(grant("0123456789abcdef")?.isForHead == false)
    #expect(grant("0123456789abcdef HEAD")?.isForHead == true)
    for wrong in ["", "0123456789abcde", "0123456789abcdefg", "0123456789ABCDEF", "0123456789abcdef head", " HEAD"] {
      #expect(grant(wrong) == nil, "\(wrong)")
    }
  }
}
