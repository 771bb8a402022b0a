extension TemplateFinding {
  /// What a finding is about. The raw value is its id in reports.
  public enum Rule: String, Sendable, CaseIterable {
    case syntax = "vtl-syntax"
    case forbiddenDirective = "vtl-forbidden-directive"
    case printedDirective = "vtl-printed-directive"
    case unknownFunction = "vtl-unknown-function"
    case wrongArguments = "vtl-wrong-arguments"
    case unknownMethod = "vtl-unknown-method"
    case unknownMember = "vtl-unknown-member"
    case undefinedReference = "vtl-undefined-reference"
    case unknownContextVariable = "vtl-unknown-context-variable"
    case badPattern = "vtl-bad-pattern"
    case literalCondition = "vtl-literal-condition"
    case unescapedJSON = "vtl-unescaped-json"
    case unquotedJSON = "vtl-unquoted-json"
    case brokenJSON = "vtl-broken-json"

    /// An error where rendering fails or cannot give what was meant, a warning where it goes on with a result that was
    /// hardly meant.
    public var severity: Severity {
      switch self {
      case .syntax, .forbiddenDirective, .unknownFunction, .wrongArguments, .unknownMethod, .badPattern: .error
      case .printedDirective, .unknownMember, .undefinedReference, .unknownContextVariable, .literalCondition,
        .unescapedJSON, .unquotedJSON, .brokenJSON:
        .warning
      }
    }

    /// What it finds, for lists of the rules.
    public var summary: String {
      switch self {
      case .syntax: "the text is not Velocity"
      case .forbiddenDirective: "#parse and #include, which API Gateway refuses"
      case .printedDirective: "a macro's call, or what is printed and not run"
      case .unknownFunction: "$input or $util has no such function"
      case .wrongArguments: "wrong number of arguments for $input or $util"
      case .unknownMethod: "no value, or no string, has such a method"
      case .unknownMember: "a string has no members and no elements"
      case .undefinedReference: "nothing sets the variable"
      case .unknownContextVariable: "$context has no such variable"
      case .badPattern: "a path or pattern that cannot be read as in Java"
      case .literalCondition: "a literal as a condition is always false"
      case .unescapedJSON: "a client's text between JSON's quotes as it is"
      case .unquotedJSON: "a client's text in JSON without quotes"
      case .brokenJSON: "text that can be no JSON, whatever comes"
      }
    }
  }
}
