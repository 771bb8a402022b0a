import Bytes
import JSON
import Testing

@testable import JSONSchema

/// A schema as a user writes it, and what it makes of documents.
struct Checked {
  static let address = "test:schema"
  private let schema: JSONSchema?
  /// What is wrong with the schema.
  let problems: [SchemaProblem]

  /// - Parameter more: other documents, by address.
  init(_ text: String, more: [String: String] = [:]) {
    let documents = SchemaDocuments()
    do {
      try documents.add(text, at: Self.address)
      for (address, text) in more { try documents.add(text, at: address) }
    } catch {
      Issue.record("not JSON: \(error)")
    }
    let result = documents.compile([Self.address])
    schema = result.schemas[Self.address]
    problems = result.problems
  }

  func verdict(_ document: String, _ limits: SchemaLimits = SchemaLimits()) -> JSONSchema.Verdict {
    do {
      let document = try JSONDocument(parsing: document)
      defer { withExtendedLifetime(document) {} }
      return try #require(schema).validate(document.root, limits: limits)
    } catch {
      Issue.record("\(document.prefix(80)): \(error)")
      return .valid
    }
  }

  func takes(_ document: String) -> Bool { verdict(document).isValid }

  /// Why it does not take a document.
  func reasons(_ document: String) -> [String] {
    if case .invalid(let reasons) = verdict(document) { reasons } else { [] }
  }
}

/// Whether a good schema takes a document.
func takes(_ schema: String, _ document: String) -> Bool {
  let checked = Checked(schema)
  #expect(checked.problems == [])
  return checked.takes(document)
}

/// What is wrong with a schema, one line each.
func problems(_ schema: String) -> [String] {
  Checked(schema).problems.map { "\($0.severity.rawValue) \($0.description.dropFirst(Checked.address.count))" }
}
