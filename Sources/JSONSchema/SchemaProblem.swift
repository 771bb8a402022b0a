/// Something wrong with a schema, or worth saying about it.
public struct SchemaProblem: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Sendable {
    /// The schema cannot be used.
    case error
    /// It can, but may not mean what its author thinks.
    case warning
  }

  public let severity: Severity
  /// The address that the document was added under.
  public let document: String
  /// The way to the place from the document's root: names and indexes. Its last one is the keyword in question.
  public let path: [String]
  public let message: String
  /// What to write instead.
  public let suggestion: String?

  public var description: String {
    let pointer = path.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    return "\(document)#\(pointer): \(message)" + (suggestion.map { "; \($0)" } ?? "")
  }
}
