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
      case .number: text += Scalar.jsonNumber(scalar.text) ?? quoted(scalar.text)
      case .string: text += quoted(scalar.text)
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
        text += quoted(member.key) + ":"
        write(member.value, into: &text)
      }
      text += "}"
    }
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
