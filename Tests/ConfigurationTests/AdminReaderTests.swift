import Testing

@testable import Configuration

@Suite struct AdminReaderTests {
  private func admin(_ text: String, environment: [String: String] = [:]) throws -> AdminSettings {
    let api = "openapi: 3.0.1\ninfo: { title: t, version: \"1\" }\npaths: {}\n"
    return try Loading.snapshot(
      ["gateway.yaml": Loading.gateway("api.yaml") + text, "api.yaml": api], environment: environment
    ).admin
  }

  @Test("without a word the admin listener must be on 127.0.0.1:9440, with no token")
  func standard() throws {
    #expect(try admin("") == AdminSettings(address: .tcp(host: "127.0.0.1", port: 9440), isChosen: false, token: nil))
  }

  @Test("address and token must be read")
  func values() throws {
    let admin = try admin(
      "admin: { address: \"unix:/run/a.sock\", token: \"${T:-}\" }", environment: ["T": "0123456789abcdef"])
    #expect(admin == AdminSettings(address: .unix(path: "/run/a.sock"), isChosen: true, token: "0123456789abcdef"))
  }

  @Test("an empty token must be none")
  func emptyToken() throws {
    #expect(try admin("admin: { token: \"${T:-}\" }").token == nil)
  }

  @Test("the environment's token must count before the file's, and make an address of other machines possible")
  func environmentToken() throws {
    let environment = ["SLUICE_ADMIN_TOKEN": "fedcba9876543210"]
    #expect(try admin("admin: { token: 0123456789abcdef }", environment: environment).token == "fedcba9876543210")
    #expect(try admin("admin: { address: \":9440\" }", environment: environment).token == "fedcba9876543210")
    #expect(try admin("", environment: environment).token == "fedcba9876543210")
    #expect(try admin("", environment: ["SLUICE_ADMIN_TOKEN": ""]).token == nil)
  }

  @Test("the admin settings must be found in a file that is wrong elsewhere")
  func wrongElsewhere() {
    let files = ["gateway.yaml": "bogus: 1\nadmin: { address: \"unix:/a\" }\napis: ${NOTHING}\n"]
    let admin = ConfigurationLoader.admin(path: "gateway.yaml", environment: [:], files: FileSource(files))
    #expect(admin?.address == .unix(path: "/a"))
    #expect(ConfigurationLoader.admin(path: "none.yaml", environment: [:], files: FileSource(files)) == nil)
  }

  @Test("`off` must be no listener, and the token still count for other things")
  func off() throws {
    let admin = try admin("admin: { address: off, token: 0123456789abcdef }")
    #expect(admin == AdminSettings(address: nil, isChosen: true, token: "0123456789abcdef"))
  }
}

@Suite struct AdminSettingsTests {
  @Test(
    "an address that other machines may reach must need a token",
    arguments: [
      ("127.0.0.1:1", false), ("127.8.0.1:1", false), ("[::1]:1", false), ("localhost:1", false), ("unix:/a", false),
      (":1", true), ("0.0.0.0:1", true), ("[::]:1", true), ("10.0.0.1:1", true), ("127.example.com:1", true),
    ])
  func reach(text: String, needsToken: Bool) throws {
    let address = try Listener.Address(text)
    #expect((AdminSettings(address: address).flaw != nil) == needsToken)
    #expect(AdminSettings(address: address, token: "t").flaw == nil)
  }
}
