import APIModel
import Foundation

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
      if text.hasPrefix(Model.addresses) { return modelName(ofAddress: text, at: schema.location) }
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
    models[name]?.locate = { path in Self.place(path, in: schema) }
    pending.append((schema, name))
  }

  /// Where the value at `path` is written, by its key where it has one; the nearest place around it that is written.
  private static func place(_ path: [String], in schema: DocumentNode) -> SourceLocation {
    var node = schema
    var place = schema.location
    for key in path {
      switch node.content {
      case .mapping(let members):
        guard let member = members.first(where: { $0.key == key }) else { return place }
        place = member.keyLocation
        node = member.value
      case .sequence(let items):
        guard let index = Int(key), items.indices.contains(index) else { return place }
        node = items[index]
        place = node.location
      case .scalar: return place
      }
    }
    return place
  }

  private func writePending() {
    while let next = pending.popLast() {
      let text = JSONText.of(rewritten(next.schema))  // may add models of its own
      models[next.name]?.schema = text
    }
  }

  /// `schema` with its references made addresses: those that stand where a schema stands, and not what looks like one in
  /// an `example`. The tree has at most `DocumentLimits.depth` levels.
  private func rewritten(_ schema: DocumentNode) -> DocumentNode {
    guard let members = schema.members else { return schema }
    var result = schema
    result.content = .mapping(
      members.map { member in
        var member = member
        if member.key == "$ref", var scalar = member.value.scalar, scalar.kind == .string {
          if let address = address(scalar.text, in: schema, at: member.value.location) {
            scalar.text = address
            member.value.content = .scalar(scalar)
          } else {
            // It has been said that it leads nowhere.
            definition.findings.spoil(member.keyLocation)
          }
        } else if SchemaPositions.single.contains(member.key), member.value.members != nil {
          member.value = rewritten(member.value)
        } else if SchemaPositions.lists.contains(member.key), case .sequence(let items) = member.value.content {
          member.value.content = .sequence(items.map(rewritten))
        } else if SchemaPositions.maps.contains(member.key), let schemas = member.value.members {
          member.value.content = .mapping(
            schemas.map { entry in
              var entry = entry
              entry.value = rewritten(entry.value)
              return entry
            })
        }
        return member
      })
    return result
  }

  /// Nil: it leads nowhere, which is then said.
  private func address(_ reference: String, in schema: DocumentNode, at place: SourceLocation) -> String? {
    if reference.hasPrefix(Model.addresses) {
      let fragment = reference.firstIndex(of: "#").map { reference[$0...] } ?? ""
      return modelName(ofAddress: reference, at: place).map { Model.address(api: apiID, name: $0) + fragment }
    }
    if reference.contains("://") { return reference }
    guard let name = name(of: Reference(reference, from: schema.location.file), from: schema) else { return nil }
    return Model.address(api: apiID, name: name)
  }

  /// The model that an address on AWS means, whatever the API's id there. Nil: there is none, which is then said.
  private func modelName(ofAddress text: String, at place: SourceLocation) -> String? {
    let parts = text.dropFirst(Model.addresses.count).prefix { $0 != "#" }.split(separator: "/")
    let known = Set(models.keys).union(["Empty", "Error"])
    guard parts.count == 3, parts[1] == "models", let name = parts[2].removingPercentEncoding, known.contains(name)
    else {
      definition.findings.error(
        at: place, "no model is named `\(parts.last ?? "")`",
        suggestion: Suggestion.near(String(parts.last ?? ""), among: known.sorted()))
      return nil
    }
    return name
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

/// Where schemas stand inside a schema, in JSON Schema of any draft and in OpenAPI.
private enum SchemaPositions {
  static let single: Set = [
    "items", "additionalItems", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties",
  ]
  static let lists: Set = ["items", "allOf", "anyOf", "oneOf", "prefixItems"]
  static let maps: Set = [
    "properties", "patternProperties", "definitions", "dependencies", "$defs", "dependentSchemas",
  ]
}
