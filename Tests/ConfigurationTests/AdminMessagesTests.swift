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

  @Test("what is no such message must be none", arguments: ["", "[", "[]", "{\"kind\": \"odd\"}", "null"])
  func nonsense(text: String) { #expect(RefusalMessage(json: Array(text.utf8)) == nil) }
}
