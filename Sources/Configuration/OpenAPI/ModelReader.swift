import APIModel

/// Schemas in, models out: every schema that the document declares, and one for each that is written where it is used.
/// A schema's `$ref`s become the addresses that models have on AWS, so that a model's text stands by itself (spec § 9).
final class ModelReader {
  private(set) var models: [String: Model] = [:]
  private let definition: APIDefinitionReader
  private let apiID: String
  /// Which model a referenced schema became.
  private var names: [Reference: String] = [:]
  /// The number that the next model of a name gets.
  private var numbers: [String: Int] = [:]
  /// Schemas that have a name and still need their text: a queue, since one may lead to thousands.
  private var pending: [(schema: DocumentNode, name: String)] = []

  init(definition: APIDefinitionReader, apiID: String) {
    self.definition = definition
    self.apiID = apiID
  }

  /// The models of `components.schemas`, or of `definitions`.
  func readDeclared() {
    let key = definition.version == .swagger2 ? "definitions" : "schemas"
    let holder = definition.version == .swagger2 ? definition.root : definition.root.object("components")
    if let components = holder, definition.version == .openAPI3 { ExtensionKeys.check(components, .components) }
    let members = holder?.object(key)?.members ?? []
    let path = definition.version == .swagger2 ? ["definitions"] : ["components", "schemas"]
    for member in members {
      var reference = Reference("#", from: definition.root.location.file)
      reference.keys = path + [member.key]
      names[reference] = member.key
    }
    for member in members { add(member.value, named: member.key) }
    writePending()
  }

  /// The model for a schema as an operation writes it: a reference's name, or a new model called `name`.
  func model(for schema: DocumentNode, called name: String) -> String? {
    if let text = schema["$ref"]?.scalar?.text {
      let name = self.name(of: Reference(text, from: schema.location.file), from: schema)
      writePending()
      return name
    }
    guard schema.members?.isEmpty == false else { return nil }
    let name = unused(name)
    add(schema, named: name)
    writePending()
    return name
  }

  private func add(_ schema: DocumentNode, named name: String) {
    guard schema.members != nil || schema.scalar?.kind == .boolean else {
      definition.findings.error(at: schema.location, "a schema must be an object, not \(schema.kindName)")
      return
    }
    models[name] = Model(name: name, schema: "{}", location: schema.location)
    pending.append((schema, name))
  }

  private func writePending() {
    while let next = pending.popLast() {
      let text = JSONText.of(rewritten(next.schema))  // may add models of its own
      models[next.name]?.schema = text
    }
  }

  /// `schema` with its references made addresses. The tree has at most `DocumentLimits.depth` levels.
  private func rewritten(_ schema: DocumentNode) -> DocumentNode {
    var result = schema
    switch schema.content {
    case .scalar: break
    case .sequence(let items): result.content = .sequence(items.map(rewritten))
    case .mapping(let members):
      result.content = .mapping(
        members.map { member in
          var member = member
          if member.key == "$ref", var scalar = member.value.scalar, scalar.kind == .string {
            scalar.text = address(scalar.text, in: schema)
            member.value.content = .scalar(scalar)
          } else {
            member.value = rewritten(member.value)
          }
          return member
        })
    }
    return result
  }

  private func address(_ reference: String, in schema: DocumentNode) -> String {
    if reference.contains("://") { return reference }
    guard let name = name(of: Reference(reference, from: schema.location.file), from: schema) else { return reference }
    return "https://apigateway.amazonaws.com/restapis/\(apiID)/models/\(name)"
  }

  /// The model that `reference` means; made when it is not there yet.
  private func name(of reference: Reference, from schema: DocumentNode) -> String? {
    if let known = names[reference] { return known }
    guard let target = definition.context.library.resolve(schema) else { return nil }
    let fileName = reference.file.split(separator: "/").last?.split(separator: ".").first.map(String.init)
    let name = unused(reference.keys.last ?? fileName ?? "Model")
    names[reference] = name
    add(target, named: name)
    return name
  }

  /// `name` in letters and digits, with a number behind it when it is taken.
  private func unused(_ name: String) -> String {
    let base = String(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    var candidate = base.isEmpty ? "Model" : base
    while models[candidate] != nil {
      let number = numbers[base, default: 2]
      numbers[base] = number + 1
      candidate = "\(base)\(number)"
    }
    return candidate
  }
}
