/// A node of a parsed template, shaped as Velocity's own tree is, since a few directives look at their children by number.
final class SyntaxNode {
  enum Kind {
    case block
    case text
    case textBlock
    case comment
    /// Backslash pairs before a directive; the text is what they come to.
    case escape([UInt8])
    case escapedDirective([UInt8])
    /// Children: each member, method or index.
    case reference(ReferenceForm)
    case member
    /// Children: the arguments.
    case method
    /// Child: the index.
    case index
    /// Children: the reference, the expression.
    case set
    /// Children: condition, block, then `elseif` and `else` nodes.
    case `if`
    case `elseif`
    case `else`
    /// Children: the arguments; of one with a body, the block as the last.
    case directive(name: String, form: DirectiveForm)
    case word
    case integer
    case floatingPoint
    case string(StringForm)
    case `true`, `false`
    case map
    case list
    case range
    /// Child: what stands in the parentheses or is the whole of an `#if` condition or a `#set` value.
    case expression
    case binary(BinaryOperator)
    case not
  }

  let kind: Kind
  /// Index of its first token in the tree's tokens.
  let first: Int
  /// Index of its last token; before `first` when it has none.
  let last: Int
  let children: [SyntaxNode]

  init(_ kind: Kind, first: Int, last: Int, children: [SyntaxNode] = []) {
    self.kind = kind
    self.first = first
    self.last = last
    self.children = children
  }
}

enum BinaryOperator: UInt8 {
  case add, subtract, multiply, divide, modulus
  case and, or
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
}

/// How `#name` was written.
enum DirectiveForm {
  /// `#name`, without parentheses.
  case bare
  /// `#name( … )`.
  case line
  /// `#name( … ) … #end`.
  case block
}

/// A template's tokens and tree.
struct SyntaxTree {
  var tokens: [Token]
  var root: SyntaxNode
  /// Offset of the text's first byte in the template, where the tree is that of a string literal.
  var base: Int

  /// The text that a node stands for.
  func literal(_ node: SyntaxNode) -> [UInt8] {
    guard node.first <= node.last else { return node.first < tokens.count ? tokens[node.first].literal : [] }
    var text: [UInt8] = []
    for index in node.first...node.last { text += tokens[index].literal }
    return text
  }

  /// The text of a node's tokens, without what was passed over between them.
  func images(_ node: SyntaxNode) -> [UInt8] {
    guard node.first <= node.last else { return [] }
    var text: [UInt8] = []
    for index in node.first...node.last { text += tokens[index].image }
    return text
  }
}

/// A `"…"` or `'…'`.
struct StringForm {
  /// What it says, doubled quotes made single.
  var text: [UInt8]
  /// A `"…"` that contains `$` or `#`: the template that it is.
  var template: SyntaxTree?
  /// Whether a blank was put behind `template`'s text, whose last character is then taken off the output again.
  var isPadded: Bool
}

extension SyntaxNode {
  /// Calls with each child; of a chain of operators, with all its operands. Long chains are deep on their left: that side is
  /// walked in a loop, so that whoever visits the operands goes no deeper for it.
  func forEachOperand(_ body: (SyntaxNode) -> Void) {
    var node = self
    while case .binary = node.kind, node.children.count == 2 {
      body(node.children[1])
      node = node.children[0]
      if case .binary = node.kind { continue }
      return body(node)
    }
    for child in node.children { body(child) }
  }
}
