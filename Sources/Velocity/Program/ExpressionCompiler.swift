/// Expressions and conditions.
extension Compiler {
  mutating func value(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    if node.first < tree.tokens.count { offset = tree.base + tree.tokens[node.first].offset }
    switch node.kind {
    case .expression: try value(node.children[0], tree)
    case .reference(let form):
      if form.isRunt || !form.isComputable { append(.null) } else { try reference(node, form, tree) }
    case .true: constant(.bool(true))
    case .false: constant(.bool(false))
    case .integer: constant(Compiler.integer(image(node, tree)))
    case .floatingPoint: constant(.double(JavaNumberText.double(image(node, tree)) ?? 0))
    case .string(let form): try string(form)
    case .list:
      for child in node.children { try value(child, tree) }
      append(.list, node.children.count)
    case .map:
      for child in node.children { try value(child, tree) }
      append(.map, node.children.count / 2)
    case .range:
      for child in node.children { try value(child, tree) }
      append(.range)
    case .binary(let operation):
      switch operation {
      case .and, .or: try truth(node, tree)
      default: try binary(node, tree)
      }
    case .not: try truth(node, tree)
    default: append(.null)
    }
  }

  static func integer(_ digits: String) -> Value {
    if let value = Int32(digits) { return .int(value) }
    if let value = Int64(digits) { return .long(value) }
    return BigInteger(decimal: digits.utf8).map { Number.bigInteger($0).value } ?? .null
  }

  /// A chain of operators of the same level is as deep as it is long; its left spine is walked, not descended.
  mutating func binary(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    var spine: [SyntaxNode] = []
    var left = node
    while case .binary(let operation) = left.kind, operation != .and, operation != .or {
      spine.append(left)
      left = left.children[0]
    }
    try value(left, tree)
    for node in spine.reversed() {
      guard case .binary(let operation) = node.kind else { continue }
      try value(node.children[1], tree)
      var literals = -1
      if operation == .add {
        assembly.texts.append(
          ReferenceTexts(
            escapes: Text(bytes: tree.literal(node.children[0])), prefix: Text(bytes: tree.literal(node.children[1])),
            literal: .empty))
        literals = assembly.texts.count - 1
      }
      append(.binary, Int(operation.rawValue), literals)
    }
  }

  mutating func string(_ form: StringForm) throws(SyntaxFault) {
    guard let template = form.template else { return constant(.text(Text(wtf8: form.text))) }
    append(.beginText)
    isLandingPad = true
    let outer = offset
    try statements(template.root, template)
    offset = outer
    append(.endText, form.isPadded ? 1 : 0)
    isLandingPad = true
  }

  /// Pushes whether a node counts as true.
  mutating func truth(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    let misses = try jumps(node, tree, when: false)
    constant(.bool(true))
    let end = append(.jump)
    land(misses)
    constant(.bool(false))
    land(end)
  }

  /// Evaluates a condition and jumps when it comes to `wanted`; goes on behind it otherwise.
  /// - Returns: the places of the jumps, still to be given their target.
  mutating func jumps(_ node: SyntaxNode, _ tree: SyntaxTree, when wanted: Bool) throws(SyntaxFault) -> [Int] {
    switch node.kind {
    case .expression: return try jumps(node.children[0], tree, when: wanted)
    case .not: return try jumps(node.children[0], tree, when: !wanted)
    case .true: return wanted ? [append(.jump)] : []
    case .false: return wanted ? [] : [append(.jump)]
    case .binary(let operation) where operation == .and || operation == .or:
      return try chain(node, operation, tree, when: wanted)
    case .binary(let operation):
      switch operation {
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual:
        try binary(node, tree)
        return [append(wanted ? .jumpIfTrue : .jumpIfFalse)]
      default: return wanted ? [] : [append(.jump)]
      }
    case .reference(let form):
      if form.isRunt { return wanted ? [] : [append(.jump)] }
      try reference(node, form, tree)
      return [append(wanted ? .jumpIfTrue : .jumpIfFalse)]
    default:
      // Velocity 1.7 asks literals nothing: as a condition they are false, and are not even evaluated.
      return wanted ? [] : [append(.jump)]
    }
  }

  /// `a && b && c`, `a || b || c`: the operands in order, the left spine walked.
  mutating func chain(
    _ node: SyntaxNode, _ operation: BinaryOperator, _ tree: SyntaxTree, when wanted: Bool
  ) throws(SyntaxFault) -> [Int] {
    var operands: [SyntaxNode] = []
    var left = node
    while case .binary(let same) = left.kind, same == operation {
      operands.append(left.children[1])
      left = left.children[0]
    }
    operands.append(left)
    operands.reverse()
    // The outcome that one operand decides: false for `and`, true for `or`.
    let deciding = operation == .or
    var found: [Int] = []
    if wanted == deciding {
      for operand in operands { found += try jumps(operand, tree, when: wanted) }
      return found
    }
    var decided: [Int] = []
    for operand in operands.dropLast() { decided += try jumps(operand, tree, when: deciding) }
    found = try jumps(operands[operands.count - 1], tree, when: wanted)
    land(decided)
    return found
  }
}
