import APIModel
import Testing

@Suite struct DiagnosticTests {
  @Test("a diagnostic must read as a compiler's does")
  func description() {
    let place = SourceLocation(file: "a/b.yaml", line: 3, column: 14)
    #expect(Diagnostic(.error, at: place, "it is wrong").description == "a/b.yaml:3:14: error: it is wrong")
    #expect(
      Diagnostic(.warning, at: place, "it is odd", suggestion: "did you mean `x`?").description
        == "a/b.yaml:3:14: warning: it is odd; did you mean `x`?")
    #expect(
      Diagnostic(.warning, at: place, "it is odd", suggestion: "write y", rule: "vtl-x").description
        == "a/b.yaml:3:14: warning: it is odd; write y [vtl-x]")
  }

  @Test("places must be ordered by file, then line, then column, as numbers")
  func order() {
    let places = [("b", 1, 1), ("a", 10, 1), ("a", 2, 10), ("a", 2, 9)].map(SourceLocation.init)
    #expect(places.sorted().map(\.description) == ["a:2:9", "a:2:10", "a:10:1", "b:1:1"])
  }
}
