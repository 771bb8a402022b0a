/// Follows a template's static text through JSON's grammar, with references as values that are not known.
///
/// Where an `#if` forks, both ways are followed, and a `#foreach` goes round never, once and twice. If on no way the
/// text can be JSON, it is broken wherever the references lead. On the way it is seen what stands between quotes.
struct JSONTextCheck {
  struct Finding {
    var rule: TemplateFinding.Rule
    var offset: Int
    var length: Int
    var message: String
    var suggestion: String?
  }

  private(set) var findings: [Finding] = []
  private let isLenient: Bool
  /// The ways that are still open; empty when none is.
  private var ways = [JSONWay()]
  /// Too many ways, or text of which nothing can be known: nothing more is said.
  private var isLost = false
  private var brokenAt: Int?
  /// Conditions around the current place that look at what a client sends.
  private var guards = 0
  /// Blocks of `#define`, which may be any text.
  private var blocks: Set<String> = []
  private var reported: Set<Int> = []

  /// Variables that hold what a client sent as it came.
  private let raw: Set<String>
  /// Conditions around the current place that match what a client sends with a pattern.
  private var matches = 0
  private var conditions: [ObjectIdentifier: (looksAtClient: Bool, matchesClient: Bool)] = [:]
  /// Statements and bytes followed so far: loops in loops are followed more than once.
  private var steps = 0

  private static let mostWays = 96
  private static let mostSteps = 1_000_000

  init(isLenient: Bool, raw: Set<String>) {
    self.isLenient = isLenient
    self.raw = raw
  }

  mutating func check(_ tree: SyntaxTree) {
    collectBlocks(tree.root, tree)
    // Output without any text is made elsewhere.
    follow(tree.root, tree)
    guard !isLost else { return }
    if let brokenAt {
      findings.append(
        Finding(
          rule: .brokenJSON, offset: brokenAt, length: 1,
          message: "whatever the references give, the text is no JSON from here on", suggestion: nil))
    } else if !ways.contains(where: { $0.isComplete || $0 == JSONWay() }) {
      let end = tree.tokens.last?.offset ?? 0
      findings.append(
        Finding(
          rule: .brokenJSON, offset: max(end - 1, 0), length: 1,
          message: "the JSON text is not complete at the end of the template",
          suggestion: "close what is open: strings, arrays and objects"))
    }
  }

  private mutating func collectBlocks(_ node: SyntaxNode, _ tree: SyntaxTree) {
    if case .directive("define", _) = node.kind, let name = node.children.first {
      blocks.insert(String(decoding: tree.tokens[name.first].image.dropFirst(), as: UTF8.self))
    }
    for child in node.children { collectBlocks(child, tree) }
  }

  // MARK: Following

  private mutating func follow(_ block: SyntaxNode, _ tree: SyntaxTree) {
    for child in block.children {
      if isLost || brokenAt != nil { return }
      statement(child, tree)
    }
  }

  private mutating func statement(_ node: SyntaxNode, _ tree: SyntaxTree) {
    steps += 1
    if steps > JSONTextCheck.mostSteps { isLost = true }
    let token = tree.tokens[min(node.first, tree.tokens.count - 1)]
    switch node.kind {
    case .text: text(token.literal, at: tree.base + token.offset - token.specialText.count)
    case .textBlock: text(Array(token.image.dropFirst(3).dropLast(3)), at: tree.base + token.offset + 3)
    case .escape(let bytes), .escapedDirective(let bytes): text(bytes, at: tree.base + token.offset)
    case .reference(let form): reference(node, form, tree)
    case .if: branches(node, tree)
    case .directive(let name, let form): directive(name, form, node, tree)
    default: break
    }
  }

  private mutating func text(_ bytes: [UInt8], at offset: Int) {
    for (index, byte) in bytes.enumerated() {
      steps += ways.count
      if steps > JSONTextCheck.mostSteps { isLost = true }
      if isLost { return }
      // Most text has one way, and stands in a string.
      if ways.count == 1, let only = ways.first, only.staysInString(behind: byte) { continue }
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{"), ways.contains(where: { $0.depth == JSONWay.deepest }) {
        isLost = true
        return
      }
      var next: [JSONWay] = []
      next.reserveCapacity(ways.count)
      for way in ways { if let step = way.step(byte, isLenient: isLenient) { JSONTextCheck.insert(step, into: &next) } }
      if next.isEmpty {
        brokenAt = offset + index
        return
      }
      ways = next
      if ways.count > JSONTextCheck.mostWays { isLost = true }
      if isLost { return }
    }
  }

  private static func insert(_ more: [JSONWay], into ways: inout [JSONWay]) {
    for way in more { insert(way, into: &ways) }
  }

  private static func insert(_ way: JSONWay, into ways: inout [JSONWay]) {
    if !ways.contains(way) { ways.append(way) }
  }

  private mutating func branches(_ node: SyntaxNode, _ tree: SyntaxTree) {
    let before = ways
    var after: [JSONWay] = []
    var hasElse = false
    var failure: Int?
    let checks = checks(of: node, tree)
    if checks.looksAtClient { guards += 1 }
    if checks.matchesClient { matches += 1 }
    defer {
      if checks.looksAtClient { guards -= 1 }
      if checks.matchesClient { matches -= 1 }
    }
    func blocks(of node: SyntaxNode) -> [SyntaxNode] {
      node.children.filter { if case .block = $0.kind { true } else { false } }
    }
    var bodies = blocks(of: node)
    for branch in node.children {
      switch branch.kind {
      case .elseif: bodies += blocks(of: branch)
      case .else:
        hasElse = true
        bodies += blocks(of: branch)
      default: break
      }
    }
    for body in bodies {
      ways = before
      brokenAt = nil
      follow(body, tree)
      if isLost { return }
      if brokenAt == nil { JSONTextCheck.insert(ways, into: &after) } else { failure = failure ?? brokenAt }
    }
    if !hasElse { JSONTextCheck.insert(before, into: &after) }
    ways = after
    brokenAt = after.isEmpty ? failure : nil
    if ways.count > JSONTextCheck.mostWays { isLost = true }
  }

  /// What a condition does with what a client sends; kept, since loops are followed more than once.
  private mutating func checks(of node: SyntaxNode, _ tree: SyntaxTree) -> (looksAtClient: Bool, matchesClient: Bool) {
    if let known = conditions[ObjectIdentifier(node)] { return known }
    let condition = String(decoding: tree.literal(node.children[0]), as: UTF8.self)
    let looksAtClient = condition.contains("input.") || raw.contains { condition.contains("$\($0)") }
    let result = (looksAtClient, looksAtClient && condition.contains(".matches("))
    conditions[ObjectIdentifier(node)] = result
    return result
  }

  private mutating func directive(_ name: String, _ form: DirectiveForm, _ node: SyntaxNode, _ tree: SyntaxTree) {
    switch name {
    case "foreach":
      guard let body = node.children.last, case .block = body.kind else { return }
      var all = ways
      for _ in 0..<2 {
        follow(body, tree)
        if isLost { return }
        if brokenAt != nil {
          // Once may be enough, or not at all.
          brokenAt = nil
          break
        }
        JSONTextCheck.insert(ways, into: &all)
      }
      ways = all
      if ways.count > JSONTextCheck.mostWays { isLost = true }
    case "define", "macro", "set": return
    case "stop", "break": isLost = true
    case "literal":
      if let body = node.children.first { text(tree.literal(body), at: tree.base + tree.tokens[body.first].offset) }
    default: text(tree.images(node), at: tree.base + tree.tokens[node.first].offset)
    }
  }

  // MARK: References

  private mutating func reference(_ node: SyntaxNode, _ form: ReferenceForm, _ tree: SyntaxTree) {
    let offset = tree.base + tree.tokens[node.first].offset
    if form.isRunt { return text(form.root, at: offset) }
    if form.isEscaped { return text(form.escapes + form.literal, at: offset) }
    let root = String(decoding: form.root, as: UTF8.self)
    if blocks.contains(root), node.children.isEmpty {
      isLost = true
      return
    }
    judge(node, root, tree, offset)
    var next: [JSONWay] = []
    for way in ways { for step in way.stepsOverReference { JSONTextCheck.insert(step, into: &next) } }
    ways = next
    if ways.isEmpty { brokenAt = offset }
  }

  /// What a client sends, put into JSON text.
  private mutating func judge(_ node: SyntaxNode, _ root: String, _ tree: SyntaxTree, _ offset: Int) {
    guard !reported.contains(offset) else { return }
    let literal = String(decoding: tree.literal(node), as: UTF8.self)
    let bare = JSONTextCheck.bare(literal)
    let isVariable = raw.contains(root) && node.children.isEmpty
    guard let text = root == "input" ? ClientText(node, tree) : nil else {
      guard isVariable else { return }
      if ways.allSatisfy({ $0.isInString }) { report(unescaped: literal, bare, at: offset) }
      return
    }
    if ways.allSatisfy({ $0.isInString }) {
      if text.isRaw { return report(unescaped: literal, bare, at: offset) }
      report(
        .unescapedJSON, literal, at: offset, "\(literal) brings its own quotes, and stands between quotes",
        "leave the quotes around it out, or write $util.escapeJavaScript(\(bare))")
    } else if ways.allSatisfy({ $0.expectsValue }), guards == 0 {
      let path = String(decoding: text.path ?? [], as: UTF8.self)
      switch text.source {
      case .parameter:
        report(
          .unquotedJSON, literal, at: offset, "\(literal) is text, perhaps none, and stands in JSON without quotes",
          "write \"$util.escapeJavaScript(\(bare))\", or check it with #if first")
      case .path where text.path != nil && !path.contains("()") && ways.allSatisfy({ $0.isNested }):
        report(
          .unquotedJSON, literal, at: offset,
          "\(literal) is no JSON where it is text, an object or missing, and stands in JSON without quotes",
          "write $input.json('\(path)')")
      case .body where ways.allSatisfy({ $0.isNested }):
        report(
          .unquotedJSON, literal, at: offset, "\(literal) may be any text, and stands in JSON without quotes",
          "write $input.json('$')")
      case .path, .body, .json: break
      }
    }
  }

  private mutating func report(unescaped literal: String, _ bare: String, at offset: Int) {
    guard matches == 0 else { return }
    report(
      .unescapedJSON, literal, at: offset, "a quote or a backslash in \(literal) breaks the JSON string around it",
      "write $util.escapeJavaScript(\(bare))")
  }

  private mutating func report(
    _ rule: TemplateFinding.Rule, _ literal: String, at offset: Int, _ message: String, _ suggestion: String
  ) {
    reported.insert(offset)
    findings.append(
      Finding(
        rule: rule, offset: offset, length: literal.unicodeScalars.count, message: message, suggestion: suggestion))
  }

  /// The reference as an argument is written: `${x.y}` and `$!x.y` as `$x.y`.
  private static func bare(_ literal: String) -> String {
    var inner = literal.drop { $0 == "$" || $0 == "!" }
    if inner.first == "{" { inner = inner.dropFirst().dropLast() }
    return "$" + inner
  }
}
