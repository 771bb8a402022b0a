/// `[1..5]`, and telling it from a list.
extension Parser {
  mutating func range() throws(SyntaxFault) -> SyntaxNode {
    try deepen()
    defer { depth -= 1 }
    let first = position
    try consume(.leftBracket)
    let low = try bound()
    try consume(.doubleDot)
    let high = try bound()
    try consume(.rightBracket)
    return SyntaxNode(.range, first: first, last: position - 1, children: [low, high])
  }

  mutating func bound() throws(SyntaxFault) -> SyntaxNode {
    try skip(.whitespace)
    let bound = try kind() == .integer ? try number(.integer) : try reference()
    try skip(.whitespace)
    return bound
  }

  /// Whether `[ bound ..` stands here. Remembered, since a `[` within a bound is asked about again and again.
  mutating func isRange() throws(SyntaxFault) -> Bool {
    if let known = ranges[position] { return known }
    let start = position
    let second = try kind(1) == .whitespace ? 2 : 1
    var isRange = false
    switch try kind(second) {
    case .integer:
      let afterBlank = try kind(second + 1) == .whitespace ? second + 2 : second + 1
      isRange = try kind(afterBlank) == .doubleDot
    case .identifier, .referenceOpen:
      // The tokens stay as they are: building a reference takes text off the first token's image.
      var trial = self
      trial.position += 1
      if (try? trial.bound()) != nil { isRange = (try? trial.kind()) == .doubleDot }
      ranges = trial.ranges
    default: break
    }
    ranges[start] = isRange
    return isRange
  }
}
