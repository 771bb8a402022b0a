import APIModel
import Testing

@testable import Configuration

@Suite struct EnvironmentSubstitutionTests {
  private func substituted(_ text: String, _ environment: [String: String]) throws -> String {
    let findings = Findings()
    let node = EnvironmentSubstitution(environment: environment, findings: findings)
      .apply(to: try Loading.document(text))
    #expect(findings.sorted == [])
    return JSONText.of(node)
  }

  @Test(
    "a variable must be written out",
    arguments: [
      ("\"${A}\"", "\"x\""), ("\"a${A}b${A}\"", "\"axbx\""), ("\"${A:-d}\"", "\"x\""), ("\"${B:-d}\"", "\"d\""),
      ("\"${EMPTY:-d}\"", "\"d\""), ("\"${EMPTY}\"", "\"\""), ("\"${B:-}\"", "\"\""), ("\"$${A}\"", "\"${A}\""),
      ("\"$A $\"", "\"$A $\""), ("\"${B:-http://x:1/}\"", "\"http://x:1/\""), ("${N}", "4"), ("\"${N}\"", "\"4\""),
    ])
  func values(text: String, json: String) throws {
    #expect(try substituted(text, ["A": "x", "EMPTY": "", "N": "4"]) == json)
  }

  @Test("a variable's value must never become structure")
  func structure() throws {
    #expect(try substituted("a: \"${A}\"", ["A": "x }\nb: ${A}"]) == #"{"a":"x }\nb: ${A}"}"#)
  }
}
