import APIModel
import Testing

@testable import Configuration

@Suite("Upstreams: which settings are a host's")
struct UpstreamTableTests {
  private static let place = SourceLocation(file: "gateway.yaml", line: 1, column: 1)

  private func table(_ hosts: String...) throws -> UpstreamTable {
    UpstreamTable(try hosts.map { UpstreamSettings(host: try #require(HostPattern($0)), location: Self.place) })
  }

  @Test("a host must count before a wildcard, a wildcard before all, and a port before none")
  func order() throws {
    let table = try table("*", "*.internal", "a.internal", "a.internal:8443", "*.internal:8443", "[::1]:9443")
    #expect(table.find(host: "a.internal", port: 8443) == 3)
    #expect(table.find(host: "A.Internal", port: 443) == 2)
    #expect(table.find(host: "b.internal", port: 8443) == 4)
    #expect(table.find(host: "b.internal", port: 443) == 1)
    #expect(table.find(host: "a.b.internal", port: 443) == 0)
    #expect(table.find(host: "internal", port: 443) == 0)
    #expect(table.find(host: "::1", port: 9443) == 5)
    #expect(table.find(host: "::1", port: 443) == 0)
  }

  @Test("a host that nothing is said of must have no settings")
  func nothing() throws {
    #expect(try table("a.internal:8443").find(host: "a.internal", port: 443) == nil)
    #expect(UpstreamTable([]).find(host: "a.internal", port: 443) == nil)
  }

  @Test(
    "what is no host must be refused", arguments: ["", "a/b", "https://a", "a:x", "*.", "a.*.b", "a b", "*x", "a:0"])
  func refused(_ text: String) { #expect(HostPattern(text) == nil) }
}
