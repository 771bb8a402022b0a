/// Which variables are strings whatever the request, and which hold what a client sent as it came.
struct KnownTexts {
  /// Every `#set` gives them a string.
  private(set) var strings: Set<String> = []
  /// Every `#set` gives them `$input.params('…')`, `$input.path('…')` or `$input.body` as it is.
  private(set) var raw: Set<String> = []

  init() {}

  init(_ tree: SyntaxTree) {
    var survey = Survey()
    survey.visit(tree.root, tree)
    // A variable may be set to another, and that to a third.
    for _ in 0..<8 {
      let before = (strings.count, raw.count)
      for (name, values) in survey.values where !survey.others.contains(name) {
        if values.allSatisfy({ isString($0.node, $0.tree) }) { strings.insert(name) }
        if values.allSatisfy({ isRaw($0.node, $0.tree) }) { raw.insert(name) }
      }
      if before == (strings.count, raw.count) { return }
    }
  }

  /// The values that `#set` gives each variable.
  private struct Survey {
    var values: [String: [(node: SyntaxNode, tree: SyntaxTree)]] = [:]
    /// Variables that something else gives a value: a loop, `#define`.
    var others: Set<String> = ["input", "util", "context", "stageVariables"]

    mutating func visit(_ node: SyntaxNode, _ tree: SyntaxTree) {
      switch node.kind {
      case .set where node.children.count == 2 && node.children[0].children.isEmpty:
        if let name = KnownTexts.root(of: node.children[0]) {
          values[name, default: []].append((node.children[1], tree))
        }
      case .directive(let name, _) where name == "define" || name == "foreach":
        if let first = node.children.first {
          if let name = KnownTexts.root(of: first) { others.insert(name) }
          others.insert(String(decoding: tree.tokens[first.first].image.dropFirst(), as: UTF8.self))
        }
      case .string(let form):
        if let template = form.template { visit(template.root, template) }
      default: break
      }
      node.forEachOperand { visit($0, tree) }
    }
  }

  /// The variable of a reference.
  static func root(of node: SyntaxNode) -> String? {
    guard case .reference(let form) = node.kind else { return nil }
    return String(decoding: form.root, as: UTF8.self)
  }

  private func isString(_ node: SyntaxNode, _ tree: SyntaxTree) -> Bool {
    switch KnownTexts.bare(node).kind {
    case .string: return true
    case .reference:
      let node = KnownTexts.bare(node)
      return kind(of: node, upTo: node.children.count, tree) == .string
    default: return false
    }
  }

  private func isRaw(_ node: SyntaxNode, _ tree: SyntaxTree) -> Bool {
    let node = KnownTexts.bare(node)
    guard let name = KnownTexts.root(of: node) else { return false }
    return name == "input" ? ClientText(node, tree)?.isRaw == true : node.children.isEmpty && raw.contains(name)
  }

  /// What stands in the expression that a `#set` has for its value.
  private static func bare(_ node: SyntaxNode) -> SyntaxNode {
    var node = node
    while case .expression = node.kind, node.children.count == 1 { node = node.children[0] }
    return node
  }

  // MARK: Steps of a reference

  enum Kind { case string, unknown }

  /// What a reference is in front of its step number `count`.
  func kind(of node: SyntaxNode, upTo count: Int, _ tree: SyntaxTree) -> Kind {
    guard let root = KnownTexts.root(of: node) else { return .unknown }
    var kind = strings.contains(root) ? Kind.string : .unknown
    for (index, part) in node.children.prefix(count).enumerated() {
      let name = String(decoding: tree.tokens[part.first].image, as: UTF8.self)
      switch (part.kind, root) {
      case (.member, "input") where index == 0: kind = name == "body" ? .string : .unknown
      case (.member, "stageVariables") where index == 0: kind = .string
      case (.method, "input") where index == 0:
        let isString = name == "json" || name == "getBody" || name == "params" && part.children.count == 1
        kind = isString ? .string : .unknown
      case (.method, "util") where index == 0:
        kind = Functions.util[name] != nil && name != "parseJson" ? .string : .unknown
      case (.method, _):
        kind = kind == .string && KnownTexts.givingStrings.contains(name) ? .string : .unknown
      default: kind = .unknown
      }
    }
    return kind
  }

  /// Methods of strings that give strings.
  private static let givingStrings: Set<String> = [
    "toString", "intern", "trim", "strip", "stripLeading", "stripTrailing", "toLowerCase", "toUpperCase", "substring",
    "concat", "replace", "replaceAll", "replaceFirst", "repeat",
  ]

  /// The methods that strings have (`StringMethods`).
  static let methods: Set<MethodName> = [
    .getClass, .hashCode, .equals, .toString, .length, .isEmpty, .isBlank, .charAt, .codePointAt, .codePointCount,
    .substring, .subSequence, .indexOf, .lastIndexOf, .startsWith, .endsWith, .contains, .equalsIgnoreCase, .compareTo,
    .compareToIgnoreCase, .contentEquals, .concat, .replace, .replaceAll, .replaceFirst, .split, .matches, .trim,
    .strip, .stripLeading, .stripTrailing, .toLowerCase, .toUpperCase, .repeated, .intern, .getBytes, .toCharArray,
    .valueOf, .copyValueOf, .format, .formatted, .join, .regionMatches,
  ]
}

/// A reference to what a client sent, and nothing done to it.
struct ClientText {
  enum Source {
    /// `$input.params('…')`, `$input.params().header.…`.
    case parameter
    /// `$input.path('…')`.
    case path
    /// `$input.body`.
    case body
    /// `$input.json('…')`, which is JSON already.
    case json
  }

  let source: Source
  /// The literal path, if there is one.
  let path: [UInt8]?

  var isRaw: Bool { source != .json }

  /// - Parameter node: a reference to `$input`.
  init?(_ node: SyntaxNode, _ tree: SyntaxTree) {
    guard let first = node.children.first else { return nil }
    let count = node.children.count
    switch (String(decoding: tree.tokens[first.first].image, as: UTF8.self), first.kind) {
    case ("params", .method) where count == 1 && first.children.count == 1: source = .parameter
    case ("params", .method) where count == 3 && first.children.isEmpty:
      switch node.children[2].kind {
      case .member, .index: break
      case .method where tree.tokens[node.children[2].first].image.elementsEqual("get".utf8): break
      default: return nil
      }
      source = .parameter
    case ("path", .method) where count == 1: source = .path
    case ("json", .method) where count == 1: source = .json
    case ("body", .member) where count == 1: source = .body
    default: return nil
    }
    if let argument = first.children.first, case .string(let form) = argument.kind {
      path = form.text
    } else {
      path = nil
    }
  }
}
