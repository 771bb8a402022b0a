/// Directives other than `#set` and `#if`.
extension Compiler {
  mutating func directive(
    _ name: String, _ form: DirectiveForm, _ node: SyntaxNode, _ tree: SyntaxTree
  ) throws(SyntaxFault) {
    switch name {
    case "foreach": try loop(node, tree)
    case "define":
      let key = String(decoding: tree.tokens[node.children[0].first].image.dropFirst(), as: UTF8.self)
      assembly.routines.append(0)
      pending.append((assembly.routines.count - 1, node.children[1], tree))
      append(.define, slot(key), assembly.routines.count - 1)
    case "macro": break
    case "literal": text(tree.literal(node.children[0]))
    case "break":
      if let scope = node.children.first {
        try value(scope, tree)
        append(.leaveGivenLoop)
      } else if loopDepth > 0 {
        append(.leaveLoop)
      } else {
        append(isInDefinition ? .end : .stop)
        // Not the template's own end: what follows would not be rendered.
        hasEffect = true
      }
    case "stop":
      if let message = node.children.first {
        try value(message, tree)
        append(.drop)
      }
      append(.stop)
    case "include" where node.children.isEmpty: break
    case "include", "parse":
      fail("#\(name) is not available on API Gateway")
    default:
      text(form == .bare && name.hasPrefix("@") ? Array("#\(name)".utf8) : tree.images(node))
    }
  }

  mutating func loop(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    let children = node.children
    guard children.count > 2 else {
      fail("#foreach needs what to go through")
      return
    }
    let start = offset
    // The loop variable may itself be `$foreach`.
    if assigned.contains("foreach") { assembly.usesLoopScope = true }
    // A list that is missing is a block in its place, of which no value can be taken.
    if case .block = children[2].kind { return }
    try value(children[2], tree)
    let variable: String
    if case .reference(let form) = children[0].kind {
      variable = String(decoding: form.root, as: UTF8.self)
    } else {
      variable = String(decoding: tree.tokens[children[0].first].image.dropFirst(), as: UTF8.self)
    }
    assembly.loops.append(LoopForm(slot: slot(variable), cost: 1))
    let index = assembly.loops.count - 1
    offset = start
    let begin = append(.beginLoop, index)
    let round = append(.nextRound, index)
    loopDepth += 1
    isLandingPad = true
    if children.count > 3 {
      let body = children[3]
      if case .block = body.kind { try statements(body, tree) } else { try statement(body, tree) }
    }
    loopDepth -= 1
    offset = start
    append(.jump, 0, round)
    assembly.loops[index].cost = assembly.instructions.count - round
    land([begin, round])
    isLandingPad = true
  }
}
