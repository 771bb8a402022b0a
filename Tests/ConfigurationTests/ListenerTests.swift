import Testing

@testable import Configuration

@Suite struct ListenerTests {
  @Test(
    "an address must be read",
    arguments: [
      ("127.0.0.1:8080", Listener.Address.tcp(host: "127.0.0.1", port: 8080)),
      ("[::1]:80", .tcp(host: "::1", port: 80)), (":0", .tcp(host: "0.0.0.0", port: 0)),
      ("localhost:65535", .tcp(host: "localhost", port: 65535)), ("unix:/run/a b", .unix(path: "/run/a b")),
    ])
  func addresses(text: String, address: Listener.Address) throws { #expect(try Listener.Address(text) == address) }

  @Test("an address must be written as it is read", arguments: ["127.0.0.1:8080", "[::1]:80", "unix:/run/sluice"])
  func descriptions(text: String) throws { #expect(try Listener.Address(text).description == text) }

  @Test("a socket's path must fit the system's structure")
  func longPath() {
    let path = "unix:/" + String(repeating: "x", count: 106)
    #expect(throws: Never.self) { try Listener.Address(path) }
    #expect(throws: Listener.Address.Flaw.pathTooLong) { try Listener.Address(path + "x") }
  }
}
