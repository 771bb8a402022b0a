import JSON

/// A JSON Schema of draft 04, compiled: what the body of a request must look like. Immutable; validates on any thread.
///
/// Made by `SchemaDocuments.compile`. Validating a document that is valid allocates next to nothing, and no document
/// makes it hang or overflow the stack.
public final class JSONSchema: Sendable {
  /// What a document comes to.
  public enum Verdict: Equatable, Sendable {
    case valid
    /// Why not, in the words of the validator that API Gateway uses; at least one.
    case invalid([String])
    /// To tell would take more work than a document may cause.
    case undecided(Limit)

    public var isValid: Bool { self == .valid }
  }

  /// What stopped a validation.
  public enum Limit: String, Error, Sendable {
    case depth = "the document is nested too deeply for its schema"
    case steps = "the document takes too many steps to validate"
    case number = "the document has a number with too large an exponent"
  }

  let program: SchemaProgram
  let root: Int32

  init(program: SchemaProgram, root: Int32) {
    self.program = program
    self.root = root
  }

  /// Validates a value of a document that was parsed strictly.
  ///
  /// It looks twice at a document that is not valid: first to know, then to say why.
  public func validate(_ value: JSONNode, limits: SchemaLimits = SchemaLimits()) -> Verdict {
    var validation = Validation(program, limits: limits, reports: false)
    if validation.check(root, value) { return .valid }
    if let limit = validation.limit { return .undecided(limit) }
    validation = Validation(program, limits: limits, reports: true)
    _ = validation.check(root, value)
    if let limit = validation.limit { return .undecided(limit) }
    return .invalid(validation.reasons)
  }
}

/// What one validation may cost.
public struct SchemaLimits: Sendable {
  /// One for each value that a schema is applied to, and more for what looks at many bytes. About 10 ns each.
  public var steps: Int
  /// Schemas applied inside each other.
  public var depth: Int

  /// - Parameter bytes: length of the document: a longer one may take more steps.
  public init(bytes: Int = 0, depth: Int = 2000) {
    steps = 2_000_000 + 8 * max(0, min(bytes, 1 << 30))
    self.depth = depth
  }

  public init(steps: Int, depth: Int) {
    self.steps = steps
    self.depth = depth
  }
}
