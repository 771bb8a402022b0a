import Bytes
import JSON
import Testing

@Suite struct JSONNodeTests {
  @Test("elements must be found by index in flat and in nested arrays")
  func elements() throws {
    let document = try JSONDocument(parsing: #"[[1,2,3],[[4],{"a":[5]},6],[]]"#)
    let root = document.root
    #expect(root.element(at: 0)?.element(at: 2)?.int64 == 3)
    #expect(root.element(at: 1)?.element(at: 1)?.member("a")?.element(at: 0)?.int64 == 5)
    #expect(root.element(at: 1)?.element(at: 2)?.int64 == 6)
    #expect(root.element(at: 2)?.element(at: 0) == nil)
    #expect(root.element(at: 3) == nil)
    #expect(root.element(at: -1) == nil)
    #expect(root.elements.map(\.count) == [3, 3, 0])
    withExtendedLifetime(document) {}
  }

  @Test("a value of another kind must have no members and no elements")
  func otherKinds() throws {
    let document = try JSONDocument(parsing: #"[1,"a",null,[],{}]"#)
    for node in document.root.elements {
      #expect(node.count == 0)
      #expect(node.member("a") == nil)
      #expect(node.element(at: 0) == nil)
      #expect(node.elements.map(\.kind).isEmpty)
      #expect(node.members.map(\.name.kind).isEmpty)
    }
  }

  @Test("a member must be found by name, by bytes and by a prepared name")
  func members() throws {
    let document = try JSONDocument(
      parsing:
        #"{"":0,"a":1,"ab":2,"abcd":3,"abcdefgh":4,"abcdefghijkl":5,"\u00e9\n":6,"a name much longer than a word":7}"#)
    let names = ["", "a", "ab", "abcd", "abcdefgh", "abcdefghijkl", "é\n", "a name much longer than a word"]
    for (index, name) in names.enumerated() {
      #expect(document.root.member(name)?.int64 == Int64(index))
      #expect(document.root.member(JSONName(name))?.int64 == Int64(index))
      #expect(Array(name.utf8).withUnsafeBytes { document.root.member($0)?.int64 } == Int64(index))
    }
    for name in ["b", "abc", "abcdefgi", "abcdefghijkm", "é", "\u{e9}\\n", "a name much longer than a work"] {
      #expect(document.root.member(name) == nil)
    }
    #expect(document.root.members.map(\.name.string) == names)
    withExtendedLifetime(document) {}
  }

  @Test("contents must come decoded, raw bytes as they stand in the text")
  func contents() throws {
    let document = try JSONDocument(parsing: #"["plain","with\nescape",-1.50,true]"#)
    let nodes = Array(document.root.elements)
    #expect(nodes.map(\.raw.text) == ["plain", #"with\nescape"#, "-1.50", ""])
    #expect(nodes.map(\.hasEscapes) == [false, true, false, false])
    let out = ByteBuffer()
    for node in nodes { node.writeContents(into: out) }
    #expect(out.readable.text == "plainwith\nescape-1.50")
    #expect(Array("with\nescape".utf8).withUnsafeBytes { nodes[1].contentsEqual($0) })
    #expect(!Array("with\nescapf".utf8).withUnsafeBytes { nodes[1].contentsEqual($0) })
    #expect(!Array("plai".utf8).withUnsafeBytes { nodes[0].contentsEqual($0) })
    withExtendedLifetime(document) {}
  }

  @Test("contents must be lent, and compared with names, decoded")
  func lentContents() throws {
    let document = try JSONDocument(parsing: #"{"a\u0062":"c\nd","plain":12.50}"#)
    let members = Array(document.root.members)
    #expect(members.map { $0.name.withContents(\.text) } == ["ab", "plain"])
    #expect(members.map { $0.value.withContents(\.text) } == ["c\nd", "12.50"])
    #expect(members[0].name.isNamed(JSONName("ab")) && !members[0].name.isNamed(JSONName("a")))
    #expect(members.map(\.name.hashOfName) == [JSONName("ab").hash, JSONName("plain").hash])
    #expect(document.root.entryCount == 5 && members[0].value.entryCount == 1)
    withExtendedLifetime(document) {}
  }
}
