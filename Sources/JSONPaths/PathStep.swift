import JSON
import PCRE

/// One step of a compiled path.
@usableFromInline enum PathStep: Sendable {
  /// `.name`, `['name']`
  case member(JSONName)
  /// `['one','two']`: at the end of a path an object of these members, before it each of them.
  case members([JSONName])
  /// `[3]`; negative: from the end.
  case element(Int)
  /// `[0,2]`
  case elements([Int])
  /// `[(@.length-1)]`: what is added to the length.
  case elementFromLength(Int)
  /// `[1:3]`, `[1:]`, `[:3]`
  case slice(from: Int?, to: Int?)
  /// `*`, `[*]`
  case wildcard
  /// `..`; the step behind it says what is looked for.
  case scan
  /// `[?(…)]`
  case filter(Filter)
  /// `.length()`; always the last one.
  case function(PathFunction, [PathParameter])

  /// - Parameter isLast: whether it ends its path.
  func isDefinite(isLast: Bool) -> Bool {
    switch self {
    case .member, .element, .elementFromLength, .function: true
    case .members: isLast
    case .elements, .slice, .wildcard, .scan, .filter: false
    }
  }
}

@usableFromInline enum PathFunction: String, Sendable {
  case length, size, min, max, avg, stddev, sum, keys, concat, append, first, last, index
}

/// An argument of a function.
@usableFromInline enum PathParameter: Sendable {
  /// Evaluated from the document's root.
  case path(JSONPath)
  case literal(Literal)
}

/// A JSON value written in a path.
@usableFromInline indirect enum Literal: Sendable {
  case null
  case bool(Bool)
  /// As written.
  case number(String)
  case text(String)
  case list([Literal])
  case object([(name: String, value: Literal)])
}

/// What stands in `[?( )]`.
@usableFromInline indirect enum Filter: Sendable {
  case all([Filter])
  case any([Filter])
  case not(Filter)
  /// `@.a`, `!@.a`
  case exists(JSONPath, Bool)
  case compare(Operand, Comparison, Operand)
}

@usableFromInline enum Operand: Sendable {
  case path(JSONPath)
  /// A literal, with or without quotes (`10`, `true`, `word`, `'text'`): compared as text with text, as a number with
  /// numbers.
  case text(String)
  /// `[…]`, `{…}`, and what a literal without quotes is to the comparisons that tell kinds apart.
  case json(Literal)
  case regex(Regex)
}

@usableFromInline enum Comparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case matches = "=~"
  case identical = "==="
  case notIdentical = "!=="
  case isIn = "IN"
  case isNotIn = "NIN"
  case isSubset = "SUBSETOF"
  case isAnyOf = "ANYOF"
  case isNoneOf = "NONEOF"
  case hasAll = "ALL"
  case contains = "CONTAINS"
  case hasSize = "SIZE"
  case isEmpty = "EMPTY"
  // Jayway's own, for filters that Java code puts together: written in a path, they compile, and throw when they are
  // evaluated (`type` asks for a class, `matches` for a predicate, `exists` for two booleans, which text can give it).
  case hasType = "TYPE"
  case satisfies = "MATCHES"
  case exists = "EXISTS"

  /// Whether a number or a boolean is told from a text that reads alike.
  var tellsKindsApart: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .matches: false
    case .identical, .notIdentical, .isIn, .isNotIn, .isSubset, .isAnyOf, .isNoneOf, .hasAll, .contains, .hasSize,
      .isEmpty, .hasType, .satisfies, .exists:
      true
    }
  }
}
