import Foundation
import Testing

@Suite struct RenderLinesTests {
  @Test("each line of standard input must be answered by one line, in order")
  func answers() throws {
    let lines = """
      {"id":1,"template":"$input.path('$.a')","aws":{"body":"{\\"a\\":1}"}}

      {"id":"x","template":"$input.params('p') $context.requestId $stageVariables.s","aws":{"params":{"path":{"p":"q"}},"context":{"requestId":"r"},"stageVariables":{"s":"t"}}}
      {"template":"$name $name.length()","context":{"name":"abc"}}
      {"id":4,"template":"a\\n#if($x"}
      {"id":5,"template":"ab$input.body.substring(9)","aws":{"body":"text"}}
      no JSON
      """
    let outcome = try Command()("render", "--jsonl", input: lines)
    #expect(outcome.code == 0)
    #expect(outcome.error == "")
    let answers = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(answers[0] == #"{"id":1,"output":"1"}"#)
    #expect(answers[1] == #"{"id":"x","output":"q r t"}"#)
    #expect(answers[2] == #"{"output":"abc 3"}"#)
    #expect(answers[3].hasPrefix(#"{"id":4,"error":"ParseErrorException: 2:"#))
    #expect(answers[4].hasPrefix(#"{"id":5,"error":"MethodInvocationException: 1:"#))
    #expect(answers[4].hasSuffix(#","partial":"ab"}"#))
    #expect(answers[5] == #"{"error":"IllegalArgumentException: the line is no JSON object"}"#)
    #expect(answers[6...] == [""])
  }

  @Test("lines longer than what is read at once must be answered whole")
  func longLines() throws {
    let text = String(repeating: "x", count: 300_000)
    let line = #"{"template":"$input.body.length()","aws":{"body":""# + text + #""}}"#
    let outcome = try Command()("render", "--jsonl", input: "\(line)\n\(line)\n\(line)")
    #expect(outcome.output == String(repeating: #"{"output":"300000"}"# + "\n", count: 3))
  }

  @Test("--jsonl must refuse a template and values of another place")
  func usage() throws {
    let command = try Command(files: ["t.vtl": ""])
    #expect(try command("render", "--jsonl", "t.vtl").code == 64)
    #expect(try command("render", "--jsonl", "--params", "a=b").code == 64)
    #expect(try command("render").code == 64)
  }
}
