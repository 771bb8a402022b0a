import JSONPaths
import PCRE

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
  private var assigned: Set<String> = []
  /// Macros that it defines.
  private var macros: Set<String> = []

  /// All findings, in the order of the text.
  public static func check(_ source: String, output: Output = .other) -> [TemplateFinding] {
    var checker = TemplateChecker(source: source, output: output)
    do throws(SyntaxFault) {
      let tree = try Parser.parse(Array(source.utf8))
      checker.check(tree)
    } catch {
      checker.add(.syntax, .error, at: error.offset, length: 1, error.message, error.suggestion)
    }
    return checker.findings.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
  }

  private init(source: String, output: Output) {
    self.source = source
    self.output = output
  }

  mutating func add(
    _ rule: TemplateFinding.Rule, _ severity: TemplateFinding.Severity, at offset: Int, length: Int,
    _ message: String, _ suggestion: String? = nil
  ) {
    let place = SourcePlace(offset: offset, in: source)
    let lines = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    findings.append(
      TemplateFinding(
        rule: rule, severity: severity, line: place.line, column: place.column, length: max(length, 1),
        excerpt: place.line <= lines.count ? String(lines[place.line - 1]) : "", message: message,
        suggestion: suggestion))
  }

  private mutating func check(_ tree: SyntaxTree) {
    var survey = AssignmentSurvey()
    survey.visit(tree.root, tree)
    assigned = survey.names
    collectMacros(tree.root, tree)
    visit(tree.root, tree, isCompared: false)
    if output != .other {
      var text = JSONTextCheck(isLenient: output == .lenientJSON)
      text.check(tree)
      for finding in text.findings {
        add(finding.rule, .warning, at: finding.offset, length: finding.length, finding.message, finding.suggestion)
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

  private func image(_ node: SyntaxNode, _ tree: SyntaxTree) -> String {
    String(decoding: tree.tokens[node.first].image, as: UTF8.self)
  }

  private func offset(_ node: SyntaxNode, _ tree: SyntaxTree) -> Int { tree.base + tree.tokens[node.first].offset }

  private mutating func condition(_ node: SyntaxNode, _ tree: SyntaxTree) {
    var inner = node
    while case .expression = inner.kind, let child = inner.children.first { inner = child }
    switch inner.kind {
    case .string, .integer, .floatingPoint, .list, .map, .range:
      add(
        .literalCondition, .warning, at: offset(inner, tree), length: 1,
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
        .forbiddenDirective, .error, at: start, length: name.utf8.count + 1,
        "API Gateway refuses #\(name): a template cannot read another", "copy the text into this template")
    case "evaluate", "return":
      guard form != .bare else { return }
      add(
        .printedDirective, .warning, at: start, length: name.utf8.count + 1,
        "API Gateway does not run #\(name) but prints it", "use #set and #define")
    default:
      guard macros.contains(name) else { return }
      add(
        .printedDirective, .warning, at: start, length: name.utf8.count + 1,
        "API Gateway does not run macros: the call #\(name) is printed", "use #define($\(name)) … #end and $\(name)")
    }
  }

  // MARK: References

  private static let roots: Set<String> = ["input", "util", "context", "stageVariables"]
  private static let loopVariables: Set<String> = ["foreach", "velocityCount", "velocityHasNext"]

  private mutating func reference(
    _ node: SyntaxNode, _ form: ReferenceForm, _ tree: SyntaxTree, isCompared: Bool
  ) {
    guard !form.isRunt, form.isComputable, !form.isEscaped else { return }
    let root = String(decoding: form.root, as: UTF8.self)
    let isAssigned = assigned.contains(root)
    let functions = isAssigned ? nil : ["input": Functions.input, "util": Functions.util][root]
    for (index, part) in node.children.enumerated() {
      if index == 0, let functions { function(part, of: root, functions, tree) } else { method(part, tree) }
    }
    guard !isAssigned else { return }
    switch root {
    case "input", "util": return
    case "context": contextVariable(node, tree)
    case _ where TemplateChecker.roots.contains(root) || TemplateChecker.loopVariables.contains(root): return
    default:
      // `$null` is the usual name for nothing, `$!x` says that there may be nothing.
      guard root != "null", !form.isQuiet, !isCompared else { return }
      add(
        .undefinedReference, .warning, at: offset(node, tree), length: tree.literal(node).count,
        "nothing sets $\(root), so it renders as nothing",
        Spelling.closest(to: root, among: assigned.union(TemplateChecker.roots)).map { "did you mean $\($0)?" }
          ?? "set it first, or write ${dollar}\(root) with #set($dollar = '$') if the text is meant")
    }
  }

  private mutating func method(_ part: SyntaxNode, _ tree: SyntaxTree) {
    guard case .method = part.kind else { return }
    let name = image(part, tree)
    guard let known = MethodName(rawValue: name) else {
      return add(
        .unknownMethod, .error, at: offset(part, tree), length: name.utf8.count,
        "no object has a method \(name), so the reference renders as nothing",
        Spelling.closest(to: name, among: MethodName.allCases.map(\.rawValue)).map { "did you mean \($0)()?" })
    }
    pattern(known, part, tree)
  }

  /// A literal path or regular expression.
  private mutating func pattern(_ method: MethodName, _ part: SyntaxNode, _ tree: SyntaxTree) {
    guard let argument = part.children.first, case .string(let form) = argument.kind, form.template == nil else {
      return
    }
    let text = Text(bytes: form.text)
    switch method {
    case .matches, .replaceAll, .replaceFirst, .split:
      do {
        _ = try Regex(text.string)
      } catch {
        add(
          .badPattern, .error, at: offset(argument, tree) + 1 + error.offset, length: 1,
          "this is no regular expression: \(error.message)")
      }
    case .path, .json:
      do {
        _ = try JSONPath(text.string)
      } catch {
        add(
          .badPattern, .error, at: offset(argument, tree) + 1 + error.offset, length: 1,
          "this is no path: \(error.message)")
      }
    default: break
    }
  }

  /// The first step of `$input` or `$util`.
  private mutating func function(
    _ part: SyntaxNode, of root: String, _ functions: [String: ClosedRange<Int>], _ tree: SyntaxTree
  ) {
    switch part.kind {
    case .method:
      let name = image(part, tree)
      guard let counts = functions[name] else {
        // What every object has needs no mention.
        guard MethodName(rawValue: name).map({ [.getClass, .hashCode, .equals, .toString].contains($0) }) != true else {
          return
        }
        return add(
          .unknownFunction, .error, at: offset(part, tree), length: name.utf8.count,
          "$\(root) has no function \(name), so the reference renders as nothing",
          Functions.elsewhere[name]
            ?? Spelling.closest(to: name, among: functions.keys).map { "did you mean $\(root).\($0)()?" }
            ?? "$\(root) has " + functions.keys.sorted().joined(separator: ", "))
      }
      guard !counts.contains(part.children.count) else {
        if let known = MethodName(rawValue: name) { pattern(known, part, tree) }
        return
      }
      add(
        .wrongArguments, .error, at: offset(part, tree), length: name.utf8.count,
        "$\(root).\(name) takes \(Functions.wording(counts)), not \(part.children.count)")
    case .member:
      let name = image(part, tree)
      if root == "input", name == "body" || name == "class" { return }
      if root == "util", name == "class" { return }
      add(
        .unknownFunction, .error, at: offset(part, tree), length: name.utf8.count,
        "$\(root) has no member \(name), so the reference renders as nothing",
        functions[name] != nil
          ? "write $\(root).\(name)(…)"
          : root == "input" ? "write $input.path('$.\(name)') for a member of the body" : nil)
    default: break
    }
  }

  private mutating func contextVariable(_ node: SyntaxNode, _ tree: SyntaxTree) {
    var names: [String] = []
    for part in node.children {
      guard case .member = part.kind else { break }
      names.append(image(part, tree))
    }
    guard let first = names.first, let place = node.children.first else { return }
    if ContextVariables.open.contains(first) { return }
    let dotted = names.joined(separator: ".")
    if ContextVariables.known.contains(dotted) || ContextVariables.known.contains(where: { $0.hasPrefix(dotted + ".") })
    {
      return
    }
    // A method's name may follow a variable, `.class` anything.
    if names.indices.dropFirst().contains(where: {
      ContextVariables.known.contains(names[..<$0].joined(separator: "."))
    }) {
      return
    }
    let isLogged = ContextVariables.logged.contains(dotted)
    add(
      .unknownContextVariable, .warning, at: offset(place, tree), length: dotted.utf8.count,
      isLogged ? "$context.\(dotted) is there in access logs only" : "there is no $context.\(dotted)",
      isLogged
        ? nil : Spelling.closest(to: dotted, among: ContextVariables.known).map { "did you mean $context.\($0)?" })
  }
}
