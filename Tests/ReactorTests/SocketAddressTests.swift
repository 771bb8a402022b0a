import Glibc
import Testing

@testable import Reactor

func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

@Suite struct SocketAddressTests {
  @Test("An address must print as it is written")
  func descriptions() throws {
    #expect(try #require(SocketAddress(ip: "127.0.0.1", port: 8080)).description == "127.0.0.1:8080")
    #expect(try #require(SocketAddress(ip: "::1", port: 443)).description == "[::1]:443")
    #expect(try #require(SocketAddress(unixPath: "/run/s.sock")).description == "unix:/run/s.sock")
  }

  @Test(
    "Text that is no address must be refused", arguments: ["", "localhost", "1.2.3", "256.1.1.1", "::g", "1.2.3.4.5"])
  func notAddresses(_ text: String) { #expect(SocketAddress(ip: text, port: 1) == nil) }

  @Test("A path that the kernel cannot take must be refused")
  func longPath() {
    #expect(SocketAddress(unixPath: String(repeating: "a", count: 108)) == nil)
    #expect(SocketAddress(unixPath: String(repeating: "a", count: 107)) != nil)
    #expect(SocketAddress(unixPath: "") == nil)
  }
}
