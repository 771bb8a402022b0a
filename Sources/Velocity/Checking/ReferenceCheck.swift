import JSONPaths
import PCRE

/// What references may not say.
extension TemplateChecker {
  private static let roots: Set<String> = ["input", "util", "context", "stageVariables"]
  private static let loopVariables: Set<String> = ["foreach", "velocityCount", "velocityHasNext"]

  mutating func reference(
    _ node: SyntaxNode, _ form: ReferenceForm, _ tree: SyntaxTree, isCompared: Bool
  ) {
    guard !form.isRunt, form.isComputable, !form.isEscaped else { return }
    let root = String(decoding: form.root, as: UTF8.self)
    let isAssigned = assigned.contains(root)
    let functions = isAssigned ? nil : ["input": Functions.input, "util": Functions.util][root]
    for (index, part) in node.children.enumerated() {
      if index == 0, let functions {
        function(part, of: root, functions, tree)
      } else if texts.kind(of: node, upTo: index, tree) == .string {
        step(part, ofStringIn: node, tree)
      } else {
        method(part, tree)
      }
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
        .undefinedReference, at: offset(node, tree), length: tree.literal(node).count,
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
        .unknownMethod, at: offset(part, tree), length: name.utf8.count,
        "no object has a method \(name), so the reference renders as nothing",
        Spelling.closest(to: name, among: MethodName.allCases.map(\.rawValue)).map { "did you mean \($0)()?" })
    }
    pattern(known, part, tree)
  }

  /// A step from what is a string whatever the request.
  private mutating func step(_ part: SyntaxNode, ofStringIn node: SyntaxNode, _ tree: SyntaxTree) {
    let name = image(part, tree)
    switch part.kind {
    case .method:
      guard let known = MethodName(rawValue: name), !KnownTexts.methods.contains(known) else {
        return method(part, tree)
      }
      let suggestion =
        switch known {
        case .size: "write length()"
        case .get: "write charAt(…), or split(…) first"
        default: Spelling.closest(to: name, among: KnownTexts.methods.map(\.rawValue)).map { "did you mean \($0)()?" }
        }
      add(
        .unknownMethod, at: offset(part, tree), length: name.utf8.count,
        "a string has no method \(name), so the reference renders as nothing", suggestion)
    case .member:
      guard !["bytes", "class", "empty", "blank"].contains(name) else { return }
      let isBody = KnownTexts.root(of: node) == "input" && image(node.children[0], tree) == "body"
      add(
        .unknownMember, at: offset(part, tree), length: name.utf8.count,
        "a string has no member \(name), so the reference renders as nothing",
        name == "length"
          ? "write length()"
          : isBody ? "write $input.path('$.\(name)') for a member of the body" : nil)
    case .index:
      add(
        .unknownMember, at: offset(part, tree), length: 1,
        "a string has no elements, so the reference renders as nothing", "write charAt(…), or split(…) first")
    default: break
    }
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
          .badPattern, at: offset(argument, tree) + 1 + error.offset, length: 1,
          "this is no regular expression: \(error.message)")
      }
    case .path, .json:
      do {
        _ = try JSONPath(text.string)
      } catch {
        add(
          .badPattern, at: offset(argument, tree) + 1 + error.offset, length: 1,
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
          .unknownFunction, at: offset(part, tree), length: name.utf8.count,
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
        .wrongArguments, at: offset(part, tree), length: name.utf8.count,
        "$\(root).\(name) takes \(Functions.wording(counts)), not \(part.children.count)")
    case .member:
      let name = image(part, tree)
      if root == "input", name == "body" || name == "class" { return }
      if root == "util", name == "class" { return }
      add(
        .unknownFunction, at: offset(part, tree), length: name.utf8.count,
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
      .unknownContextVariable, at: offset(place, tree), length: dotted.utf8.count,
      isLogged ? "$context.\(dotted) is there in access logs only" : "there is no $context.\(dotted)",
      isLogged
        ? nil : Spelling.closest(to: dotted, among: ContextVariables.known).map { "did you mean $context.\($0)?" })
  }
}
