import JSON

/// An API's resource policy, as far as it can be honoured before policies are enforced: one that allows everybody
/// everything, as definitions of public APIs often have it, needs no enforcing.
enum ResourcePolicy {
  /// - Parameter policy: JSON text; nil: there is none.
  /// - Returns: whether nobody would be turned away. When in doubt, no.
  static func allowsEverybody(_ policy: String?) -> Bool {
    guard let policy else { return true }
    guard let document = try? JSONDocument(parsing: policy) else { return false }
    // A node does not keep its document.
    defer { withExtendedLifetime(document) {} }
    guard let statements = document.root.member("Statement") else { return false }
    let list = statements.kind == .array ? Array(statements.elements) : [statements]
    return !list.isEmpty && list.allSatisfy(allowsEverybody)
  }

  private static func allowsEverybody(_ statement: JSONNode) -> Bool {
    guard statement.member("Effect")?.string == "Allow", statement.member("Condition") == nil,
      let principal = statement.member("Principal"), let action = statement.member("Action"),
      let resource = statement.member("Resource")
    else { return false }
    return (has(principal) { $0 == "*" } || principal.member("AWS").map { has($0) { $0 == "*" } } ?? false)
      && has(action) { ["*", "execute-api:*", "execute-api:Invoke"].contains($0) }
      && has(resource, isEveryResource)
  }

  /// Whether one of the texts of a member that may be a text or a list of them passes.
  private static func has(_ node: JSONNode, _ test: (String) -> Bool) -> Bool {
    switch node.kind {
    case .string: test(node.string)
    case .array: node.elements.contains { $0.kind == .string && test($0.string) }
    default: false
    }
  }

  /// `*`, `execute-api:/*`, `arn:aws:execute-api:region:account:api/*`; `/*/*/*` behind either.
  private static func isEveryResource(_ text: String) -> Bool {
    if text == "*" { return true }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts.dropFirst().allSatisfy({ $0 == "*" }) else { return false }
    return parts[0] == "execute-api:" || (parts[0].hasPrefix("arn:") && parts[0].contains(":execute-api:"))
  }
}
