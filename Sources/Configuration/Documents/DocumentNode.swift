import APIModel

/// A value that a person wrote in YAML or JSON, and where. Numbers stay the text that they were.
struct DocumentNode: Sendable {
  enum Content: Sendable {
    case scalar(Scalar)
    case sequence([DocumentNode])
    case mapping([Member])
  }

  /// One entry of a mapping; keys are text whatever they look like, so that `200:` and `"200":` are the same key.
  struct Member: Sendable {
    var key: String
    var keyLocation: SourceLocation
    var value: DocumentNode
  }

  var content: Content
  /// Where the value begins.
  var location: SourceLocation

  /// What kind of value it is, as messages say it.
  var kindName: String {
    switch content {
    case .scalar(let scalar): scalar.kind.rawValue
    case .sequence: "a list"
    case .mapping: "an object"
    }
  }

  var members: [Member]? {
    if case .mapping(let members) = content { members } else { nil }
  }

  var scalar: Scalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// `Ref` or `Fn::…`, where the value is a function of CloudFormation's: a definition that is part of its templates.
  var cloudFormationFunction: String? {
    guard let members, members.count == 1, let key = members.first?.key else { return nil }
    return key == "Ref" || key.hasPrefix("Fn::") ? key : nil
  }

  var isNull: Bool { scalar?.kind == .null }

  /// The value of the first member named `key`.
  subscript(key: String) -> DocumentNode? { members?.first { $0.key == key }?.value }
}

/// A string, number, boolean or null.
struct Scalar: Sendable {
  enum Kind: String, Sendable {
    case null = "null"
    case boolean = "a boolean"
    case number = "a number"
    case string = "a string"
  }

  var text: String
  var kind: Kind
  /// Written without quotes.
  var isPlain = false
  /// Where `text` begins: behind the opening quote, or on the first content line of a block scalar.
  var textLocation: SourceLocation
  var layout: TemplateSource.Layout

  /// The kind of a scalar without quotes, by YAML 1.2's core schema (§ 10.3.2).
  static func kind(ofPlain text: String) -> Kind {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE", "false", "False", "FALSE": return .boolean
    default: break
    }
    return jsonNumber(text) == nil ? .string : .number
  }

  /// `text` in JSON's grammar for numbers, where YAML's core schema takes it for one: `+1`, `.5`, `0x1F` and `0o17`
  /// are rewritten; infinities and NaN have no JSON form and so are strings.
  static func jsonNumber(_ text: String) -> String? {
    if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map(String.init) }
    if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8).map(String.init) }
    var rest = Substring(text)
    var sign = ""
    if rest.first == "-" || rest.first == "+" { sign = rest.removeFirst() == "-" ? "-" : "" }
    func digits() -> Substring {
      let run = rest.prefix { $0 >= "0" && $0 <= "9" }
      rest = rest.dropFirst(run.count)
      return run
    }
    let whole = digits()
    var fraction: Substring = ""
    if rest.first == "." {
      rest.removeFirst()
      fraction = digits()
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    var exponent = ""
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      exponent = "e"
      if rest.first == "-" || rest.first == "+" { exponent.append(rest.removeFirst()) }
      let power = digits()
      guard !power.isEmpty else { return nil }
      exponent += power
    }
    guard rest.isEmpty else { return nil }
    let significant = whole.drop { $0 == "0" }
    return sign + (significant.isEmpty ? "0" : significant) + (fraction.isEmpty ? "" : "." + fraction) + exponent
  }
}
