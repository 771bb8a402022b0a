import PCRE

/// Makes a program of a parsed template.
struct Compiler {
  var assembly = Assembly()
  /// Variables that the template sets somewhere, by any directive.
  let assigned: Set<String>
  /// `#foreach` around the current place, within the same block.
  var loopDepth = 0
  var isInDefinition = false
  /// Offset of the node that is being compiled.
  var offset = 0
  private var nameIndexes: [String: Int] = [:]
  /// Blocks found on the way, compiled behind the template itself.
  var pending: [(routine: Int, body: SyntaxNode, tree: SyntaxTree)] = []
  var hasEffect = false

  /// Whether texts that follow each other become one.
  var joinsTexts = true

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
  mutating func land(_ places: [Int]) {
    for place in places { assembly.instructions[place].b = Int32(clamping: assembly.instructions.count) }
    if !places.isEmpty { isLandingPad = true }
  }

  mutating func land(_ place: Int) { land([place]) }

  /// Whether something jumps to the next instruction, so that it must not be joined to the one before.
  var isLandingPad = false

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

  mutating func nameIndex(_ name: String) -> Int {
    if let known = nameIndexes[name] { return known }
    assembly.names.append(MemberName(name))
    nameIndexes[name] = assembly.names.count - 1
    return assembly.names.count - 1
  }

  mutating func constant(_ value: Value) {
    assembly.constants.append(value)
    append(.constant, assembly.constants.count - 1)
  }

  /// Fails when it comes to this place.
  mutating func fail(_ message: String) {
    assembly.constants.append(Value(message))
    append(.fail, assembly.constants.count - 1)
  }

  func image(_ node: SyntaxNode, _ tree: SyntaxTree) -> String {
    String(decoding: tree.tokens[node.first].image, as: UTF8.self)
  }

  // MARK: Statements

  mutating func statements(_ block: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
    for child in block.children { try statement(child, tree) }
  }

  mutating func statement(_ node: SyntaxNode, _ tree: SyntaxTree) throws(SyntaxFault) {
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
    node.forEachOperand { visit($0, tree) }
  }

  private mutating func assign(_ node: SyntaxNode, _ tree: SyntaxTree) {
    if case .reference(let form) = node.kind { names.insert(String(decoding: form.root, as: UTF8.self)) }
    if node.first < tree.tokens.count {
      names.insert(String(decoding: tree.tokens[node.first].image.dropFirst(), as: UTF8.self))
    }
  }
}
