import PCRE

/// Makes a program of a parsed template.
struct Compiler {
  var assembly = Assembly()
  /// Variables that the template sets somewhere, by any directive.
  let assigned: Set<String>
  /// `#foreach` around the current place, within the same block.
  private var loopDepth = 0
  private var isInDefinition = false
  /// Offset of the node that is being compiled.
  private var offset = 0
  private var nameIndexes: [String: Int] = [:]
  /// Blocks found on the way, compiled behind the template itself.
  private var pending: [(routine: Int, body: SyntaxNode, tree: SyntaxTree)] = []
  private var hasEffect = false

  /// Whether texts that follow each other become one.
  private var joinsTexts = true

  static func compile(_ tree: SyntaxTree, joiningTexts: Bool = true) throws(SyntaxFault) -> Program {
    var survey = AssignmentSurvey()
    survey.visit(tree.root, tree)
    var compiler = Compiler(assigned: survey.names)
    compiler.joinsTexts = joiningTexts
    for name in ["input", "util", "context", "stageVariables"] where survey.names.contains(name) {
      _ = compiler.slot(name)
    }
    try compiler.statements(tree.root, tree)
    compiler.append(.end)
    while let block = compiler.pending.popLast() {
      compiler.assembly.routines[block.routine] = compiler.assembly.instructions.count
      compiler.loopDepth = 0
      compiler.isInDefinition = true
      try compiler.statements(block.body, block.tree)
      compiler.append(.end)
    }
    return Program(compiler.assembly, constant: compiler.hasEffect ? nil : compiler.assembly.literals)
  }

  private init(assigned: Set<String>) { self.assigned = assigned }

  // MARK: Emitting

  @discardableResult mutating func append(_ operation: Operation, _ a: Int = 0, _ b: Int = 0) -> Int {
    switch operation {
    case .text, .end: break
    default: hasEffect = true
    }
    assembly.instructions.append(Instruction(operation: operation, a: Int32(clamping: a), b: Int32(clamping: b)))
    assembly.offsets.append(Int32(clamping: offset))
    return assembly.instructions.count - 1
  }

  /// Lets the instructions at these places go on here.
  private mutating func land(_ places: [Int]) {
    for place in places { assembly.instructions[place].b = Int32(clamping: assembly.instructions.count) }
    if !places.isEmpty { isLandingPad = true }
  }

  private mutating func land(_ place: Int) { land([place]) }

  /// Whether something jumps to the next instruction, so that it must not be joined to the one before.
  private var isLandingPad = false

  mutating func text(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    let start = assembly.literals.count
    assembly.literals += bytes
    if joinsTexts, !isLandingPad, let last = assembly.instructions.last, last.operation == .text,
      Int(last.a + last.b) == start
    {
      assembly.instructions[assembly.instructions.count - 1].b += Int32(clamping: bytes.count)
      return
    }
    isLandingPad = false
    append(.text, start, bytes.count)
  }

  mutating func slot(_ name: String) -> Int {
    if let known = assembly.slots[name] { return known }
    assembly.variables.append(name)
    assembly.slots[name] = assembly.variables.count - 1
    return assembly.variables.count - 1
  }

  private mutating func nameIndex(_ name: String) -> Int {
    if let known = nameIndexes[name] { return known }
    assembly.names.append(MemberName(name))
    nameIndexes[name] = assembly.names.count - 1
    return assembly.names.count - 1
  }

  private mutating func constant(_ value: Value) {
    assembly.constants.append(value)
    append(.constant, assembly.constants.count - 1)
  }

  private func image(_ node: SyntaxNode, _ tree: SyntaxTree) -> String {
    String(decoding: tree.tokens[node.first].image, as: UTF8.self)
  }

  // MARK: Statements

  mutating func statements(_ block: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    for child in block.children { try statement(child, tree) }
  }

  private mutating func statement(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    let token = tree.tokens[min(node.first, tree.tokens.count - 1)]
    offset = tree.base + token.offset
    switch node.kind {
    case .text: text(token.literal)
    case .textBlock: text(Array(token.image.dropFirst(3).dropLast(3)))
    case .comment: text(Compiler.beforeComment(token.image))
    case .escape(let bytes), .escapedDirective(let bytes): text(bytes)
    case .reference(let form): try renderedReference(node, form, tree)
    case .set: try set(node, tree)
    case .if: try condition(node, tree)
    case .directive(let name, let form): try directive(name, form, node, tree)
    default: break
    }
  }

  /// A comment token may begin with text that the lexer had taken for the beginning of something else.
  private static func beforeComment(_ image: [UInt8]) -> [UInt8] {
    for index in image.indices.dropLast() where image[index] == UInt8(ascii: "#") {
      if image[index + 1] == UInt8(ascii: "#") || image[index + 1] == UInt8(ascii: "*") {
        return Array(image[..<index])
      }
    }
    return []
  }

  private mutating func condition(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    var ends: [Int] = []
    var next = try jumps(node.children[0], tree, when: false)
    isLandingPad = true
    try statements(node.children[1], tree)
    for branch in node.children.dropFirst(2) {
      ends.append(append(.jump))
      land(next)
      next = []
      if case .else = branch.kind {
        try statements(branch.children[0], tree)
      } else {
        next = try jumps(branch.children[0], tree, when: false)
        isLandingPad = true
        try statements(branch.children[1], tree)
      }
    }
    land(next)
    land(ends)
    isLandingPad = true
  }

  private mutating func set(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    let target = node.children[0]
    guard case .reference(let form) = target.kind else { return }
    try value(node.children[1], tree)
    guard let last = target.children.last else {
      // Velocity takes the name from the first token's text: `#set(${x} = 1)` sets a variable named `{`.
      append(.store, slot(String(decoding: tree.tokens[target.first].image.dropFirst(), as: UTF8.self)))
      return
    }
    var outs = [append(.dropNull)]
    var misses = [append(.loadTarget, slot(String(decoding: form.root, as: UTF8.self)))]
    for part in target.children.dropLast() { misses.append(try step(part, tree, isTarget: true)) }
    if case .index = last.kind {
      try value(last.children[0], tree)
      append(.storeElement)
    } else {
      append(.storeMember, nameIndex(image(last, tree)))
    }
    outs.append(append(.jump))
    land(misses)
    append(.drop)
    land(outs)
    isLandingPad = true
  }

  // MARK: Directives

  private mutating func directive(
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
      constant(Value("#\(name) is not available on API Gateway"))
      assembly.instructions.removeLast()
      assembly.offsets.removeLast()
      append(.fail, assembly.constants.count - 1)
    default:
      text(form == .bare && name.hasPrefix("@") ? Array("#\(name)".utf8) : tree.images(node))
    }
  }

  private mutating func loop(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    let children = node.children
    guard children.count > 2 else {
      constant(Value("#foreach needs what to go through"))
      assembly.instructions.removeLast()
      assembly.offsets.removeLast()
      append(.fail, assembly.constants.count - 1)
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

  // MARK: References

  private mutating func renderedReference(
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
  private mutating func shortcut(
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
  private func takesApostrophesBack(_ part: SyntaxNode, _ tree: SyntaxTree) -> Bool {
    guard case .method = part.kind, image(part, tree) == "replaceAll", part.children.count == 2,
      case .string(let pattern) = part.children[0].kind, case .string(let replacement) = part.children[1].kind
    else { return false }
    return pattern.text.elementsEqual("\\\\'".utf8) && replacement.text.elementsEqual("'".utf8)
  }

  /// Pushes a reference's value.
  private mutating func reference(
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
  private mutating func loopMember(_ root: String, _ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) -> Bool {
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
  private mutating func step(_ part: SyntaxNode, _ tree: SyntaxTree, isTarget: Bool) throws(SyntaxFault) -> Int {
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

  private func literalArgument(_ part: SyntaxNode) -> Text? {
    guard let first = part.children.first, case .string(let form) = first.kind, form.template == nil else { return nil }
    return Text(bytes: form.text)
  }

  private func bodyPath(_ part: SyntaxNode) -> BodyPath? { literalArgument(part).flatMap { try? BodyPath($0) } }

  /// What can be known of a call before it happens.
  private func site(_ spelling: String, _ part: SyntaxNode) -> CallSite {
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

  // MARK: Expressions

  private mutating func value(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
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

  private static func integer(_ digits: String) -> Value {
    if let value = Int32(digits) { return .int(value) }
    if let value = Int64(digits) { return .long(value) }
    return BigInteger(decimal: digits.utf8).map { Number.bigInteger($0).value } ?? .null
  }

  /// A chain of operators of the same level is as deep as it is long; its left spine is walked, not descended.
  private mutating func binary(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
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

  private mutating func string(_ form: StringForm) throws(SyntaxFault) {
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
  private mutating func truth(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    let misses = try jumps(node, tree, when: false)
    constant(.bool(true))
    let end = append(.jump)
    land(misses)
    constant(.bool(false))
    land(end)
  }

  /// Evaluates a condition and jumps when it comes to `wanted`; goes on behind it otherwise.
  /// - Returns: the places of the jumps, still to be given their target.
  private mutating func jumps(_ node: SyntaxNode, _ tree: SyntaxTree, when wanted: Bool) throws(SyntaxFault) -> [Int] {
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
  private mutating func chain(
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

/// Finds the variables that a template sets.
struct AssignmentSurvey {
  private(set) var names: Set<String> = []

  mutating func visit(_ node: SyntaxNode, _ tree: SyntaxTree) {
    switch node.kind {
    case .set where node.children[0].children.isEmpty: assign(node.children[0], tree)
    case .directive(let name, _) where name == "define" || name == "foreach":
      if let first = node.children.first { assign(first, tree) }
    case .string(let form):
      if let template = form.template { visit(template.root, template) }
    default: break
    }
    var node = node
    // Long chains of operators are deep on their left; that side is walked in a loop.
    while case .binary = node.kind, node.children.count == 2 {
      visit(node.children[1], tree)
      node = node.children[0]
      if case .binary = node.kind { continue }
      return visit(node, tree)
    }
    for child in node.children { visit(child, tree) }
  }

  private mutating func assign(_ node: SyntaxNode, _ tree: SyntaxTree) {
    if case .reference(let form) = node.kind { names.insert(String(decoding: form.root, as: UTF8.self)) }
    if node.first < tree.tokens.count {
      names.insert(String(decoding: tree.tokens[node.first].image.dropFirst(), as: UTF8.self))
    }
  }
}
