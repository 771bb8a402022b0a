import Bytes
import Testing

@testable import Velocity

@Suite("Compiled templates")
struct TemplateTests {
  @Test(
    "a template that depends on nothing must know its output",
    arguments: [
      "", "{\"statusCode\": 200}", "a ## note\n#[[ $x ]]# \\#end #macro(m)$x#end #foo()", "$5 # #13", "#if(true)a#end",
    ])
  func constant(source: String) throws {
    let template = try Template(source)
    let constant = try #require(template.constant)
    #expect(String(decoding: constant, as: UTF8.self) == (try rendered(source)))
  }

  @Test(
    "a template that depends on anything must not be taken for constant",
    arguments: ["$x", "#set($x = 1)", "#if($x)a#end", "#foreach($x in [])#end", "#stop", "a#break"])
  func varying(source: String) throws {
    #expect(try Template(source).constant == nil)
  }

  @Test(
    "a mistake must be told with its line and column",
    arguments: [
      ("ok\n  #if($x\n", 2, 9), ("é $x.foo( )", 1, 11), ("#set($a = 5 -3)", 1, 13), ("a\n\n  #end", 3, 3),
      ("#foreach($x on $y)#end #set(5 = 3)", 1, 29),
      ("{\n  \"a\": $input.path('$.a'\n}", 3, 1),
    ])
  func place(source: String, line: Int, column: Int) throws {
    let error = try refusal(source)
    #expect(error.line == line)
    #expect(error.column == column)
    #expect(!error.message.isEmpty)
  }

  @Test("rendering must append to what is in the buffer, and leave it alone where it fails")
  func append() throws {
    let out = buffer("before ")
    try Template("$x-after").render(scope(), into: out)
    #expect(out.readable.text == "before ")
    #expect(throws: RenderError.self) { try Template("kept $x#include('x')").render(scope(), into: out) }
    #expect(out.readable.text == "before kept ")
  }

  @Test("one template may be rendered in many tasks at once")
  func concurrent() async throws {
    let template = try Template("#foreach($x in $input.path('$'))$x.name#if($foreach.hasNext),#end#end")
    try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<50 {
        group.addTask {
          let out = ByteBuffer()
          try template.render(scope(body: "[{\"name\": \"\(number)\"}, {\"name\": \"b\"}]"), into: out)
          return out.readable.text
        }
      }
      var texts: Set<String> = []
      for try await text in group { texts.insert(text) }
      #expect(texts.count == 50)
      #expect(texts.contains("7,b"))
    }
  }
}
