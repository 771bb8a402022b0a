import Testing

@testable import Firewall

/// Spec § 15.5, JA3/JA4Fingerprint.
@Suite struct FingerprintTests {
  private static let browser = ClientFingerprint(
    ja3: Array("cd08e31494f9531f560d64c695473da9".utf8), ja4: Array("t13d1516h2_8daaf6152771_e5627efa2ab1".utf8))
  private static let tool = ClientFingerprint(
    ja3: Array("e7d705a3286e19ea42f587b344ee6865".utf8), ja4: Array("t13d1512h2_8daaf6152771_02713d6af862".utf8))

  @Test("a fingerprint must be matched whole")
  func match() throws {
    let ja4 = try Screened(
      .bytes(.ja4Fingerprint(fallbackMatches: false), .exactly, "t13d1516h2_8daaf6152771_e5627efa2ab1"))
    #expect(try ja4(fingerprint: Self.browser).action == .block)
    #expect(try ja4(fingerprint: Self.tool).action == .allow)
    let ja3 = try Screened(
      .bytes(.ja3Fingerprint(fallbackMatches: false), .exactly, "e7d705a3286e19ea42f587b344ee6865"))
    #expect(try ja3(fingerprint: Self.tool).action == .block)
    #expect(try ja3(fingerprint: Self.browser).action == .allow)
    #expect(try ja3(fingerprint: Self.tool).reasons.first?.hasPrefix("JA3 fingerprint is \"e7d705a3286e") == true)
  }

  @Test("a request without one must be what the fallback says")
  func fallback() throws {
    for fallback in [true, false] {
      #expect(
        try Screened(.bytes(.ja3Fingerprint(fallbackMatches: fallback), .exactly, "x")).matches() == fallback)
      #expect(
        try Screened(.bytes(.ja4Fingerprint(fallbackMatches: fallback), .exactly, "x")).matches() == fallback)
    }
    #expect(
      try Screened(.bytes(.ja4Fingerprint(fallbackMatches: true), .exactly, "x"))().reasons
        == ["JA4 fingerprint is missing, too large or ill-formed, which counts as a match"])
  }

  @Test("a rate must be counted by fingerprint; those without one together, or not at all")
  func rate() throws {
    for fallback in [true, false] {
      let part = RateBased.Part.fingerprint(Inspection(.ja4Fingerprint(fallbackMatches: fallback)))
      let screened = try Screened(.rate(RateBased(limit: 10, window: 60, key: .custom([part]))))
      for number in 0..<10 {
        #expect(try screened(client: "192.0.2.\(number)", fingerprint: Self.browser).action == .allow)
      }
      #expect(try screened(client: "198.51.100.1", fingerprint: Self.browser).action == .block)
      #expect(try screened(fingerprint: Self.tool).action == .allow)
      for _ in 0..<10 { #expect(try screened().action == .allow) }
      #expect(try (screened().action == .block) == fallback)
    }
  }
}
