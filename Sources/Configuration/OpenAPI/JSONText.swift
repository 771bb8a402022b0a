import JSON

/// Writes a value as compact JSON, its keys in the order in which they were written.
enum JSONText {
  static func of(_ node: DocumentNode) -> String {
    var text = ""
    write(node, into: &text)
    return text
  }

  /// Documents are at most `DocumentLimits.depth` deep, and so is this.
  private static func write(_ node: DocumentNode, into text: inout String) {
    switch node.content {
    case .scalar(let scalar):
      switch scalar.kind {
      case .null: text += "null"
      case .boolean: text += scalar.text.lowercased()
      case .number: text += Scalar.jsonNumber(scalar.text) ?? JSONWriter.quoted(scalar.text)
      case .string: text += JSONWriter.quoted(scalar.text)
      }
    case .sequence(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += "," }
        write(item, into: &text)
      }
      text += "]"
    case .mapping(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        text += JSONWriter.quoted(member.key) + ":"
        write(member.value, into: &text)
      }
      text += "}"
    }
  }
}
