import APIModel
internal import CYaml

/// libyaml's events in, one tree of values out. Open lists and objects stand on a stack of our own.
struct YAMLBuilder {
  private struct Open {
    var isMapping: Bool
    var start: SourceLocation
    var anchor: String?
    var items: [DocumentNode] = []
    var members: [DocumentNode.Member] = []
    /// Where each key was first written.
    var places: [String: SourceLocation] = [:]
    /// Set between a key and its value.
    var key: (text: String, isMerge: Bool, place: SourceLocation)?
    /// What `<<` brings in where the object has no such key itself.
    var merged: [DocumentNode.Member] = []
    var extent = Extent()
  }

  /// How much a value is with its aliases written out.
  private struct Extent {
    var values = 1
    var depth = 1
  }

  private var source: SourceText
  private let findings: Findings
  private var stack: [Open] = []
  private var anchors: [String: (node: DocumentNode, extent: Extent)] = [:]
  private(set) var root: DocumentNode?
  private var documents = 0

  init(source: SourceText, findings: Findings) {
    self.source = source
    self.findings = findings
  }

  mutating func take(_ event: yaml_event_t) throws(DocumentError) {
    let place = SourceLocation(file: source.file, event.start_mark)
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      documents += 1
      guard documents == 1 else {
        throw DocumentError(at: place, "a second document begins here; a file holds one")
      }
    case YAML_SCALAR_EVENT:
      let scalar = try scalar(event, at: place)
      let isMerge = scalar.text == "<<" && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
      let node = DocumentNode(content: .scalar(scalar), location: place)
      try add(node, Extent(), anchor: name(event.data.scalar.anchor), at: place, isMergeKey: isMerge)
    case YAML_ALIAS_EVENT:
      let name = name(event.data.alias.anchor) ?? ""
      guard let target = anchors[name] else {
        throw DocumentError(at: place, "`*\(name)` stands for an anchor, and none of that name comes before it")
      }
      try add(target.node, target.extent, anchor: nil, at: place)
    case YAML_SEQUENCE_START_EVENT:
      try checkTag(event.data.sequence_start.tag, "seq", at: place)
      try open(isMapping: false, anchor: name(event.data.sequence_start.anchor), at: place)
    case YAML_MAPPING_START_EVENT:
      try checkTag(event.data.mapping_start.tag, "map", at: place)
      try open(isMapping: true, anchor: name(event.data.mapping_start.anchor), at: place)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      try close()
    default:
      break
    }
  }

  private mutating func open(isMapping: Bool, anchor: String?, at place: SourceLocation) throws(DocumentError) {
    if let outer = stack.last, outer.isMapping, outer.key == nil { throw Self.keyIsNoText(at: place) }
    stack.append(Open(isMapping: isMapping, start: place, anchor: anchor))
    try checkDepth(0, at: place)
  }

  private mutating func close() throws(DocumentError) {
    guard var open = stack.popLast() else { return }
    for member in open.merged where open.places[member.key] == nil {
      open.places[member.key] = member.keyLocation
      open.members.append(member)
    }
    let node = DocumentNode(
      content: open.isMapping ? .mapping(open.members) : .sequence(open.items), location: open.start)
    try add(node, open.extent, anchor: open.anchor, at: open.start)
  }

  /// Puts a whole value into what is open.
  private mutating func add(
    _ node: DocumentNode, _ extent: Extent, anchor: String?, at place: SourceLocation, isMergeKey: Bool = false
  ) throws(DocumentError) {
    if let anchor { anchors[anchor] = (node, extent) }
    guard let last = stack.indices.last else {
      root = root ?? node
      return
    }
    try checkDepth(extent.depth - 1, at: place)
    stack[last].extent.values += extent.values
    stack[last].extent.depth = max(stack[last].extent.depth, extent.depth + 1)
    guard stack[last].extent.values <= DocumentLimits.values else {
      throw DocumentError(
        at: place, "the document has more than \(DocumentLimits.values) values when its aliases are written out")
    }
    guard stack[last].isMapping else {
      stack[last].items.append(node)
      return
    }
    guard let key = stack[last].key else {
      guard let scalar = node.scalar else { throw Self.keyIsNoText(at: place) }
      stack[last].key = (scalar.text, isMergeKey, place)
      return
    }
    stack[last].key = nil
    if key.isMerge {
      try merge(node, into: last, at: place)
    } else if let first = stack[last].places[key.text] {
      findings.repeatedKey(key.text, at: key.place, first: first)
    } else {
      stack[last].places[key.text] = key.place
      stack[last].members.append(DocumentNode.Member(key: key.text, keyLocation: key.place, value: node))
    }
  }

  /// `<<: *base` or `<<: [*first, *second]`: of two that have the same key the first one counts.
  private mutating func merge(_ node: DocumentNode, into index: Int, at place: SourceLocation) throws(DocumentError) {
    let objects: [DocumentNode] = if case .sequence(let items) = node.content { items } else { [node] }
    for object in objects {
      guard let members = object.members else {
        throw DocumentError(at: place, "`<<` merges objects, and this is \(object.kindName)")
      }
      stack[index].merged += members
    }
  }

  private func checkDepth(_ below: Int, at place: SourceLocation) throws(DocumentError) {
    guard stack.count + below <= DocumentLimits.depth else {
      throw DocumentError(at: place, "lists and objects are nested more than \(DocumentLimits.depth) deep")
    }
  }

  private static func keyIsNoText(at place: SourceLocation) -> DocumentError {
    DocumentError(at: place, "a key must be text, not a list or an object")
  }

  // MARK: Scalars

  private mutating func scalar(_ event: yaml_event_t, at place: SourceLocation) throws(DocumentError) -> Scalar {
    let data = event.data.scalar
    let text = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
    let isPlain = data.style == YAML_PLAIN_SCALAR_STYLE
    var kind = isPlain ? Scalar.kind(ofPlain: text) : .string
    if let tag = name(data.tag) {
      switch tag {
      case "!", Self.coreTag + "str": kind = .string
      case Self.coreTag + "int", Self.coreTag + "float", Self.coreTag + "bool", Self.coreTag + "null":
        kind = Scalar.kind(ofPlain: text)
      default: throw unknownTag(tag, at: place)
      }
    }
    let (location, layout) = layout(of: text, event, at: place)
    return Scalar(
      text: text, kind: kind, isPlain: isPlain && data.tag == nil, textLocation: location, layout: layout)
  }

  private mutating func layout(
    of text: String, _ event: yaml_event_t, at place: SourceLocation
  ) -> (SourceLocation, TemplateSource.Layout) {
    var place = place
    let begin = source.offset(ofCharacter: Int(clamping: event.start_mark.index))
    let end = source.offset(ofCharacter: Int(clamping: event.end_mark.index))
    let start = source.skipProperties(min(begin, end), before: end, &place)
    switch event.data.scalar.style {
    case YAML_LITERAL_SCALAR_STYLE:
      return (source.blockStart(header: start, line: place.line).place, .verbatim)
    case YAML_FOLDED_SCALAR_STYLE:
      let (first, place) = source.blockStart(header: start, line: place.line)
      return (place, .quoted(raw: source.text(min(first, end)..<end), .plain))
    case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      place.column += 1
      let first = min(start + 1, end)
      let inner = source.text(first..<max(first, end - 1))
      let quoting: TemplateSource.Quoting =
        event.data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ? .doubledQuotes : .escapes
      return (place, inner == text ? .verbatim : .quoted(raw: inner, quoting))
    default:
      let inner = source.text(start..<max(start, end))
      return (place, inner == text ? .verbatim : .quoted(raw: inner, .plain))
    }
  }

  // MARK: Tags

  private static let coreTag = "tag:yaml.org,2002:"

  private func checkTag(
    _ tag: UnsafeMutablePointer<UInt8>?, _ expected: String, at place: SourceLocation
  ) throws(DocumentError) {
    guard let tag = name(tag), tag != "!", tag != Self.coreTag + expected else { return }
    throw unknownTag(tag, at: place)
  }

  private func unknownTag(_ tag: String, at place: SourceLocation) -> DocumentError {
    DocumentError(
      at: place, "the tag `\(tag)` belongs to another tool and has no meaning here",
      suggestion: "write the value that it stands for")
  }

  private func name(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? { pointer.map { String(cString: $0) } }
}
