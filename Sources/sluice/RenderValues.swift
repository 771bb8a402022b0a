import ArgumentParser
import JSON
import Velocity

/// The values that a template sees in `render`, from the context file and the command line.
struct RenderValues {
  private(set) var parameters: [ParameterLocation: [(name: String, value: String)]] = [:]
  /// By dotted name.
  private(set) var context: [(name: String, value: String)] = []
  private(set) var stageVariables: [(name: String, value: String)] = []

  /// Reads a context file: `{"params": {"path": {}, "querystring": {}, "header": {}}, "context": {},
  /// "stageVariables": {}}`, or what `context` has there.
  mutating func read(_ bytes: [UInt8], file: String) throws {
    try Self.withDocument(bytes, file) { root in
      let parts = try members(root, file, "the context file")
      if !parts.isEmpty, parts.allSatisfy({ ContextVariables.groups.contains($0.0) }) {
        return try flatten(root, prefix: "", file)
      }
      for (name, value) in parts {
        switch name {
        case "params": try readParameters(value, file)
        case "context": try flatten(value, prefix: "", file)
        case "stageVariables": stageVariables = try texts(value, file, "`stageVariables`")
        default:
          throw wrong(file, "a context file has no key `\(name)`; its keys are params, context, stageVariables")
        }
      }
    }
  }

  /// Reads a file of parameters: `{"path": {}, "querystring": {}, "header": {}}`.
  mutating func readParameters(_ bytes: [UInt8], file: String) throws {
    try Self.withDocument(bytes, file) { try readParameters($0, file) }
  }

  /// Reads a file of stage variables: `{"name": "value"}`.
  mutating func readStageVariables(_ bytes: [UInt8], file: String) throws {
    try Self.withDocument(bytes, file) { stageVariables += try texts($0, file, "the file") }
  }

  private mutating func readParameters(_ node: JSONNode, _ file: String) throws {
    for (place, values) in try members(node, file, "`params`") {
      guard let location = ParameterLocation(rawValue: place) else {
        throw wrong(file, "`params` has no key `\(place)`; its keys are path, querystring, header")
      }
      parameters[location, default: []] += try texts(values, file, "`\(place)`")
    }
  }

  /// `name` is that of a query parameter, or `path.name`, `header.name`.
  mutating func addParameter(_ name: String, _ value: String) {
    var name = name
    var location = ParameterLocation.querystring
    for place in ParameterLocation.allCases where name.hasPrefix(place.rawValue + ".") {
      location = place
      name.removeFirst(place.rawValue.count + 1)
    }
    parameters[location, default: []].append((name, value))
  }

  mutating func addStageVariable(_ name: String, _ value: String) { stageVariables.append((name, value)) }

  // MARK: The command line

  /// Those of the arguments that name files, having no `=`.
  static func files(_ arguments: [String]) -> [String] { arguments.filter { !$0.contains("=") } }

  /// The `name=value`s among the arguments.
  static func assignments(_ arguments: [String]) throws -> [(name: String, value: String)] {
    try arguments.compactMap { text in
      guard let equals = text.firstIndex(of: "=") else { return nil }
      guard equals != text.startIndex else { throw ExitCode.usage.saying("`\(text)` is not of the form name=value") }
      return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
  }

  // MARK: JSON

  private static func withDocument(_ bytes: [UInt8], _ file: String, _ read: (JSONNode) throws -> Void) throws {
    let document: JSONDocument
    do {
      document = try bytes.withUnsafeBytes { try JSONDocument(parsing: $0) }
    } catch let error as JSONError {
      Terminal.error.print("\(file):\(error.line):\(error.column): error: \(error.reason.rawValue)")
      throw ExitCode.badData
    }
    try withExtendedLifetime(document) { try read(document.root) }
  }

  private func members(_ node: JSONNode, _ file: String, _ what: String) throws -> [(String, JSONNode)] {
    guard node.kind == .object else { throw wrong(file, "\(what) must be an object") }
    return node.members.map { ($0.name.string, $0.value) }
  }

  private func texts(_ node: JSONNode, _ file: String, _ what: String) throws -> [(name: String, value: String)] {
    try members(node, file, what).map { name, value in
      guard let text = scalar(value) else { throw wrong(file, "`\(name)` must be text") }
      return (name, text)
    }
  }

  /// `{"identity": {"sourceIp": "…"}}` is the variable `identity.sourceIp`. The parser bounds the depth.
  private mutating func flatten(_ node: JSONNode, prefix: String, _ file: String) throws {
    for (name, value) in try members(node, file, prefix.isEmpty ? "`context`" : "`\(prefix)`") {
      let path = prefix.isEmpty ? name : "\(prefix).\(name)"
      if value.kind == .object {
        try flatten(value, prefix: path, file)
      } else if let text = scalar(value) {
        context.append((path, text))
      } else if value.kind != .null {
        throw wrong(file, "`\(path)` must be text or an object")
      }
    }
  }

  private func scalar(_ node: JSONNode) -> String? {
    switch node.kind {
    case .string: node.string
    case .number: String(decoding: node.raw, as: UTF8.self)
    case .true: "true"
    case .false: "false"
    case .null, .object, .array: nil
    }
  }

  private func wrong(_ file: String, _ message: String) -> ExitCode {
    Terminal.error.print("\(file): error: \(message)")
    return .badData
  }
}

/// The request's parameters as the user gave them.
final class RenderParameters: ParameterSource {
  private let values: [ParameterLocation: [(name: String, value: String)]]

  init(_ values: [ParameterLocation: [(name: String, value: String)]]) { self.values = values }

  func parameter(_ location: ParameterLocation, _ name: String) -> String? {
    values[location]?.last { $0.name == name }?.value
  }

  func parameters(_ location: ParameterLocation) -> [(name: String, value: String)] {
    var result: [(name: String, value: String)] = []
    for (name, value) in values[location] ?? [] {
      if let index = result.firstIndex(where: { $0.name == name }) {
        result[index].value = value
      } else {
        result.append((name, value))
      }
    }
    return result
  }
}

/// The context's variables as the user gave them; the others are null.
final class RenderContext: ContextSource {
  private let values: [(name: String, value: String)]

  init(_ values: [(name: String, value: String)]) { self.values = values }

  func variable(_ name: String) -> String? { values.last { $0.name == name }?.value }

  func names(under prefix: String) -> [String] {
    var names: [String] = []
    for (name, _) in values where name.hasPrefix(prefix + ".") {
      let member = name.dropFirst(prefix.count + 1).prefix { $0 != "." }
      if !names.contains(String(member)) { names.append(String(member)) }
    }
    return names
  }
}
