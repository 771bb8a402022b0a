import Testing

@testable import Pipeline

@Suite("Resource policies")
struct ResourcePolicyTests {
  private func statement(_ change: [String: String] = [:]) -> String {
    var members = [
      "Effect": #""Allow""#, "Principal": #""*""#, "Action": #""execute-api:Invoke""#,
      "Resource": #""execute-api:/*""#,
    ]
    members.merge(change) { $1 }
    return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  private func allows(_ statements: String...) -> Bool {
    ResourcePolicy.allowsEverybody(#"{"Version":"2012-10-17","Statement":["# + statements.joined(separator: ",") + "]}")
  }

  @Test("A policy that allows everybody everything must be honoured by letting everybody in")
  func open() {
    #expect(ResourcePolicy.allowsEverybody(nil))
    #expect(allows(statement()))
    #expect(allows(statement(["Principal": #"{"AWS":"*"}"#, "Action": #"["execute-api:Invoke"]"#])))
    #expect(allows(statement(["Resource": #"["arn:aws:execute-api:eu-west-1:123456789012:abc/*/*/*"]"#])))
    #expect(ResourcePolicy.allowsEverybody(#"{"Statement":\#(statement())}"#))
  }

  @Test("Anything else must turn everybody away until policies are enforced")
  func closed() {
    #expect(!allows(statement(), statement(["Effect": #""Deny""#])))
    #expect(!allows(statement(["Condition": "{}"])))
    #expect(!allows(statement(["Principal": #"{"AWS":"arn:aws:iam::1:root"}"#])))
    #expect(!allows(statement(["Resource": #""execute-api:/dev/GET/pets""#])))
    #expect(!allows(statement(["Resource": #""execute-api:/*/GET/pets""#])))
    #expect(!allows(statement(["Action": #""s3:GetObject""#])))
    #expect(!allows())
    for text in ["", "{}", "[]", "nonsense", #"{"Statement":1}"#] { #expect(!ResourcePolicy.allowsEverybody(text)) }
  }
}
