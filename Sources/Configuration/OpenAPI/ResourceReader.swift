import APIModel

/// The paths of a definition in, the resource tree out: every resource on the way to a path, the root among them, and
/// the rules that API Gateway has for trees (spec § 1.3).
struct ResourceReader {
  let definition: APIDefinitionReader
  let operations: OperationReader
  let apiID: String

  private var findings: Findings { definition.findings }

  private static let methods: Set<String> = ["get", "put", "post", "delete", "options", "head", "patch"]
  private static let plainKeys =
    ["$ref", "summary", "description", "servers", "parameters"] + methods.sorted() + ["x-amazon-apigateway-any-method"]

  func resources() -> [Resource] {
    guard let paths = definition.root.object("paths") else {
      if definition.root.member("paths") == nil {
        findings.error(at: definition.root.location, "an API definition needs the key `paths`")
      }
      return []
    }
    var tree = Tree(apiID: apiID, findings: findings)
    tree.add([], at: paths.location)
    var prefix: [String] = []
    if let base = definition.basePath(), tree.check(base.segments, at: base.place) {
      prefix = base.segments
      tree.add(prefix, at: base.place)
    }
    for member in paths.members where !member.key.hasPrefix("x-") {
      let segments = segments(of: member).map { prefix + $0 }
      let fits = segments.map { tree.check($0, at: member.keyLocation) } ?? false
      // The methods of a path that does not fit are read all the same, so that their mistakes are found.
      guard let item = ObjectReader(member.value, "the path `\(member.key)`", in: definition.context) else { continue }
      let methods = methods(of: item, path: segments.map { "/" + $0.joined(separator: "/") } ?? member.key)
      if fits, let segments { tree.define(tree.add(segments, at: member.keyLocation), methods, at: member.keyLocation) }
    }
    return tree.resources.values.sorted { $0.path < $1.path }
  }

  private func segments(of member: DocumentNode.Member) -> [String]? {
    guard member.key.hasPrefix("/") else {
      findings.error(at: member.keyLocation, "the path `\(member.key)` must begin with `/`")
      return nil
    }
    var segments = member.key.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if segments.last == "" { segments.removeLast() }  // `/` itself, and a slash at the end, which requests may have too
    guard !segments.contains("") else {
      findings.error(at: member.keyLocation, "the path `\(member.key)` has an empty segment")
      return nil
    }
    return segments
  }

  private func methods(of item: ObjectReader, path: String) -> [Method] {
    ExtensionKeys.check(item, .pathItem)
    for member in item.members where !Self.plainKeys.contains(member.key) && !member.key.hasPrefix("x-") {
      findings.error(
        at: member.keyLocation, "a path has no method or key `\(member.key)`",
        suggestion: member.key == "trace"
          ? "API Gateway has no method TRACE" : Suggestion.near(member.key, among: Self.plainKeys))
    }
    let shared = item.list("parameters") ?? []
    var methods: [Method] = []
    for member in item.members {
      let name: String
      if Self.methods.contains(member.key) {
        name = member.key.uppercased()
      } else if member.key == "x-amazon-apigateway-any-method" {
        name = "ANY"
      } else {
        continue
      }
      guard !member.value.isNull,
        let operation = ObjectReader(member.value, "the method `\(member.key)`", in: definition.context)
      else { continue }
      methods.append(
        operations.method(name, path: path, operation: operation, shared: shared, at: member.keyLocation))
    }
    return methods
  }

  // MARK: The tree

  /// Resources by path, and what the rules need to know of each.
  private struct Tree {
    let apiID: String
    let findings: Findings
    private(set) var resources: [String: Resource] = [:]
    /// Under a parent's path, its variable child.
    private var variables: [String: String] = [:]
    private var defined: [String: SourceLocation] = [:]

    init(apiID: String, findings: Findings) {
      self.apiID = apiID
      self.findings = findings
    }

    /// Whether the resources on the way to `segments` may all be in the tree together with those that are. Says why not.
    func check(_ segments: [String], at place: SourceLocation) -> Bool {
      var parent = ""
      var names: Set<String> = []
      for (position, segment) in segments.enumerated() {
        if let flaw = Self.flaw(in: segment) {
          findings.error(at: place, flaw)
          return false
        }
        if segment.hasPrefix("{") {
          let name = segment.dropFirst().dropLast(segment.hasSuffix("+}") ? 2 : 1)
          guard names.insert(String(name)).inserted else {
            findings.error(at: place, "the path has two parameters named `\(name)`")
            return false
          }
          if let sibling = variables[parent], sibling != segment {
            findings.error(
              at: place,
              "A sibling (\(sibling)) of this resource already has a variable path part -- only one is allowed",
              suggestion: "name the parameter `\(sibling)` here too")
            return false
          }
        }
        if segment.hasSuffix("+}"), position < segments.count - 1 {
          findings.error(
            at: place, "Cannot create a child of a resource with a greedy path variable: \(segment)",
            suggestion: "write `{\(segment.dropFirst().dropLast(2))}` for a parameter of one segment")
          return false
        }
        parent += "/" + segment
      }
      return true
    }

    /// What is wrong with one segment of a path.
    private static func flaw(in segment: String) -> String? {
      if segment.contains("{") || segment.contains("}") {
        guard segment.hasPrefix("{"), segment.hasSuffix("}"), segment.count(where: { $0 == "{" || $0 == "}" }) == 2
        else { return "`\(segment)`: a path parameter must be a whole segment" }
        let name = segment.dropFirst().dropLast(segment.hasSuffix("+}") ? 2 : 1)
        let isGood =
          !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._$:-".contains($0)) }
        return isGood ? nil : "`\(segment)`: a path parameter's name is made of letters, digits and `._$:-`"
      }
      guard segment.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._:,-$~@!*'()+;=&%".contains($0)) })
      else { return "`\(segment)`: a path segment is made of letters, digits and `._:,-`" }
      return nil
    }

    /// Puts the resources on the way to `segments` into the tree; the path of the last one.
    @discardableResult
    mutating func add(_ segments: [String], at place: SourceLocation) -> String {
      var path = ""
      if resources["/"] == nil { resources["/"] = Resource(id: id("/"), path: "/", location: place) }
      for segment in segments {
        if segment.hasPrefix("{") { variables[path] = segment }
        path += "/" + segment
        if resources[path] == nil { resources[path] = Resource(id: id(path), path: path, location: place) }
      }
      return path.isEmpty ? "/" : path
    }

    mutating func define(_ path: String, _ methods: [Method], at place: SourceLocation) {
      if let first = defined.updateValue(place, forKey: path) {
        findings.error(at: place, "the path `\(path)` is written twice; the first is at \(first)")
        return
      }
      resources[path]?.location = place
      for method in methods { resources[path]?.methods[method.httpMethod] = method }
    }

    /// Ten letters and digits, as ids look on AWS, that a path of an API always has (FNV-1a).
    private func id(_ path: String) -> String {
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      for byte in "\(apiID) \(path)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      let digits = String(hash, radix: 36)
      return String((String(repeating: "0", count: 13) + digits).suffix(10))
    }
  }
}
