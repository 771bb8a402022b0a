import HTTPSemantics
import Testing

@Suite struct AcceptedTypesTests {
  private func prefersHTML(_ value: String) -> Bool {
    var value = value
    return value.withUTF8 { AcceptedTypes.prefersHTML(UnsafeRawBufferPointer($0)) }
  }

  @Test(
    "a browser that goes to a page must be told from a script",
    arguments: [
      ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true),
      ("text/html", true), ("application/xhtml+xml", true), ("*/*", false), ("application/json", false),
      ("application/json, text/html;q=0.9", false), ("text/html;q=0", false), ("", false), ("text/*", false),
      ("nonsense", false),
    ])
  func html(value: String, prefers: Bool) { #expect(prefersHTML(value) == prefers) }
}
