import PCRE

/// References: what is pushed, and what is written at once.
extension Compiler {
  mutating func renderedReference(
    _ node: SyntaxNode, _ form: ReferenceForm, _ tree: SyntaxTree
  ) throws(SyntaxFault) {
    if form.isRunt { return text(form.root) }
    if form.isEscaped {
      try reference(node, form, tree)
      append(.drop)
      return text(form.escapes + form.literal)
    }
    if form.escapes.isEmpty, form.prefix.isEmpty, try shortcut(node, form, tree) { return }
    try reference(node, form, tree)
    assembly.texts.append(
      ReferenceTexts(
        escapes: Text(bytes: form.escapes), prefix: Text(bytes: form.prefix), literal: Text(bytes: form.literal)))
    append(.emit, assembly.texts.count - 1, form.escapes.isEmpty && form.prefix.isEmpty ? 0 : 1)
    isLandingPad = false
  }

  /// The references that templates mostly consist of, written without a value in between.
  mutating func shortcut(
    _ node: SyntaxNode, _ form: ReferenceForm, _ tree: SyntaxTree
  ) throws(SyntaxFault) -> Bool {
    guard let part = node.children.first, form.isComputable else { return false }
    let root = String(decoding: form.root, as: UTF8.self)
    if root == "util", node.children.count == 2, takesApostrophesBack(node.children[1], tree), case .method = part.kind,
      !assigned.contains("util"), image(part, tree) == "escapeJavaScript", part.children.count == 1
    {
      try value(part.children[0], tree)
      append(.emitEscaped, 1)
      return true
    }
    guard node.children.count == 1 else { return false }
    switch part.kind {
    case .member where root != "foreach":
      append(.emitMember, slot(root), nameIndex(image(part, tree)))
      return true
    case .method where root == "util" && !assigned.contains("util"):
      guard image(part, tree) == "escapeJavaScript", part.children.count == 1 else { return false }
      try value(part.children[0], tree)
      append(.emitEscaped)
      return true
    case .method where root == "input" && !assigned.contains("input"):
      guard image(part, tree) == "json", part.children.count == 1, let path = bodyPath(part) else { return false }
      assembly.sites.append(CallSite(name: .json, spelling: "json", count: 1, path: path))
      append(.emitJSON, assembly.sites.count - 1)
      return true
    default: return false
    }
  }

  /// `.replaceAll("\\\\'", "'")`
  func takesApostrophesBack(_ part: SyntaxNode, _ tree: SyntaxTree) -> Bool {
    guard case .method = part.kind, image(part, tree) == "replaceAll", part.children.count == 2,
      case .string(let pattern) = part.children[0].kind, case .string(let replacement) = part.children[1].kind
    else { return false }
    return pattern.text.elementsEqual("\\\\'".utf8) && replacement.text.elementsEqual("'".utf8)
  }

  /// Pushes a reference's value.
  mutating func reference(
    _ node: SyntaxNode, _ form: ReferenceForm, _ tree: SyntaxTree
  ) throws(SyntaxFault) {
    let root = String(decoding: form.root, as: UTF8.self)
    guard !node.children.isEmpty else {
      if root == "foreach" { assembly.usesLoopScope = true }
      append(.load, slot(root))
      return
    }
    if try loopMember(root, node, tree) { return }
    if root == "foreach" { assembly.usesLoopScope = true }
    var misses: [Int] = []
    var steps = node.children[...]
    if root == "input", !assigned.contains("input"), case .method = node.children[0].kind,
      image(node.children[0], tree) == "path", node.children[0].children.count == 1,
      let path = bodyPath(node.children[0])
    {
      offset = tree.base + tree.tokens[node.children[0].first].offset
      assembly.sites.append(CallSite(name: .path, spelling: "path", count: 1, path: path))
      misses = [append(.path, assembly.sites.count - 1)]
      steps = steps.dropFirst()
    } else {
      misses = [append(.loadFirst, slot(root))]
    }
    for part in steps { misses.append(try step(part, tree, isTarget: false)) }
    land(misses)
  }

  /// `$foreach.index` and the like, where nothing else can be `$foreach`.
  mutating func loopMember(_ root: String, _ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) -> Bool {
    guard root == "foreach", !assigned.contains("foreach"), node.children.count == 1 else { return false }
    guard case .member = node.children[0].kind else { return false }
    let member: LoopMember
    switch image(node.children[0], tree) {
    case "index": member = .index
    case "count": member = .count
    case "hasNext": member = .hasNext
    case "first": member = .first
    case "last": member = .last
    default: return false
    }
    append(.loopMember, Int(member.rawValue))
    return true
  }

  /// One member, method or index of a reference. Returns the place of the instruction that may miss.
  mutating func step(_ part: SyntaxNode, _ tree: SyntaxTree, isTarget: Bool) throws(SyntaxFault) -> Int {
    switch part.kind {
    case .method:
      for argument in part.children { try value(argument, tree) }
      offset = tree.base + tree.tokens[part.first].offset
      let spelling = image(part, tree)
      assembly.sites.append(site(spelling, part))
      return append(isTarget ? .callTarget : .call, assembly.sites.count - 1)
    case .index:
      try value(part.children[0], tree)
      return append(isTarget ? .elementTarget : .element)
    default:
      return append(isTarget ? .memberTarget : .member, nameIndex(image(part, tree)))
    }
  }

  func literalArgument(_ part: SyntaxNode) -> Text? {
    guard let first = part.children.first, case .string(let form) = first.kind, form.template == nil else { return nil }
    return Text(bytes: form.text)
  }

  func bodyPath(_ part: SyntaxNode) -> BodyPath? { literalArgument(part).flatMap { try? BodyPath($0) } }

  /// What can be known of a call before it happens.
  func site(_ spelling: String, _ part: SyntaxNode) -> CallSite {
    let name = MethodName(rawValue: spelling)
    var path: BodyPath?
    var regex: Regex?
    if let literal = literalArgument(part) {
      switch name {
      case .path, .json: path = bodyPath(part)
      case .matches, .replaceAll, .replaceFirst, .split: regex = try? Regex(literal.string)
      default: break
      }
    }
    return CallSite(name: name, spelling: spelling, count: part.children.count, path: path, regex: regex)
  }
}
