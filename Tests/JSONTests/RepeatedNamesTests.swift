import Bytes
import JSON
import Testing

@Suite struct RepeatedNamesTests {
  static func shown(_ object: JSONNode) -> [String] { object.members.map { "\($0.name.string)=\($0.value.string)" } }

  @Test("a repeated name must keep its first place and take its last value")
  func lastValueFirstPlace() throws {
    let document = try JSONDocument(parsing: #"{"a":1,"b":[2],"\u0061":3,"c":4,"a":5}"#)
    #expect(document.root.count == 3)
    #expect(Self.shown(document.root) == ["a=5", "b=", "c=4"])
    #expect(document.root.member("a")?.int64 == 5)
    withExtendedLifetime(document) {}
  }

  @Test("a repeated name may have a container for its value, before and after")
  func containers() throws {
    let document = try JSONDocument(parsing: #"{"a":{"x":[1,2]},"b":0,"a":{"y":{"z":3}},"c":1,"b":[4]}"#)
    #expect(document.root.members.map(\.name.string) == ["a", "b", "c"])
    #expect(document.root.member("a")?.member("y")?.member("z")?.int64 == 3)
    #expect(document.root.member("a")?.member("x") == nil)
    #expect(document.root.member("b")?.element(at: 0)?.int64 == 4)
    withExtendedLifetime(document) {}
  }

  @Test("repeated names must be found among few and among many", arguments: [2, 3, 15, 16, 17, 40, 1000, 5000])
  func numbers(count: Int) throws {
    let different = count * 2 / 3 + 1
    let members = (0..<count).map { "\"name\($0 % different)\":\($0)" }.joined(separator: ",")
    let document = try JSONDocument(parsing: "{\(members)}")
    let expected = (0..<min(count, different)).map { name in
      "name\(name)=\(name + different < count ? name + different : name)"
    }
    #expect(document.root.count == expected.count)
    #expect(Self.shown(document.root) == expected)
    withExtendedLifetime(document) {}
  }

  @Test(
    "a large container must know its members and elements, whatever is in it, and be written as it came",
    arguments: [31, 32, 33, 63, 64, 65, 500], [JSONFlavour.strict, .permissive])
  func annexes(count: Int, flavour: JSONFlavour) throws {
    func object(_ values: (Int) -> String) -> String {
      "{" + (0..<count).map { "\"n\($0)\\u0041\":\(values($0))" }.joined(separator: ",") + "}"
    }
    let array = "[" + (0..<count).map { "[\($0)]" }.joined(separator: ",") + "]"
    // One inside the other, so that room behind the inner one lies within the outer one.
    let text = "[" + object { $0 % 7 == 0 ? array : $0 % 5 == 0 ? object { "\($0)" } : "\($0)" } + "," + array + ",7]"
    // A comma too many is the permissive parser's.
    let spelled = flavour == .strict ? text : text.dropLast() + ",]"
    let document = try JSONDocument(parsing: String(spelled), as: flavour)
    let root = document.root
    #expect(root.count == 3)
    #expect(root.element(at: 2)?.int64 == 7)
    let members = try #require(root.element(at: 0))
    let elements = try #require(root.element(at: 1))
    #expect(members.count == count && elements.count == count)
    for index in (0..<count).reversed() {
      #expect(elements.element(at: index)?.element(at: 0)?.int64 == Int64(index))
      let value = members.member("n\(index)A")
      switch index {
      case _ where index % 7 == 0:
        #expect(value?.count == count)
        #expect(value?.element(at: count - 1)?.element(at: 0)?.int64 == Int64(count - 1))
      case _ where index % 5 == 0: #expect(value?.member("n\(count - 1)A")?.int64 == Int64(count - 1))
      default: #expect(value?.int64 == Int64(index))
      }
    }
    #expect(members.member("n\(count)A") == nil)
    #expect(elements.element(at: count) == nil)
    #expect(members.members.map(\.name.string) == (0..<count).map { "n\($0)A" })
    #expect(elements.elements.map { $0.element(at: 0)?.int64 } == (0..<count).map { Int64($0) })
    let out = ByteBuffer()
    JSONWriter.write(root, style: .smart, into: out)
    #expect(out.readable.text == text.replacing("\\u0041", with: "A"))
    withExtendedLifetime(document) {}
  }

  @Test("names whose first and last bytes are alike must be told apart")
  func similarNames() throws {
    let names = (0..<300).map { "prefix--\($0)--and a suffix of the same bytes" }
    let document = try JSONDocument(parsing: "{\(names.map { "\"\($0)\":1" }.joined(separator: ","))}")
    #expect(document.root.count == 300)
    #expect(document.root.members.map(\.name.string) == names)
    withExtendedLifetime(document) {}
  }
}
