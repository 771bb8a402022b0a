import Bytes
import Testing

@testable import Velocity

@Suite("Which line of a template wrote which bytes")
struct RenderTraceTests {
  private func explained(_ source: String, body: String? = nil) throws -> [(line: Int, text: String)] {
    let out = buffer("before")
    let pieces = try Template(source).explain(scope(body: body), into: out)
    let output = Array(out.readable.dropFirst("before".utf8.count))
    #expect(pieces.map(\.bytes.count).reduce(0, +) == output.count)
    #expect(try rendered(source, body: body) == String(decoding: output, as: UTF8.self))
    return pieces.map { ($0.line, String(decoding: output[$0.bytes], as: UTF8.self)) }
  }

  @Test("every byte must belong to the line of what wrote it")
  func lines() throws {
    let pieces = try explained("a\nb $input.path('$.x')\n#foreach($i in [1, 2])\n<$i>\n#end\nend\n", body: "{\"x\": 7}")
    #expect(pieces.map(\.line) == [1, 2, 2, 2, 4, 4, 4, 4, 4, 4, 6])
    #expect(pieces.map(\.text) == ["a\n", "b ", "7", "\n", "<", "1", ">\n", "<", "2", ">\n", "end\n"])
  }

  @Test("a block must be told by its own lines, a string by the line that it is rendered on")
  func blocks() throws {
    let pieces = try explained("#define($d)\nx\n#end\n#set($s = \"a\n$d\")\n$s\n$d")
    #expect(pieces.filter { $0.text == "x\n" }.map(\.line) == [2])
    #expect(pieces.contains { $0.text == "a\nx\n" && $0.line == 6 })
  }

  @Test("a template without references must be told too")
  func constant() throws {
    #expect(try explained("a\n## note\nb\n").map(\.line) == [1, 3])
  }
}
