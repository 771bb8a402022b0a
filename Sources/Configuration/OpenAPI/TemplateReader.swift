import APIModel

/// Reads the two kinds of maps that integrations and responses are made of: templates by media type, and expressions by
/// destination.
struct TemplateReader {
  let context: ReadingContext

  /// `{ application/json: text }`, or `{ application/json: { $ref: file.vtl } }`.
  func templates(_ object: ObjectReader, _ key: String) -> [String: TemplateSource] {
    var templates: [String: TemplateSource] = [:]
    for member in object.object(key)?.members ?? [] {
      if let template = template(member.value) { templates[member.key] = template }
    }
    return templates
  }

  /// Nil when the value is null, or no template, which is then said.
  private func template(_ node: DocumentNode) -> TemplateSource? {
    if let reference = node["$ref"]?.scalar, !reference.text.contains("#") {
      let path = FilePath.resolve(reference.text, from: node.location.file)
      guard let text = context.library.text(path, at: reference.textLocation) else { return nil }
      return TemplateSource(text: text, location: SourceLocation(file: path, line: 1, column: 1), isFile: true)
    }
    guard let target = context.library.resolve(node), !target.isNull else { return nil }
    guard let scalar = target.scalar else {
      context.findings.error(
        at: target.location, "a template must be text, or `{ $ref: file.vtl }`, not \(target.kindName)")
      return nil
    }
    var source = TemplateSource(text: scalar.text, location: scalar.textLocation, isFile: false)
    source.layout = scalar.layout
    return source
  }

  /// Where each of the destinations is written.
  func locations(_ object: ObjectReader, _ key: String) -> [String: SourceLocation] {
    let members = object.object(key)?.members ?? []
    return Dictionary(members.map { ($0.key, $0.keyLocation) }, uniquingKeysWith: { first, _ in first })
  }

  /// `{ destination: source }`. A value that is not text is dropped with a warning, as AWS does (spec § 12).
  func expressions(_ object: ObjectReader, _ key: String) -> [String: String] {
    var expressions: [String: String] = [:]
    for member in object.object(key)?.members ?? [] {
      let destination = member.key
      guard let node = context.library.resolve(member.value) else { continue }
      guard let scalar = node.scalar, scalar.kind == .string else {
        context.findings.warning(
          at: node.location,
          "Invalid format for '\(key)'. Expected type string for property '\(destination)' but got "
            + "\(node.scalar.map { $0.kind == .null ? "null" : $0.text } ?? node.kindName); it is left out")
        continue
      }
      expressions[destination] = scalar.text
    }
    return expressions
  }
}
