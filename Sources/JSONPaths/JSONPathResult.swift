/// What a path finds.
public enum JSONPathResult<Node> {
  /// A definite path leads nowhere.
  case missing
  /// What a definite path leads to.
  case value(Node)
  /// What an indefinite path finds, in order; may be empty.
  case list([Node])
  /// A value that stands nowhere in the document: a function's result, or members picked out of an object.
  case built(JSONPathValue<Node>)
}

/// A value that a path puts together.
public indirect enum JSONPathValue<Node> {
  case node(Node)
  case object([(name: String, value: JSONPathValue<Node>)])
  case list([JSONPathValue<Node>])
  case null
  case bool(Bool)
  /// Java's `Integer`: a length.
  case int(Int)
  /// Java's `Double`: a sum, an average…
  case double(Double)
  case text(String)
}
