import Bytes
import Testing

@testable import Pipeline

struct FieldBlockTests {
  private func withBlock<T>(_ text: String, _ body: (UnsafeRawBufferPointer) -> T) -> T {
    var text = text
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
  }

  @Test(
    "A name must be found at the beginning of a line only, in whatever case",
    arguments: [
      ("Vary: a\r\nX: 1\r\n", true), ("X: 1\r\nvary:a\r\n", true), ("X: 1\r\nVARY: \r\n", true), ("", false),
      ("X: Vary: a\r\n", false), ("X-Vary: a\r\n", false), ("Vary-X: a\r\n", false), ("Var", false),
    ])
  func contains(_ block: String, _ expected: Bool) {
    #expect(withBlock(block) { FieldBlock.contains($0, "vary") } == expected)
  }

  @Test("Every line must be visited, with its name and its value")
  func forEach() {
    var seen: [String] = []
    withBlock("A: 1\r\nB:\r\nC:  x: y \r\n") { block in
      FieldBlock.forEach(block) { seen.append("\($0.name.text)=\($0.value.text)|\($0.whole.count)") }
    }
    #expect(seen == ["A=1|6", "B=|4", "C=x: y|11"])
  }
}
