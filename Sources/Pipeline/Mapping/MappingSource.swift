import APIModel
import JSONPaths

/// Where a mapping takes its value from: one case for each kind of source expression (spec § 2.1).
enum MappingSource: Sendable {
  /// `method.request.path.N`: the variable's place among the resource's, where the resource is known; else its name.
  case path(String, index: Int?)
  /// `method.request.querystring.N`: the last value.
  case query([UInt8])
  /// `method.request.multivaluequerystring.N`: all values.
  case multiQuery([UInt8])
  /// `method.request.header.N`: the last value.
  case header([UInt8])
  /// `method.request.multivalueheader.N`: all values, joined with commas.
  case multiHeader([UInt8])
  /// `method.request.body`.
  case body
  /// `method.request.body.JSONPATH`.
  case bodyPath(JSONPath)
  /// `integration.response.header.N`: the last value.
  case responseHeader([UInt8])
  /// `integration.response.multivalueheader.N`: all values, joined with commas.
  case multiResponseHeader([UInt8])
  /// `integration.response.body`.
  case responseBody
  /// `integration.response.body.JSONPATH`.
  case responseBodyPath(JSONPath)
  /// `context.VAR`.
  case context(String)
  /// `'text'`, or `stageVariables.N` of the stage that the plan is for.
  case constant([UInt8])
}

/// What a source expression is written for, which decides what it may speak of.
enum MappingSide: Sendable {
  /// `integration.request.…`: of the method request.
  case request
  /// `method.response.header.…`: of the integration's answer.
  case response
  /// `gatewayresponse.header.…`: of the method request, without its body.
  case gatewayResponse
}

/// Why a source expression is none, and what may have been meant.
struct MappingMistake: Error {
  var message: String
  var suggestion: String?
}

extension MappingSource {
  /// Reads a source expression.
  /// - Parameter variables: the names of the resource's path variables, in order.
  init(
    _ expression: String, for side: MappingSide, stage: Stage, variables: [String]
  ) throws(MappingMistake) {
    let text = expression[...]
    if text.hasPrefix("'") {
      guard text.count >= 2, text.hasSuffix("'") else {
        throw MappingMistake(
          message: "the static text \(expression) has no quote at its end", suggestion: "write \(expression)'")
      }
      self = .constant(Array(text.dropFirst().dropLast().utf8))
    } else if let name = text.behind("stageVariables.") {
      try Self.check(name, expression)
      self = .constant(Array((stage.variables[String(name)] ?? "").utf8))
    } else if let name = text.behind("context.") {
      try Self.check(name, expression)
      self = .context(String(name))
    } else if let rest = text.behind("method.request."), side != .response {
      self = try Self.methodRequest(rest, expression, side, variables)
    } else if let rest = text.behind("integration.response."), side == .response {
      self = try Self.integrationResponse(rest, expression)
    } else {
      throw MappingMistake(
        message: "`\(expression)` is not a source that can be mapped here", suggestion: Self.suggestion(text, side))
    }
  }

  private static func methodRequest(
    _ rest: Substring, _ expression: String, _ side: MappingSide, _ variables: [String]
  ) throws(MappingMistake) -> MappingSource {
    if let name = rest.behind("path.") {
      try check(name, expression)
      return .path(String(name), index: variables.firstIndex(of: String(name)))
    }
    if let name = rest.behind("querystring.") {
      try check(name, expression)
      return .query(Array(name.utf8))
    }
    if let name = rest.behind("multivaluequerystring.") {
      try check(name, expression)
      return .multiQuery(Array(name.utf8))
    }
    if let name = rest.behind("header.") {
      try check(name, expression)
      return .header(Array(name.utf8))
    }
    if let name = rest.behind("multivalueheader.") {
      try check(name, expression)
      return .multiHeader(Array(name.utf8))
    }
    if side == .request {
      if rest == "body" { return .body }
      if let path = rest.behind("body.") { return .bodyPath(try jsonPath(path, expression)) }
    }
    throw MappingMistake(
      message: "`\(expression)` is not a source that can be mapped here",
      suggestion: "behind `method.request.` comes `path.`, `querystring.`, `multivaluequerystring.`, `header.`, "
        + "`multivalueheader.`" + (side == .request ? " or `body`" : ""))
  }

  private static func integrationResponse(
    _ rest: Substring, _ expression: String
  ) throws(MappingMistake) -> MappingSource {
    if let name = rest.behind("header.") {
      try check(name, expression)
      return .responseHeader(Array(name.utf8))
    }
    if let name = rest.behind("multivalueheader.") {
      try check(name, expression)
      return .multiResponseHeader(Array(name.utf8))
    }
    if rest == "body" { return .responseBody }
    if let path = rest.behind("body.") { return .responseBodyPath(try jsonPath(path, expression)) }
    throw MappingMistake(
      message: "`\(expression)` is not a source that can be mapped here",
      suggestion: "behind `integration.response.` comes `header.`, `multivalueheader.` or `body`")
  }

  private static func jsonPath(_ text: Substring, _ expression: String) throws(MappingMistake) -> JSONPath {
    let path = text.hasPrefix("$") ? String(text) : text.hasPrefix("[") ? "$\(text)" : "$.\(text)"
    do {
      return try JSONPath(path)
    } catch {
      throw MappingMistake(message: "`\(expression)` ends in something that is not a JSONPath: \(error)")
    }
  }

  /// Names are made of `[a-zA-Z0-9._$-]`; `[`, `]` and `:` are met in definitions that AWS took.
  private static func check(_ name: Substring, _ expression: String) throws(MappingMistake) {
    let isName =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        byte &- 48 < 10 || (byte | 32) &- 97 < 26 || "._$-[]:".utf8.contains(byte)
      }
    guard isName else {
      throw MappingMistake(message: "`\(expression)` ends in something that is not a name")
    }
  }

  private static func suggestion(_ text: Substring, _ side: MappingSide) -> String {
    if text.hasPrefix("$context.") || text.hasPrefix("$stageVariables.") { return "write `\(text.dropFirst())`" }
    if text.hasPrefix("\"") { return "static text stands between single quotes" }
    if !text.contains(".") || text.contains(" ") { return "static text stands between single quotes: `'\(text)'`" }
    return switch side {
    case .request, .gatewayResponse:
      "a source begins with `method.request.`, `stageVariables.`, `context.` or a single quote"
    case .response: "a source begins with `integration.response.`, `stageVariables.`, `context.` or a single quote"
    }
  }
}

extension Substring {
  /// What stands behind a prefix; nil where it is not there.
  func behind(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
