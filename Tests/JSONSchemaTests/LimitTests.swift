import Testing

@testable import JSONSchema

@Suite("Nothing hangs, nothing overflows")
struct LimitTests {
  private let few = SchemaLimits(steps: 200_000, depth: 2000)
  private static let recursive = ##"{"properties":{"a":{"$ref":"#"}},"items":{"$ref":"#"}}"##

  @Test("a document as deep as documents may be must be validated by a schema that contains itself")
  func deep() {
    let lists = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(takes(Self.recursive, lists))
    let objects = String(repeating: #"{"a":"#, count: 511) + "{}" + String(repeating: "}", count: 511)
    #expect(takes(Self.recursive, objects))
    #expect(takes(#"{"uniqueItems":true}"#, "[\(lists.dropFirst().dropLast()),1]"))
  }

  @Test("too many schemas inside each other must leave the question open")
  func depth() {
    let definitions = (0..<5000).map { ##""d\##($0)":{"allOf":[{"$ref":"#/definitions/d\##($0 + 1)"}]}"## }
    let schema = Checked(
      ##"{"definitions":{\##(definitions.joined(separator: ",")),"d5000":{}},"$ref":"#/definitions/d0"}"##)
    #expect(schema.problems == [])
    #expect(schema.verdict("1") == .undecided(.depth))
    #expect(Checked(Self.recursive).verdict("[[[]]]", SchemaLimits(steps: 1000, depth: 2)) == .undecided(.depth))
  }

  @Test("a schema that doubles the work at each level must be given up")
  func exponential() {
    let schema = Checked(##"{"allOf":[{"items":{"$ref":"#"}},{"items":{"$ref":"#"}}]}"##)
    let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    #expect(schema.verdict(deep, few) == .undecided(.steps))
    #expect(schema.takes("[[[]]]"))
  }

  @Test("giving up inside `not` must not turn into an answer")
  func inside() {
    for keyword in [
      ##""not":{"items":{"$ref":"#/definitions/x"}}"##, ##""anyOf":[{"$ref":"#/definitions/x"},{}]"##,
      ##""oneOf":[{"$ref":"#/definitions/x"},{}]"##,
    ] {
      let schema = Checked(
        ##"{"definitions":{"x":{"allOf":[{"items":{"$ref":"#/definitions/x"}},{"items":{"$ref":"#/definitions/x"}}]}},\##(keyword)}"##
      )
      let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
      #expect(schema.verdict(deep, few) == .undecided(.steps), "\(keyword)")
    }
  }

  @Test("a pattern that takes for ever must be given up")
  func pattern() {
    let schema = Checked(#"{"items":{"pattern":"^(a+)+$"}}"#)
    let text = String(repeating: "a", count: 60) + "!"
    let document = "[\(Array(repeating: "\"\(text)\"", count: 1000).joined(separator: ","))]"
    #expect(schema.verdict(document, few) == .undecided(.steps))
  }

  @Test("a large document must be validated whole")
  func large() {
    let schema = Checked(
      #"{"items":{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"name":{"type":"string","maxLength":20}},"additionalProperties":false}}"#
    )
    let elements = (0..<5000).map { #"{"id":\#($0),"name":"name \#($0)"}"# }
    let text = "[\(elements.joined(separator: ","))]"
    #expect(schema.verdict(text, SchemaLimits(bytes: text.utf8.count)) == .valid)
    #expect(schema.verdict("\(text.dropLast()),{}]", SchemaLimits(bytes: text.utf8.count)).isValid == false)
  }

  @Test("a thousand schemas that refer to one another in a row must compile")
  func longChains() {
    let definitions = (0..<20_000).map { ##""d\##($0)":{"$ref":"#/definitions/d\##($0 + 1)"}"## }
    let schema = Checked(
      ##"{"definitions":{\##(definitions.joined(separator: ",")),"d20000":{"type":"null"}},"$ref":"#/definitions/d0"}"##
    )
    #expect(schema.problems == [] && schema.takes("null") && !schema.takes("1"))
  }

  @Test("saying why must come to the same verdict as knowing whether", arguments: [UInt64](1...40))
  func agreement(_ seed: UInt64) {
    var random = Random(state: seed)
    for _ in 0..<20 {
      let checked = Checked(random.schema(4))
      guard !checked.problems.contains(where: { $0.severity == .error }) else { continue }
      for _ in 0..<10 {
        let document = random.value(3)
        switch checked.verdict(document) {
        case .valid, .undecided: break
        case .invalid(let reasons): #expect(!reasons.isEmpty, "\(document)")
        }
      }
    }
  }
}

/// Small schemas and documents that have something to do with each other.
private struct Random {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  mutating func pick(_ choices: [String]) -> String { choices[next(choices.count)] }

  mutating func value(_ depth: Int) -> String {
    switch next(depth > 0 ? 8 : 5) {
    case 0: return "null"
    case 1: return pick(["true", "false"])
    case 2: return pick(["0", "1", "-1", "2.5", "1e3", "10"])
    case 3, 4: return pick(["\"\"", "\"a\"", "\"ab\"", "\"é\""])
    case 5: return "[" + (0..<next(4)).map { _ in value(depth - 1) }.joined(separator: ",") + "]"
    default:
      return "{" + (0..<next(4)).map { _ in "\"\(pick(["a", "b", "c"]))\":\(value(depth - 1))" }.joined(separator: ",")
        + "}"
    }
  }

  mutating func schema(_ depth: Int) -> String {
    var keywords: [String] = []
    for _ in 0..<next(4) {
      switch next(depth > 0 ? 20 : 12) {
      case 0, 1:
        keywords.append(#""type":"\#(pick(["array", "boolean", "integer", "null", "number", "object", "string"]))""#)
      case 2: keywords.append(#""enum":[\#(value(2)),\#(value(1))]"#)
      case 3: keywords.append(#""minimum":\#(next(3)),"exclusiveMinimum":true"#)
      case 4: keywords.append(#""maxLength":\#(next(3))"#)
      case 5: keywords.append(#""required":["a"]"#)
      case 6: keywords.append(#""maxProperties":\#(next(3))"#)
      case 7: keywords.append(#""uniqueItems":true"#)
      case 8: keywords.append(#""minItems":\#(next(3))"#)
      case 9: keywords.append(#""pattern":"^a""#)
      case 10: keywords.append(#""multipleOf":2"#)
      case 11: keywords.append(#""dependencies":{"a":["b"]}"#)
      case 12: keywords.append(#""not":\#(schema(depth - 1))"#)
      case 13:
        keywords.append(#""\#(pick(["allOf", "anyOf", "oneOf"]))":[\#(schema(depth - 1)),\#(schema(depth - 1))]"#)
      case 14:
        keywords.append(#""items":\#(pick([schema(depth - 1), "[\(schema(depth - 1))]"])),"additionalItems":false"#)
      case 15: keywords.append(#""additionalProperties":\#(pick(["false", schema(depth - 1)]))"#)
      case 16: keywords.append(#""patternProperties":{"a|b":\#(schema(depth - 1))}"#)
      case 17: keywords.append(#""dependencies":{"b":\#(schema(depth - 1))}"#)
      default: keywords.append(#""properties":{"a":\#(schema(depth - 1)),"b":\#(schema(depth - 1))}"#)
      }
    }
    return "{\(keywords.joined(separator: ","))}"
  }
}
