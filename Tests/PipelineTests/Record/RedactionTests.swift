import Testing

@testable import Pipeline

@Suite struct RedactionTests {
  @Test(
    "Names that say that they are secret must be hidden, whatever their case and punctuation",
    arguments: [
      "Authorization", "authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "x_api_key",
      "apiKey", "password", "dbPassword", "user.password", "client-secret", "access_token", "X-Amz-Security-Token",
      "privateKey", "credentials", "pwd", "PIN", "X-Auth-Token", "passphrase",
    ])
  func secret(_ name: String) {
    #expect(Redaction().hides(name))
    #expect(!Redaction.off.hides(name))
  }

  @Test(
    "Other names must be shown",
    arguments: ["Host", "Accept", "post_id", "author", "key", "pinned", "X-Amzn-Trace-Id", "keyboard", "monkey"])
  func open(_ name: String) {
    #expect(!Redaction().hides(name))
  }

  @Test("Further names may be given, whole")
  func further() {
    let redaction = Redaction(names: ["SSN", "date-of-birth"])
    #expect(redaction.hides("ssn"))
    #expect(redaction.hides("dateOfBirth"))
    #expect(!redaction.hides("ssn2"))
  }
}
