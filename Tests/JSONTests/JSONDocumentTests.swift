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
    #expect(root.member("n")?.isInteger == true)
    #expect(root.member("r")?.isInteger == false)
    #expect(root.member("r")?.double == 1500)
    #expect(root.member("t")?.kind == .true)
    #expect(root.member("f")?.kind == .false)
    #expect(root.member("z")?.kind == .null)
    #expect(root.member("a")?.count == 3)
    #expect(root.member("a")?.element(at: 1)?.element(at: 1)?.int64 == 3)
    #expect(root.member("a")?.element(at: 2)?.kind == .object)
    #expect(root.member("a")?.element(at: 3) == nil)
    #expect(root.member("o")?.member("x")?.count == 0)
    #expect(root.member("none") == nil)
    #expect(root.members.map(\.name.string) == ["s", "n", "r", "t", "f", "z", "a", "o"])
  }

  @Test("a repeated name must keep its first place and take its last value")
  func repeatedNames() throws {
    let document = try JSONDocument(parsing: #"{"a":1,"b":[2],"\u0061":3,"c":4,"a":5}"#)
    #expect(document.root.count == 3)
    #expect(document.root.members.map { "\($0.name.string)=\($0.value.string)" } == ["a=5", "b=", "c=4"])
    #expect(document.root.member("a")?.int64 == 5)
  }

  @Test("repeated names must be found in large objects too")
  func repeatedNamesAmongMany() throws {
    let members = (0..<1000).map { "\"name\($0 % 700)\":\($0)" }.joined(separator: ",")
    let document = try JSONDocument(parsing: "{\(members)}")
    #expect(document.root.count == 700)
    #expect(document.root.member("name5")?.int64 == 705)
    #expect(document.root.member("name699")?.int64 == 699)
    #expect(document.root.members.map(\.name.string) == (0..<700).map { "name\($0)" })
  }

  @Test(
    "escapes must be decoded",
    arguments: [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""a\u00e9\u4e2d""#, "aé中"), (#""\ud83d\ude00!""#, "😀!"),
      (#""\ud83d""#, "?"), (#""\ud83dx\ude00""#, "?x?"), (#""\ud83d\ud83d\ude00""#, "?😀"), (#""""#, ""),
    ])
  func escapes(text: String, contents: String) throws {
    let document = try JSONDocument(parsing: text)
    #expect(document.root.string == contents)
  }
}
