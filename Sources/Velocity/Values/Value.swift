import JSON

/// A Java object, as a template sees it.
enum Value {
  /// Java's null: not the empty string that an undefined reference is.
  case null
  case bool(Bool)
  /// `Integer`.
  case int(Int32)
  /// `Long`.
  case long(Int64)
  /// `Double`.
  case double(Double)
  /// `Character`, one UTF-16 code unit.
  case character(UInt16)
  /// `String`.
  case text(Text)
  /// A string, an object or an array of a parsed document, not looked into yet. Scalars of other kinds never stay nodes.
  case node(JSONNode)
  case object(JavaObject)

  static var emptyText: Value { .text(.empty) }

  /// What a node of a document is.
  @inline(__always) init(_ node: JSONNode) {
    switch node.kind {
    case .string, .object, .array: self = .node(node)
    case .true: self = .bool(true)
    case .false: self = .bool(false)
    case .null: self = .null
    case .number: self = Number.value(of: node)
    }
  }

  init(_ text: String) { self = .text(Text(text)) }

  var isNull: Bool { if case .null = self { true } else { false } }

  var isString: Bool {
    switch self {
    case .text: true
    case .node(let node): node.kind == .string
    default: false
    }
  }

  /// A string's text; nil for anything else.
  var asText: Text? {
    switch self {
    case .text(let text): text
    case .node(let node) where node.kind == .string: Text(contentsOf: node)
    default: nil
    }
  }

  var asNumber: Number? {
    switch self {
    case .int(let value): .int(value)
    case .long(let value): .long(value)
    case .double(let value): .double(value)
    case .object(let object): (object as? NumberObject)?.number
    default: nil
    }
  }

  /// An `Integer`, as a parameter of type `int` takes it; no other number is converted.
  var asInt: Int? {
    switch self {
    case .int(let value): Int(value)
    case .object(let object):
      switch (object as? NumberObject)?.number {
      case .byte(let value): Int(value)
      case .short(let value): Int(value)
      default: nil
      }
    default: nil
    }
  }
}

extension Text {
  /// The contents of a string of a document, halves of surrogate pairs included.
  init(contentsOf node: JSONNode) {
    guard node.hasEscapes else {
      self.init(bytes: Array(node.raw))
      return
    }
    self = StringEscapes.decode(node.raw)
  }
}
