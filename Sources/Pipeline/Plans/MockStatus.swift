import Bytes
import JSON

/// The `statusCode` that a MOCK's rendered request template names (spec § 5.3).
enum MockStatus {
  /// Reads `{"statusCode": 200}` as leniently as API Gateway does: names without quotes, spare commas.
  /// - Returns: nil unless there is an integer.
  static func parse(_ text: UnsafeRawBufferPointer) -> Int? {
    guard let document = try? JSONDocument(parsing: text, as: .permissive) else { return nil }
    // A node does not keep its document.
    defer { withExtendedLifetime(document) {} }
    guard let node = document.root.member("statusCode") else { return nil }
    switch node.kind {
    case .number: return node.int64.flatMap { Int(exactly: $0) }
    case .string: return Int(node.string)
    default: return nil
    }
  }

  /// The status that every request without a body gets from these templates; nil where it depends on the request.
  static func constant(_ templates: TemplateTable) -> Int? {
    guard let text = templates.requestTemplate(for: nil)?.constant else { return nil }
    return text.withUnsafeBytes(parse)
  }
}
