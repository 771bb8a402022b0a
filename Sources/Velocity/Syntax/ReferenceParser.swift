/// References with their members, methods and indexes.
extension Parser {
  mutating func reference() throws(SyntaxFault) -> SyntaxNode {
    try deepen()
    defer { depth -= 1 }
    let first = position
    let isFormal = try kind() == .referenceOpen
    if isFormal { position += 1 }
    try consume(.identifier)
    var parts: [SyntaxNode] = []
    try indexes(into: &parts)
    while try kind() == .dot, try kind(1) == .identifier {
      position += 1
      parts.append(try isBeforeArguments() ? try method() : leaf(.member))
      try indexes(into: &parts)
    }
    if isFormal {
      guard try kind() == .referenceClose else { throw unexpected("}") }
      position += 1
    }
    let last = position - 1
    var rest: [UInt8] = []
    if first < last { for index in (first + 1)...last { rest += tokens[index].literal } }
    let form = ReferenceForm(
      image: &tokens[first].image, special: tokens[first].specialText,
      next: first + 1 < tokens.count ? tokens[first + 1].image : [], rest: rest)
    return SyntaxNode(.reference(form), first: first, last: last, children: parts)
  }

  mutating func indexes(into parts: inout [SyntaxNode]) throws(SyntaxFault) {
    while try kind() == .indexOpen {
      let first = position
      position += 1
      try skip(.whitespace)
      switch try kind() {
      case .string, .integer, .true, .false, .identifier, .referenceOpen: break
      default: throw unexpected("an index")
      }
      guard let index = try value() else { throw unexpected("an index") }
      try skip(.whitespace)
      try consume(.indexClose)
      parts.append(SyntaxNode(.index, first: first, last: position - 1, children: [index]))
    }
  }

  /// Whether `name (` and what can begin an argument, or `)`, come next.
  mutating func isBeforeArguments() throws(SyntaxFault) -> Bool {
    guard try kind(1) == .leftParenthesis else { return false }
    switch try kind(2) {
    case .whitespace, .string, .integer, .floatingPoint, .leftBracket, .leftCurly, .true, .false, .identifier,
      .referenceOpen, .argumentsEnd:
      return true
    default: return false
    }
  }

  mutating func method() throws(SyntaxFault) -> SyntaxNode {
    let first = position
    position += 2
    var arguments: [SyntaxNode] = []
    if try kind() != .argumentsEnd {
      arguments.append(try parameter())
      while try kind() == .comma {
        position += 1
        arguments.append(try parameter())
      }
    }
    try consume(.argumentsEnd)
    return SyntaxNode(.method, first: first, last: position - 1, children: arguments)
  }
}
