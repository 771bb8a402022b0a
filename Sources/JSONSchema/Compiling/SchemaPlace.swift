import JSON

/// A value inside one of the documents that schemas are read from, and how to get there.
struct SchemaPlace {
  let document: SchemaDocument
  let node: JSONNode
  /// What `id`s and references in it are relative to, before its own `id`.
  let base: URIReference
  let path: Path

  /// Names and indexes from the root, as a list that shares its beginning with others.
  final class Path {
    let parent: Path?
    let key: String

    init(_ parent: Path?, _ key: String) {
      self.parent = parent
      self.key = key
    }
  }

  /// A member or element of it; its own `id` has been seen to.
  func child(_ node: JSONNode, _ keys: String..., scope: URIReference) -> SchemaPlace {
    var path = self.path
    for key in keys { path = Path(path, key) }
    return SchemaPlace(document: document, node: node, base: scope, path: path)
  }

  /// What references below are relative to: the base with its own `id`, which counts for nothing beside a `$ref`.
  var scope: URIReference {
    guard let id = node.member("id"), id.kind == .string, node.member("$ref")?.kind != .string else { return base }
    return URIReference(id.string).resolved(against: base)
  }

  var keys: [String] {
    var keys: [String] = []
    var path: Path? = self.path
    // The root has no key.
    while let current = path, current.parent != nil {
      keys.append(current.key)
      path = current.parent
    }
    return keys.reversed()
  }
}

/// A document that was added, which keeps what its places point into.
final class SchemaDocument {
  let address: String
  let json: JSONDocument

  init(address: String, json: JSONDocument) {
    self.address = address
    self.json = json
  }

  var root: SchemaPlace {
    SchemaPlace(
      document: self, node: json.root, base: URIReference(address), path: SchemaPlace.Path(nil, ""))
  }
}
