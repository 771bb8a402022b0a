/// Looks a template over before the first request does: what cannot parse, what API Gateway has not, what nothing can
/// define, and JSON text that references can break.
///
/// It says nothing where it cannot know: a member of a variable may be anything.
public struct TemplateChecker {
  /// What the template's output is for.
  public enum Output: Sendable {
    /// `application/json` and its like.
    case json
    /// The request template of a MOCK integration, which API Gateway reads leniently: `{statusCode: 200,}`.
    case lenientJSON
    case other
  }

  private let source: String
  private let output: Output
  private var findings: [TemplateFinding] = []
  /// Variables that the template sets.
  private(set) var assigned: Set<String> = []
  /// What is known of them.
  private(set) var texts = KnownTexts()
  /// Macros that it defines.
  private var macros: Set<String> = []

  /// All findings, in the order of the text.
  public static func check(_ source: String, output: Output = .other) -> [TemplateFinding] {
    var checker = TemplateChecker(source: source, output: output)
    do throws(SyntaxFault) {
      let tree = try Parser.parse(Array(source.utf8))
      checker.check(tree)
    } catch {
      checker.add(.syntax, at: error.offset, length: 1, error.message, error.suggestion)
    }
    return checker.findings.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
  }

  private init(source: String, output: Output) {
    self.source = source
    self.output = output
  }

  /// One template has at most this many findings: nobody reads further.
  private static let mostFindings = 200

  mutating func add(
    _ rule: TemplateFinding.Rule, at offset: Int, length: Int, _ message: String, _ suggestion: String? = nil
  ) {
    guard findings.count < TemplateChecker.mostFindings else { return }
    let place = SourcePlace(offset: offset, in: source)
    findings.append(
      TemplateFinding(
        rule: rule, line: place.line, column: place.column, length: max(length, 1), message: message,
        suggestion: suggestion))
  }

  private mutating func check(_ tree: SyntaxTree) {
    var survey = AssignmentSurvey()
    survey.visit(tree.root, tree)
    assigned = survey.names
    texts = KnownTexts(tree)
    collectMacros(tree.root, tree)
    visit(tree.root, tree, isCompared: false)
    if output != .other {
      var text = JSONTextCheck(isLenient: output == .lenientJSON, raw: texts.raw)
      text.check(tree)
      for finding in text.findings {
        add(finding.rule, at: finding.offset, length: finding.length, finding.message, finding.suggestion)
      }
    }
  }

  private mutating func collectMacros(_ node: SyntaxNode, _ tree: SyntaxTree) {
    if case .directive("macro", _) = node.kind, let name = node.children.first {
      macros.insert(String(decoding: tree.tokens[name.first].image, as: UTF8.self))
    }
    for child in node.children { collectMacros(child, tree) }
  }

  // MARK: The walk

  private mutating func visit(_ node: SyntaxNode, _ tree: SyntaxTree, isCompared: Bool) {
    guard findings.count < TemplateChecker.mostFindings else { return }
    switch node.kind {
    case .reference(let form): reference(node, form, tree, isCompared: isCompared)
    case .directive(let name, let form):
      directive(name, form, node, tree)
      // A macro's body is never rendered, a loop's variable is no use of it.
      if name == "macro" { return }
    case .string(let form):
      if let template = form.template { visit(template.root, template, isCompared: false) }
    case .if, .elseif: condition(node.children[0], tree)
    default: break
    }
    if case .binary = node.kind { return operands(of: node, tree) }
    for child in node.children { visit(child, tree, isCompared: false) }
  }

  /// The left spine of a chain of operators is walked, not descended. What is compared may be meant to be undefined.
  private mutating func operands(of node: SyntaxNode, _ tree: SyntaxTree) {
    var node = node
    while case .binary(let operation) = node.kind {
      let isCompared = operation == .equal || operation == .notEqual
      visit(node.children[1], tree, isCompared: isCompared)
      node = node.children[0]
      if case .binary = node.kind { continue }
      visit(node, tree, isCompared: isCompared)
      return
    }
  }

  func image(_ node: SyntaxNode, _ tree: SyntaxTree) -> String {
    String(decoding: tree.tokens[node.first].image, as: UTF8.self)
  }

  func offset(_ node: SyntaxNode, _ tree: SyntaxTree) -> Int { tree.base + tree.tokens[node.first].offset }

  private mutating func condition(_ node: SyntaxNode, _ tree: SyntaxTree) {
    var inner = node
    while case .expression = inner.kind, let child = inner.children.first { inner = child }
    switch inner.kind {
    case .string, .integer, .floatingPoint, .list, .map, .range:
      add(
        .literalCondition, at: offset(inner, tree), length: 1,
        "a literal as a condition is always false in Velocity 1.7", "compare it with something, or write true")
    default: break
    }
  }

  private mutating func directive(_ name: String, _ form: DirectiveForm, _ node: SyntaxNode, _ tree: SyntaxTree) {
    let start = offset(node, tree)
    switch name {
    case "parse", "include":
      // Without arguments #include does nothing.
      guard name == "parse" || !node.children.isEmpty else { return }
      add(
        .forbiddenDirective, at: start, length: name.utf8.count + 1,
        "API Gateway refuses #\(name): a template cannot read another", "copy the text into this template")
    case "evaluate", "return":
      guard form != .bare else { return }
      add(
        .printedDirective, at: start, length: name.utf8.count + 1,
        "API Gateway does not run #\(name) but prints it", "use #set and #define")
    default:
      guard macros.contains(name) else { return }
      add(
        .printedDirective, at: start, length: name.utf8.count + 1,
        "API Gateway does not run macros: the call #\(name) is printed", "use #define($\(name)) … #end and $\(name)")
    }
  }
}
