import JSON

extension SchemaDocuments {
  /// Compiles the schemas that documents are, and every schema that they lead to.
  ///
  /// - Parameter addresses: of documents that were added.
  /// - Returns: a schema for each address under which there is a document, and what is wrong with them, in the order of
  ///   their places. A schema that has an error in it must not be used.
  public func compile(_ addresses: [String]) -> (schemas: [String: JSONSchema], problems: [SchemaProblem]) {
    let compiler = SchemaCompiler(documents: self)
    let roots = addresses.compactMap { address in
      root(address).map { (address, compiler.index(of: $0)) }
    }
    let program = compiler.program()
    let schemas = roots.map { address, index in
      (address, JSONSchema(program: program, root: compiler.target(of: index)))
    }
    return (Dictionary(schemas, uniquingKeysWith: { first, _ in first }), compiler.problems)
  }
}

/// Turns places in documents into nodes, each place once. Works from a list, so that no schema is too deep for it.
final class SchemaCompiler {
  let documents: SchemaDocuments
  private(set) var problems: [SchemaProblem] = []
  private var nodes: [SchemaRules] = []
  private var places: [SchemaPlace] = []
  /// The node for a place, by the place's identity.
  private var indexes: [UInt: Int32] = [:]
  /// Nodes that only refer to another.
  private var targets: [Int32: Int32] = [:]
  /// How far nodes have been read.
  private var read = 0

  /// Patterns whose machine code is made now; that of others is made when they are first asked.
  var patternsToPrepare = 1000

  /// Nodes that one compilation may have.
  static let mostNodes = 2_000_000

  init(documents: SchemaDocuments) { self.documents = documents }

  /// The node for the schema at a place, to be read later.
  func index(of place: SchemaPlace) -> Int32 {
    if let known = indexes[place.node.identity] { return known }
    guard nodes.count < Self.mostNodes else {
      problem(.error, place, "the schemas are too large together: \(Self.mostNodes) places at most")
      return 0
    }
    let index = Int32(truncatingIfNeeded: nodes.count)
    indexes[place.node.identity] = index
    nodes.append(SchemaRules())
    places.append(place)
    return index
  }

  /// Reads everything, follows references to their ends and looks for circles.
  func program() -> SchemaProgram {
    while read < nodes.count {
      let index = read
      read += 1
      readNode(index)
    }
    followReferences()
    breakCircles()
    return SchemaProgram(nodes: nodes.map(SchemaNode.init))
  }

  private func readNode(_ index: Int) {
    let place = places[index]
    guard place.node.kind == .object else {
      return problem(
        .error, place, "a schema must be an object, not \(SchemaKeywords.described(place.node))",
        suggestion: place.node.kind == .true ? "write {}" : place.node.kind == .false ? "write { not: {} }" : nil)
    }
    if let reference = place.node.member("$ref") { return readReference(reference, at: place, index) }
    var keywords = SchemaKeywords(compiler: self, place: place)
    nodes[index] = keywords.rules()
  }

  private func readReference(_ reference: JSONNode, at place: SchemaPlace, _ index: Int) {
    let keyword = place.child(reference, "$ref", scope: place.base)
    guard reference.kind == .string else {
      return problem(.error, keyword, "`$ref` must be text, not \(SchemaKeywords.described(reference))")
    }
    let text = reference.string
    guard let target = documents.resolve(text, from: place.base) else {
      return problem(.error, keyword, "`$ref` leads nowhere: there is no `\(text.prefix(200))`")
    }
    targets[Int32(truncatingIfNeeded: index)] = self.index(of: target)
    for definition in Subschemas.definitions(of: place, place.base) { _ = self.index(of: definition) }
  }

  func problem(
    _ severity: SchemaProblem.Severity, _ place: SchemaPlace, _ message: String, suggestion: String? = nil
  ) {
    problems.append(
      SchemaProblem(
        severity: severity, document: place.document.address, path: place.keys, message: message,
        suggestion: suggestion))
  }

  // MARK: References

  /// The node that a reference leads to in the end; itself for any other node.
  func target(of index: Int32) -> Int32 {
    var index = index
    while let next = targets[index] { index = next }
    return index
  }

  private func followReferences() {
    for start in targets.keys.sorted() {
      var trail: [Int32] = [start]
      var seen: Set<Int32> = [start]
      while let last = trail.last, let next = targets[last] {
        if !seen.insert(next).inserted {
          let place = places[Int(start)]
          if let reference = place.node.member("$ref") {
            problem(.error, place.child(reference, "$ref", scope: place.base), "this `$ref` leads round in a circle")
          }
          targets[last] = nil
          break
        }
        trail.append(next)
      }
      guard let end = trail.last else { continue }
      for index in trail.dropLast() where index != end { targets[index] = end }
    }
    for index in nodes.indices { nodes[index].forEachIndex { $0 = target(of: $0) } }
  }

  // MARK: Circles

  /// A schema that applies itself to the same value, however indirectly, would never come to an end: said, and cut.
  private func breakCircles() {
    enum State: UInt8 { case new, open, done }
    var states = [State](repeating: .new, count: nodes.count)
    for start in nodes.indices where states[start] == .new {
      var stack: [(node: Int, rest: [Int32])] = [(start, nodes[start].inPlace)]
      states[start] = .open
      while let top = stack.last {
        guard let next = top.rest.last else {
          states[top.node] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].rest.removeLast()
        switch states[Int(next)] {
        case .done: continue
        case .new:
          states[Int(next)] = .open
          stack.append((Int(next), nodes[Int(next)].inPlace))
        case .open:
          problem(
            .error, places[top.node], "this schema applies itself to the same value over and over",
            suggestion: "refer to itself only from inside `properties` or `items`")
          nodes[top.node] = SchemaRules()
          stack[stack.count - 1].rest = []
        }
      }
    }
  }
}
