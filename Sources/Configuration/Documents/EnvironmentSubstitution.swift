import APIModel

/// `${NAME}` and `${NAME:-default}` in the texts of gateway.yaml, written out from the environment; `$${` stands for
/// `${`. Done on the tree rather than on the file, so that a variable's value can never become structure.
struct EnvironmentSubstitution {
  let environment: [String: String]
  let findings: Findings

  /// `node` with every text in it written out. The tree has at most `DocumentLimits.depth` levels.
  func apply(to node: DocumentNode) -> DocumentNode {
    var result = node
    switch node.content {
    case .sequence(let items): result.content = .sequence(items.map(apply))
    case .mapping(let members):
      result.content = .mapping(
        members.map { member in
          var member = member
          member.value = apply(to: member.value)
          return member
        })
    case .scalar(var scalar):
      guard scalar.text.contains("${") else { break }
      var isWhole = true
      scalar.text = substituted(scalar.text, at: node.location, isWhole: &isWhole)
      if !isWhole { findings.spoil(node.location) }
      // What was plain text with a variable in it may have become a number.
      if case .string = scalar.kind, scalar.isPlain { scalar.kind = Scalar.kind(ofPlain: scalar.text) }
      result.content = .scalar(scalar)
    }
    return result
  }

  private func substituted(_ text: String, at place: SourceLocation, isWhole: inout Bool) -> String {
    var result = ""
    var rest = text[...]
    while let opening = rest.firstRange(of: "${") {
      let before = rest[..<opening.lowerBound]
      rest = rest[opening.upperBound...]
      if before.last == "$" {
        result += before.dropLast() + "${"
        continue
      }
      result += before
      guard let close = rest.firstIndex(of: "}") else {
        isWhole = false
        findings.error(
          at: place, "`${` has no closing brace", suggestion: "write `${NAME}` or `${NAME:-default}`, or `$${` for `${`"
        )
        return result
      }
      let inner = rest[..<close]
      rest = rest[rest.index(after: close)...]
      let separator = inner.firstRange(of: ":-")
      let name = String(inner[..<(separator?.lowerBound ?? inner.endIndex)])
      guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
        isWhole = false
        findings.error(
          at: place, "`${\(inner)}` does not name an environment variable",
          suggestion: "write `${NAME}` or `${NAME:-default}`, or `$${` for `${`")
        continue
      }
      // As in a shell, `:-` also stands in for a variable that is empty.
      if let value = environment[name], !value.isEmpty || separator == nil {
        result += value
      } else if let separator {
        result += inner[separator.upperBound...]
      } else {
        isWhole = false
        findings.error(
          at: place, "the environment variable `\(name)` is not set",
          suggestion: "set it, or give a default: `${\(name):-…}`")
      }
    }
    return result + rest
  }
}
