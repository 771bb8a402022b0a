import Bytes
import Foundation
import JSON
import Testing

@testable import Velocity

/// Templates with what Apache Velocity 1.7 and Jayway JsonPath made of them: two lines for each, request and answer, in the
/// form of `OracleProtocol`. An answer `"error": true` says that they failed too.
///
/// - `generated.jsonl`: from `TemplateGenerator`
/// - `handmade.jsonl`: the corners of the language, one by one. Where Jayway 2.0 does not know what the specification asks
///   for (negative indexes, double quotes, `length()`), the answer is the specification's.
/// - `differed.jsonl`: what once differed, made short
@Suite("Templates with Velocity's answers")
struct GeneratedTemplatesTests {
  private struct Case {
    var request: String
    var answer: String
  }

  private static func cases(_ name: String) -> [Case] {
    let url = GoldenFile.folder.appendingPathComponent("\(name).jsonl")
    let lines = (try? Data(contentsOf: url)).map { $0.split(separator: 10) } ?? []
    return stride(from: 0, to: lines.count - 1, by: 2).map {
      Case(request: String(decoding: lines[$0], as: UTF8.self), answer: String(decoding: lines[$0 + 1], as: UTF8.self))
    }
  }

  @Test(
    "every template must render as Velocity renders it",
    arguments: [("generated", 2_000), ("handmade", 372), ("differed", 49)])
  func sample(name: String, count: Int) throws {
    let cases = GeneratedTemplatesTests.cases(name)
    #expect(cases.count == count)
    for sample in cases {
      let ours = try AnswerLine(to: sample.request)
      let theirs = try JSONDocument(parsing: sample.answer)
      let output = ours.member("output")?.string
      #expect(output == theirs.root.member("output")?.string, "\(sample.request)")
      #expect((ours.member("error") != nil) == (theirs.root.member("error") != nil), "\(sample.request)")
    }
  }

  @Test("the generator must write the same line for the same seed, and lines that can be answered")
  func deterministic() throws {
    for seed in 1...300 as ClosedRange<UInt64> {
      var one = TemplateGenerator(seed: seed)
      var other = TemplateGenerator(seed: seed)
      let line = one.line(id: Int(seed))
      #expect(line == other.line(id: Int(seed)))
      let answer = try AnswerLine(to: line)
      #expect((answer.member("output") != nil) != (answer.member("error") != nil))
    }
  }

  @Test("a text that shows a fault must be made as short as it can be")
  func shrinking() throws {
    let long = "text #set($s = 'abc')#foreach($x in [1, 2])$x#end more $s.substring(7) and the rest"
    let short = TemplateShrinker.shrink(long) { template in
      do {
        _ = try rendered(template)
        return false
      } catch { return "\(error)".contains("StringIndexOutOfBounds") }
    }
    #expect(short.contains("substring("))
    #expect(short.count < 40, "\(short)")
  }
}
