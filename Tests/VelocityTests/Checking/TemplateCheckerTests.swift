import Foundation
import JSON
import Testing

@testable import Velocity

@Suite("Looking templates over before the first request")
struct TemplateCheckerTests {
  private func rules(_ source: String, _ output: TemplateChecker.Output = .other) -> [TemplateFinding.Rule] {
    TemplateChecker.check(source, output: output).map(\.rule)
  }

  @Test("a finding must have rule, place and what to write instead")
  func finding() throws {
    let found = TemplateChecker.check("{\n  \"a\": \"$util.escapeJavascript($input.path('$.a'))\"\n}")
    let finding = try #require(found.first)
    #expect(found.count == 1)
    #expect(finding.rule == .unknownFunction)
    #expect(finding.rule.rawValue == "vtl-unknown-function")
    #expect(finding.severity == .error)
    #expect(finding.line == 2)
    #expect(finding.column == 15)
    #expect(finding.length == 16)
    #expect(finding.suggestion == "did you mean $util.escapeJavaScript()?")
  }

  @Test(
    "each kind of mistake must be found",
    arguments: [
      ("#if($x", TemplateFinding.Rule.syntax), ("#parse('x')", .forbiddenDirective),
      ("#include('x')", .forbiddenDirective),
      ("#macro(m)a#end#m()", .printedDirective), ("#set($x = 1)#evaluate($x)", .printedDirective),
      ("$input.jsn('$')", .unknownFunction),
      ("$input.foo", .unknownFunction), ("$util.toJson($input.body)", .unknownFunction),
      ("$input.json()", .wrongArguments),
      ("$util.urlEncode('a', 'b')", .wrongArguments), ("#set($s = 'a')$s.toUppercase()", .unknownMethod),
      ("$comment.id", .undefinedReference),
      ("$context.requestid", .unknownContextVariable), ("$context.integrationLatency", .unknownContextVariable),
      ("#set($s = 'a')$s.matches('(')", .badPattern), ("$input.path('$.a[')", .badPattern),
      ("#if('x')a#end", .literalCondition), ("$input.body.id", .unknownMember), ("$input.body[0]", .unknownMember),
      ("$stageVariables.url.host", .unknownMember), ("$input.body.size()", .unknownMethod),
      ("$input.params('a').get(0)", .unknownMethod), ("$input.json('$').keySet()", .unknownMethod),
      ("$util.urlDecode($input.body).trim().size()", .unknownMethod),
      ("#set($s = 'a')#set($t = $s)$t.size()", .unknownMethod),
      ("#set($s = \"a$s\")${s.get('x')}", .unknownMethod), ("$input.body.replaceAll('(?U)a', '')", .badPattern),
      ("$input.body.split('[a-z&&[^b]]')", .badPattern),
    ])
  func mistakes(source: String, rule: TemplateFinding.Rule) {
    #expect(rules(source) == [rule])
  }

  @Test(
    "what may be meant must raise no alarm",
    arguments: [
      "#set($x = 1)$x $!undefined #if($undefined == $null)a#end #if($x != $nothing)b#end",
      "$context.authorizer.claims.sub $context.error.message $context.authorizer.tenant",
      "$context.identity.sourceIp.length() $context.identity $context.requestOverride.header.foo",
      "$context.path.class.name", "$stageVariables.any $input.params().header.get('x')",
      "#set($Integer = 0)$Integer.parseInt('1')",
      "#foreach($e in $input.path('$').entrySet())$e.key $foreach.index $velocityCount#end", "#define($d)x#end$d",
      "#set($m = {})$m.put('a', 1).foo $m.anything", "\\$undefined #foo #13ff93 $5.00", "#macro(m $a)$a$b#end",
      "#set($input = {})$input.size() $input.foo", "$input.body.length() $input.class",
      "$input.body.length() $input.params('a').matches('a{2}') $stageVariables.url.empty $input.params().header.size()",
      "#set($s = 'a')#set($s = $input.path('$.a'))$s.size() $s.b $s[0]", "#foreach($s in ['a'])$s.size()#end",
      "#set($s = 'a')$s.split(',').size() $s.split(',')[0] $s.bytes.size() $util.parseJson($s).size()",
      "#define($s)x#end#set($s = 'a')$s.size()", "$input.params().querystring.a.size()",
      "#[[ $undefined.foo() ]]#", "## $undefined.foo()\n", "#if(true)a#end#if(!$input.path('$.a'))b#end",
    ])
  func noAlarm(source: String) {
    #expect(TemplateChecker.check(source).isEmpty)
  }

  @Test(
    "JSON text that cannot be JSON must be found",
    arguments: [
      ("{\"a\": 1,}", 1, 9), ("{\"a\" 1}", 1, 6), ("{\"a\": \"$x\"", 1, 10), ("[1, 2", 1, 5), ("{a: 1}", 1, 2),
      ("{\"a\": 1}}", 1, 9),
      ("{\n \"a\": #if($input.path('$.x'))1,#{else}2,#end\n}", 3, 1), ("<xml/>", 1, 1), ("{\"a\": tru e}", 1, 11),
      ("{\"a\": $x \"b\": 1}", 1, 13),
    ])
  func brokenJSON(source: String, line: Int, column: Int) throws {
    let finding = try #require(TemplateChecker.check("#set($x = 1)" + source, output: .json).first)
    #expect(finding.rule == .brokenJSON)
    #expect(finding.line == line)
    #expect(finding.column == column + (line == 1 ? 12 : 0))
  }

  @Test(
    "JSON text that can be JSON on some way must raise no alarm",
    arguments: [
      "{\"a\": $x}", "[#foreach($i in $x)$i#if($foreach.hasNext),#end#end]", "{\"a\": 1#if($x), \"b\": 2#end}", "$x",
      "  \n", "", "$x$x",
      "{#foreach($k in $x.keySet())\"$k\": \"$x.get($k)\"#if($foreach.hasNext),#end#end}",
      "#if($x){\"a\": 1}#else[]#end", "{\"a\": \"x$x\\\"y\", \"b\": -1.5e3, \"c\": null}",
      "{#set($s = ',')\"a\": 1 $s \"b\": 2}", "{\"a\": 1${x}0}", "#define($rest), \"b\": 2#end{\"a\": 1$rest}",
      "[#foreach($i in $x){\"n\": $i}#if($foreach.hasNext),\n#end#end]",
      "{\"$x\": 1}", "#set($x = 1)", "{\"a\": #if($x)true#{else}false#end}",
    ])
  func soundJSON(source: String) {
    #expect(TemplateChecker.check("#set($x = $input.path('$').a)" + source, output: .json).isEmpty)
  }

  @Test("what API Gateway reads leniently must raise no alarm for a MOCK integration")
  func lenient() {
    #expect(rules("{statusCode: 200,}", .lenientJSON).isEmpty)
    #expect(rules("{'statusCode': 200}", .lenientJSON).isEmpty)
    #expect(rules("{statusCode: 200", .lenientJSON) == [.brokenJSON])
    #expect(rules("{statusCode: 200,}", .json) == [.brokenJSON])
  }

  @Test("what a client sends must not go into a JSON string as it is")
  func unescaped() throws {
    #expect(rules("{\"a\": \"$input.path('$.a')\"}", .json) == [.unescapedJSON])
    #expect(rules("{\"a\": \"x ${input.params('a')}\"}", .json) == [.unescapedJSON])
    #expect(rules("{\"a\": \"$input.json('$.a')\"}", .json) == [.unescapedJSON])
    #expect(rules("{\"a\": \"$util.escapeJavaScript($input.path('$.a'))\"}", .json).isEmpty)
    #expect(rules("{\"a\": $input.json('$.a')}", .json).isEmpty)
    #expect(rules("<a>$input.path('$.a')</a>", .other).isEmpty)
    let finding = try #require(TemplateChecker.check("{\"a\": \"$!{input.params('a')}\"}", output: .json).first)
    #expect(finding.suggestion == "write $util.escapeJavaScript($input.params('a'))")
  }

  @Test("a variable that holds what a client sent must count as that, unless it is checked or may be something else")
  func variables() throws {
    let set = "#set($v = $input.params('v'))"
    let finding = try #require(TemplateChecker.check(set + "{\"a\": \"$v\"}", output: .json).first)
    #expect(finding.rule == .unescapedJSON)
    #expect(finding.suggestion == "write $util.escapeJavaScript($v)")
    #expect(rules(set + "#set($w = $v){\"a\": \"$!{w}\"}", .json) == [.unescapedJSON])
    #expect(rules(set + "#set($v = 'x'){\"a\": \"$v\"}", .json).isEmpty)
    #expect(rules(set + "{\"a\": \"$v.trim()\"}", .json).isEmpty)
    #expect(rules(set + "{\"a\": \"$util.escapeJavaScript($v)\"}", .json).isEmpty)
    #expect(rules(set + "{#if($v.matches('[a-z]+'))\"a\": \"$v\"#end}", .json).isEmpty)
    #expect(rules("#foreach($v in $input.path('$.l')){\"a\": \"$v\"}#end", .json).isEmpty)
  }

  @Test("a parameter of any form must be escaped in a JSON string")
  func parameters() {
    #expect(rules("{\"a\": \"$input.params().header.a\"}", .json) == [.unescapedJSON])
    #expect(rules("{\"a\": \"$input.params().path.get('a')\"}", .json) == [.unescapedJSON])
    #expect(rules("{\"a\": \"$input.params('a').length()\"}", .json).isEmpty)
    #expect(rules("{\"a\": \"$input.params().header.size()\"}", .json).isEmpty)
    #expect(rules("{\"a\": \"$context.identity.sourceIp $stageVariables.a\"}", .json).isEmpty)
  }

  @Test("what may be text must not stand in JSON without quotes, unless a condition has looked at it")
  func unquoted() throws {
    #expect(rules("{\"a\": $input.params('a')}", .json) == [.unquotedJSON])
    #expect(rules("{\"a\": 1#if($input.params('a') != ''), \"b\": $input.params('a')#end}", .json).isEmpty)
    let finding = try #require(TemplateChecker.check("{\"a\": $input.path('$.n')}", output: .json).first)
    #expect(finding.rule == .unquotedJSON)
    #expect(finding.suggestion == "write $input.json('$.n')")
    #expect(rules("{\"a\": $input.path('$.n').size(), \"b\": $input.path('$.n.length()')}", .json).isEmpty)
    #expect(rules("{\"a\": $input.body}", .json) == [.unquotedJSON])
    #expect(rules("$input.body", .json).isEmpty)
    #expect(rules("$input.path('$')", .json).isEmpty)
    #expect(rules("#set($v = $input.path('$.n')){\"a\": $v}", .json).isEmpty)
  }

  @Test("each rule must have an id, a severity, a line for lists and a row in the page of the rules")
  func ruleList() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let page = root.appending(path: "Sources/Velocity/Velocity.docc/TemplateRules.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    for rule in TemplateFinding.Rule.allCases {
      #expect(rule.rawValue.hasPrefix("vtl-"))
      #expect(text.contains("| `\(rule.rawValue)` | \(rule.severity.rawValue) |"))
      #expect(!rule.summary.isEmpty && rule.summary.count <= 50)
    }
    #expect(TemplateFinding.Rule.unknownMethod.severity == .error)
    #expect(TemplateFinding.Rule.unescapedJSON.severity == .warning)
  }

  @Test(
    "the templates of the corpus must raise no alarm", arguments: GoldenFile.all.filter { $0.name.hasPrefix("real-") })
  func corpus(file: GoldenFile) {
    let expected: [String: Set<TemplateFinding.Rule>] = [
      // These two are there to show what happens to what people forget.
      "real-graphql-wrapper": [.undefinedReference], "real-macro-printed": [.printedDirective],
    ]
    #expect(Set(TemplateChecker.check(file.template).map(\.rule)) == expected[file.name] ?? [])
    // What the golden file shows to be JSON is JSON text to the checker too.
    let isJSON = (try? JSONDocument(parsing: file.expected)) != nil
    guard isJSON, expected[file.name] == nil else { return }
    #expect(TemplateChecker.check(file.template, output: .json).isEmpty)
  }

  @Test("what cannot be compiled must be a finding, and nothing else a fault of syntax")
  func agreement() {
    for seed in 1...300 as ClosedRange<UInt64> {
      var generator = TemplateGenerator(seed: seed)
      let source = String(generator.block(pieces: 6).dropLast(Int(seed % 7)))
      let isFaulty = TemplateChecker.check(source).contains { $0.rule == .syntax }
      #expect(isFaulty == ((try? Template(source)) == nil), "\(source)")
    }
  }

  @Test("a checker must come to an end on any text")
  func hostile() {
    for seed in 1...100 as ClosedRange<UInt64> {
      var generator = TemplateGenerator(seed: seed)
      _ = TemplateChecker.check(generator.block(pieces: 8), output: .json)
    }
    _ = TemplateChecker.check("#set($x = 1" + String(repeating: " + $y", count: 5_000) + ")", output: .json)
    _ = TemplateChecker.check(String(repeating: "#if($x){#end", count: 60), output: .json)
    // Loops in loops: each doubles what is followed.
    let loops = String(repeating: "#foreach($x in $y)", count: 90) + "1" + String(repeating: "#end", count: 90)
    _ = TemplateChecker.check("[" + loops + "]", output: .json)
    _ = TemplateChecker.check(String(repeating: "$y\n", count: 20_000), output: .json)
    _ = TemplateChecker.check("{\"a\": \"" + String(repeating: "x", count: 300_000) + "\"}", output: .json)
  }
}
