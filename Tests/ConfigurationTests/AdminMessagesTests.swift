import APIModel
import Testing

@testable import Configuration

@Suite struct AdminMessagesTests {
  @Test("what one side writes the other must read")
  func roundTrip() throws {
    let place = SourceLocation(file: "a.yaml", line: 3, column: 4)
    var diagnostic = Diagnostic(
      .warning, at: place, length: 3, "odd", suggestion: "write even", rule: "vtl-unknown-function")
    diagnostic.excerpt = Excerpt(of: "  one two three", column: 7, length: 3)
    let refusal = RefusalMessage(
      .configuration, "wrong", diagnostics: [DiagnosticMessage(diagnostic)], directory: "/srv")
    let read = try #require(RefusalMessage(json: refusal.json))
    #expect(read.kind == .configuration)
    #expect(read.diagnostics.map(\.diagnostic) == [diagnostic])
    #expect(AdminRequest(json: Array("{}".utf8))?.configuration == nil)
  }

  @Test("an IP set's request, which is read by our own parser, must be read as it was written")
  func addresses() throws {
    let request = IPSetRequest(configuration: "/a \"b\".yaml", change: .add, addresses: ["10.0.0.0/8", "::1/128"])
    let read = try #require(IPSetRequest(json: request.json))
    #expect(read.configuration == request.configuration && read.change == .add && read.addresses == request.addresses)
    #expect(IPSetRequest(json: Array(#"{"change":"put","addresses":[],"configuration":null}"#.utf8))?.change == .put)
  }

  @Test(
    "what is no request for an IP set must be none",
    arguments: [
      "", "[]", "{}", #"{"change":"put"}"#, #"{"change":"swap","addresses":[]}"#, #"{"change":"put","addresses":"a"}"#,
      #"{"change":"put","addresses":[1]}"#, #"{"change":"put","addresses":[],"configuration":1}"#,
      #"{"change":"put","addresses":[]"#,
    ])
  func noAddresses(text: String) { #expect(IPSetRequest(json: Array(text.utf8)) == nil) }

  @Test("what is no such message must be none", arguments: ["", "[", "[]", "{\"kind\": \"odd\"}", "null"])
  func nonsense(text: String) { #expect(RefusalMessage(json: Array(text.utf8)) == nil) }
}
