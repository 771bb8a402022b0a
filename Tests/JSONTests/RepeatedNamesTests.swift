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

  @Test("names whose first and last bytes are alike must be told apart")
  func similarNames() throws {
    let names = (0..<300).map { "prefix--\($0)--and a suffix of the same bytes" }
    let document = try JSONDocument(parsing: "{\(names.map { "\"\($0)\":1" }.joined(separator: ","))}")
    #expect(document.root.count == 300)
    #expect(document.root.members.map(\.name.string) == names)
    withExtendedLifetime(document) {}
  }
}
