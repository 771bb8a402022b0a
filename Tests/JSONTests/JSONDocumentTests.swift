import Bytes
import JSON
import Testing

@Suite struct JSONDocumentTests {
  @Test("every kind of value must be found where it stands in the text")
  func kinds() throws {
    let document = try JSONDocument(
      parsing: #" {"s":"text","n":-12,"r":1.5e3,"t":true,"f":false,"z":null,"a":[1,[2,3],{}],"o":{"x":{}}} "#)
    let root = document.root
    #expect(root.kind == .object)
    #expect(root.count == 8)
    #expect(root.member("s")?.string == "text")
    #expect(root.member("n")?.int64 == -12)
    #expect(root.member("r")?.double == 1500)
    #expect(root.member("t")?.kind == .true)
    #expect(root.member("f")?.kind == .false)
    #expect(root.member("z")?.kind == .null)
    #expect(root.member("a")?.count == 3)
    #expect(root.member("o")?.member("x")?.count == 0)
    withExtendedLifetime(document) {}
  }

  @Test("a document may parse one text after the other")
  func reuse() throws {
    let document = JSONDocument()
    #expect(document.root.kind == .null)
    for count in [0, 3, 1000, 2] {
      let text = "[\((0..<count).map(String.init).joined(separator: ","))]"
      try Array(text.utf8).withUnsafeBytes { try document.parse($0) }
      #expect(document.root.count == count)
      #expect(document.root.elements.map(\.int64) == (0..<count).map { Int64($0) })
    }
  }

  @Test("a document that refused a text must hold null")
  func refusedText() throws {
    let document = try JSONDocument(parsing: "[1,2]")
    #expect(throws: JSONError.self) { try Array("[1,".utf8).withUnsafeBytes { try document.parse($0) } }
    #expect(document.root.kind == .null)
  }

  @Test("a document must keep its own copy of the text")
  func copies() throws {
    let buffer = ByteBuffer()
    buffer.write(#"["first"]"#)
    let document = try JSONDocument(parsing: buffer.readable)
    buffer.clear()
    buffer.write(#"["other"]"#)
    #expect(document.root.element(at: 0)?.string == "first")
    withExtendedLifetime(document) {}
  }

  @Test("nesting up to the limit must be accepted and more refused, without using the stack")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    for flavour in [JSONFlavour.strict, .permissive] {
      let deepest = try JSONDocument(parsing: nested(512), as: flavour)
      #expect(deepest.root.count == 1)
      withExtendedLifetime(deepest) {}
      #expect(throws: JSONError.self) { try JSONDocument(parsing: nested(513), as: flavour) }
      #expect(throws: JSONError.self) { try JSONDocument(parsing: nested(100_000), as: flavour) }
      #expect(throws: JSONError.self) {
        try JSONDocument(parsing: String(repeating: #"{"a":"#, count: 100_000), as: flavour)
      }
    }
    let deep = try JSONDocument(parsing: nested(100_000), limits: JSONLimits(depth: 100_000))
    let out = ByteBuffer()
    JSONWriter.write(deep.root, style: .standard, into: out)
    #expect(out.count == 200_000)
  }

  @Test("a text longer than the limit must be refused")
  func length() {
    #expect(throws: JSONError.self) { try JSONDocument(parsing: "[1,2,3]", limits: JSONLimits(bytes: 6)) }
    #expect(throws: Never.self) { try JSONDocument(parsing: "[1,2,3]", limits: JSONLimits(bytes: 7)) }
  }

  @Test(
    "an error must say what is wrong and where",
    arguments: [
      ("", JSONError.Reason.unexpectedEnd, 1, 1), ("[1,\n 2,\n x]", .unexpectedByte, 3, 2),
      ("{\"a\"\n1}", .expectedColon, 2, 1), ("{\"a\":1 \"b\"}", .expectedCommaOrBrace, 1, 8),
      ("[1 2]", .expectedCommaOrBracket, 1, 4), ("{a:1}", .expectedName, 1, 2), ("[1] 2", .trailingBytes, 1, 5),
      ("[01]", .invalidNumber, 1, 3), ("[tru]", .invalidLiteral, 1, 2), ("[\"\\x\"]", .invalidEscape, 1, 3),
      ("[\"a\tb\"]", .controlCharacter, 1, 4), ("[\"abc", .unexpectedEnd, 1, 6), ("{\"a\":", .unexpectedEnd, 1, 6),
    ] as [(String, JSONError.Reason, Int, Int)])
  func errors(text: String, reason: JSONError.Reason, line: Int, column: Int) {
    let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: text) }
    #expect(error?.reason == reason)
    #expect(error?.line == line)
    #expect(error?.column == column)
  }
}
