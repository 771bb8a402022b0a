import JSON

/// Documents with schemas in them, under their addresses, and what `$ref`s between them lead to. Nothing is ever fetched:
/// a reference leads to a document that was added, to the meta-schema of draft 04, or nowhere.
///
/// Belongs to one load. Adding a document lets everything in it that has an `id` be referred to.
public final class SchemaDocuments {
  private var documents: [SchemaDocument] = []
  /// By address without fragment: documents, and schemas with an `id`.
  private var resources: [String: SchemaPlace] = [:]
  /// By whole address: schemas with an `id` such as `#name`.
  private var anchors: [String: SchemaPlace] = [:]
  private var hasMetaSchema = false

  public init() {}

  /// - Parameter address: an absolute URI, without a fragment.
  /// - Throws: where the text is not JSON.
  public func add(_ text: String, at address: String) throws(JSONError) {
    let document = SchemaDocument(address: address, json: try JSONDocument(parsing: text))
    documents.append(document)
    resources[address] = document.root
    identify(document)
  }

  /// Whether a document was added under an address.
  public func contains(_ address: String) -> Bool { resources[address] != nil }

  /// Finds every schema with an `id`, where schemas can be: an `enum`'s values are none.
  private func identify(_ document: SchemaDocument) {
    var open = [document.root]
    while let place = open.popLast() {
      let scope = place.scope
      if scope != place.base {
        let address = scope.withoutFragment
        if scope.fragment?.isEmpty == false {
          anchors[scope.text] = anchors[scope.text] ?? place
        }
        // What is only given a name in its document is not one of its own.
        if address != place.base.withoutFragment { resources[address] = resources[address] ?? place }
      }
      // The keywords beside a `$ref` count for nothing.
      guard place.node.member("$ref")?.kind != .string else {
        open += Subschemas.definitions(of: place, scope)
        continue
      }
      open += Subschemas.all(of: place, scope)
    }
  }

  /// The schema that a document is.
  func root(_ address: String) -> SchemaPlace? { resources[address] }

  /// What a `$ref` leads to; nil where it leads nowhere.
  func resolve(_ reference: String, from base: URIReference) -> SchemaPlace? {
    let target = URIReference(reference).resolved(against: base)
    let address = target.withoutFragment
    if resources[address] == nil, address == MetaSchema.address, !hasMetaSchema {
      hasMetaSchema = true
      try? add(MetaSchema.text, at: address)
    }
    guard let fragment = target.fragment, !fragment.isEmpty else { return resources[address] }
    guard let keys = URIReference.pointer(fragment) else { return anchors[target.text] }
    return resources[address].flatMap { Self.walk(keys, from: $0) }
  }

  private static func walk(_ keys: [String], from start: SchemaPlace) -> SchemaPlace? {
    var place = start
    for key in keys {
      let next: JSONNode?
      switch place.node.kind {
      case .object: next = place.node.member(key)
      case .array: next = Int(key).flatMap { place.node.element(at: $0) }
      case .null, .false, .true, .number, .string: next = nil
      }
      guard let next else { return nil }
      place = place.child(next, key, scope: place.scope)
    }
    return place
  }
}

/// Where schemas are inside a schema.
enum Subschemas {
  /// Keywords whose value is a schema.
  static let single: Set<String> = ["not", "additionalItems", "additionalProperties", "items"]
  /// Keywords whose value is a list of schemas.
  static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "items"]
  /// Keywords whose value has schemas by name.
  static let maps: Set<String> = ["properties", "patternProperties", "definitions", "dependencies"]

  static func all(of place: SchemaPlace, _ scope: URIReference) -> [SchemaPlace] {
    var found: [SchemaPlace] = []
    for (name, value) in place.node.members {
      let keyword = name.string
      switch value.kind {
      case .object where single.contains(keyword): found.append(place.child(value, keyword, scope: scope))
      case .object where maps.contains(keyword): found += members(of: value, keyword, place, scope)
      case .array where lists.contains(keyword):
        for (index, element) in value.elements.enumerated() where element.kind == .object {
          found.append(place.child(element, keyword, String(index), scope: scope))
        }
      default: break
      }
    }
    return found
  }

  static func definitions(of place: SchemaPlace, _ scope: URIReference) -> [SchemaPlace] {
    place.node.member("definitions").map { members(of: $0, "definitions", place, scope) } ?? []
  }

  private static func members(
    of value: JSONNode, _ keyword: String, _ place: SchemaPlace, _ scope: URIReference
  ) -> [SchemaPlace] {
    value.members.filter { $0.value.kind == .object }.map { name, value in
      place.child(value, keyword, name.string, scope: scope)
    }
  }
}
