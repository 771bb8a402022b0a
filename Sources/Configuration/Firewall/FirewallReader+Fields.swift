import APIModel
import Firewall

/// Which part of a request a statement looks at, and through what.
extension FirewallReader {
  func inspection(_ content: ObjectReader) -> Inspection? {
    let transformations = transformations(content)
    guard let node = content.value("fieldToMatch") else {
      content.missing("fieldToMatch", of: "the statement")
      return nil
    }
    return field(node).map { Inspection($0, transformations) }
  }

  /// By their priorities; as a list of names, in the order written.
  func transformations(_ content: ObjectReader) -> [TextTransformation] {
    var found: [(priority: Int, transformation: TextTransformation)] = []
    var places: [Int: SourceLocation] = [:]
    let items = content.list("textTransformations") ?? []
    for (index, item) in items.enumerated() {
      guard let node = context.library.resolve(item) else { continue }
      var priority = index
      var name = node
      if node.members != nil {
        guard let object = object(node, "a transformation") else { continue }
        object.refuseKeys(except: ["priority", "type"], "a transformation")
        guard let number = object.integer("priority", in: 0...Int(Int32.max)), let type = object.value("type") else {
          object.missing("priority", of: "a transformation")
          object.missing("type", of: "a transformation")
          continue
        }
        if let first = places[number] {
          findings.error(at: object.location, "another transformation has the priority \(number), at \(first)")
        }
        places[number] = object.location
        priority = number
        name = type
      }
      guard let text = name.scalar?.text, let known = TextTransformation(rawValue: text.uppercased()) else {
        let text = name.scalar?.text ?? name.kindName
        findings.error(
          at: name.location, "`\(ObjectReader.excerpt(text))` is not a transformation",
          suggestion: Suggestion.near(text, among: TextTransformation.allCases.map(\.rawValue)))
        continue
      }
      found.append((priority, known))
    }
    if items.count > 10 {
      findings.error(at: content.location, "a statement has at most ten transformations, not \(items.count)")
    }
    return found.sorted { $0.priority < $1.priority }.map(\.transformation)
  }

  /// `{ singleHeader: { name: … } }`; for what needs no more than its name, the name.
  func field(_ node: DocumentNode) -> FieldToMatch? {
    if let text = node.scalar?.text {
      switch Self.lowered(text) {
      case "uriPath": return .uriPath
      case "queryString": return .queryString
      case "method": return .method
      case "allQueryArguments": return .allQueryArguments([])
      case "body": return .body(.proceed)
      default:
        findings.error(
          at: node.location, "`\(ObjectReader.excerpt(text))` is not a field",
          suggestion: Suggestion.near(text, among: FirewallKeys.fieldNames))
        return nil
      }
    }
    guard let object = object(node, "`fieldToMatch`") else { return nil }
    // WAF Classic: `{ type: HEADER, data: user-agent }`.
    if object.member("type") != nil { return classicField(object) }
    object.refuseKeys(except: FirewallKeys.fieldNames, "`fieldToMatch`")
    let known = object.members.filter { FirewallKeys.fieldNames.contains($0.key) }
    guard known.count == 1, let member = known.first else {
      if known.count > 1 || object.members.isEmpty {
        findings.error(at: object.location, "`fieldToMatch` has exactly one member, not \(known.count)")
      }
      return nil
    }
    let content =
      member.value.isNull
      ? ObjectReader([], at: object.location, in: context) : self.object(member.value, "`\(member.key)`")
    guard let content else { return nil }
    return field(member.key, content)
  }

  private enum Fallback: String, CaseIterable { case match = "MATCH", noMatch = "NO_MATCH" }

  private func field(_ key: String, _ content: ObjectReader) -> FieldToMatch? {
    switch key {
    case "singleHeader":
      content.refuseKeys(except: ["name"], "`singleHeader`")
      return content.requiredString("name", of: "`singleHeader`").map { .singleHeader($0) }
    case "singleQueryArgument":
      content.refuseKeys(except: ["name", "preParseTextTransformations"], "`singleQueryArgument`")
      return content.requiredString("name", of: "`singleQueryArgument`").map {
        .singleQueryArgument($0, preparations(content))
      }
    case "allQueryArguments":
      content.refuseKeys(except: ["preParseTextTransformations"], "`allQueryArguments`")
      return .allQueryArguments(preparations(content))
    case "uriPath": return .uriPath
    case "queryString": return .queryString
    case "method": return .method
    case "body":
      content.refuseKeys(except: ["oversizeHandling"], "`body`")
      return .body(oversize(content))
    case "headerOrder":
      content.refuseKeys(except: ["oversizeHandling"], "`headerOrder`")
      return .headerOrder(oversize(content))
    case "uriFragment":
      content.refuseKeys(except: ["fallbackBehavior"], "`uriFragment`")
      return .uriFragment(fallbackMatches: content.word("fallbackBehavior", Fallback.self) != .noMatch)
    case "ja3Fingerprint", "ja4Fingerprint": return fingerprint(key, content)
    case "jsonBody": return jsonBody(content)
    default: return list(key, content)
    }
  }

  /// `{ fallbackBehavior: MATCH }`, for requests whose client has no fingerprint.
  func fingerprint(_ key: String, _ content: ObjectReader) -> FieldToMatch? {
    content.refuseKeys(except: ["fallbackBehavior"], "`\(key)`")
    guard let fallback = content.word("fallbackBehavior", Fallback.self) else {
      content.missing("fallbackBehavior", of: "`\(key)`")
      return nil
    }
    return key == "ja3Fingerprint"
      ? .ja3Fingerprint(fallbackMatches: fallback == .match) : .ja4Fingerprint(fallbackMatches: fallback == .match)
  }

  /// A field that is a text. A fingerprint is a name, of which nothing but the whole means anything.
  func legible(_ inspection: Inspection?, _ content: ObjectReader) -> Inspection? {
    if inspection?.field.isFingerprint == true {
      findings.error(
        at: content.value("fieldToMatch")?.location ?? content.location,
        "a fingerprint is compared by `byteMatchStatement` only, with EXACTLY")
      return nil
    }
    return inspection
  }

  private func oversize(_ content: ObjectReader) -> FieldToMatch.Oversize {
    content.word("oversizeHandling", FieldToMatch.Oversize.self) ?? .proceed
  }

  private func preparations(_ content: ObjectReader) -> [FieldToMatch.QueryPreparation] {
    (content.list("preParseTextTransformations") ?? []).compactMap { item in
      guard var node = context.library.resolve(item) else { return nil }
      if node.members != nil {
        guard let object = object(node, "a transformation"), let type = object.value("type") else { return nil }
        node = type
      }
      if let text = node.scalar?.text, let known = FieldToMatch.QueryPreparation(rawValue: text.uppercased()) {
        return known
      }
      findings.error(
        at: node.location,
        "a query is prepared by \(FieldToMatch.QueryPreparation.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
  }

  private func jsonBody(_ content: ObjectReader) -> FieldToMatch? {
    content.refuseKeys(except: GatewayKeys.names(of: .jsonBody), "`jsonBody`")
    guard let scope = content.word("matchScope", FieldToMatch.Scope.self) else {
      content.missing("matchScope", of: "`jsonBody`")
      return nil
    }
    var paths: [String]?
    if let pattern = object(content, "matchPattern") {
      pattern.refuseKeys(except: ["all", "includedPaths"], "`matchPattern`")
      paths = pattern.strings("includedPaths")
      for (path, node) in zip(paths ?? [], pattern.list("includedPaths") ?? [])
      where !path.isEmpty && !path.hasPrefix("/") {
        findings.error(
          at: node.location, "`\(ObjectReader.excerpt(path))` is no JSON pointer", suggestion: "write `/a/b`")
      }
      if (paths?.count ?? 0) > 64 {
        findings.error(at: pattern.location, "`includedPaths` has at most 64 paths")
      }
    } else {
      content.missing("matchPattern", of: "`jsonBody`")
    }
    return .jsonBody(
      .init(
        paths: paths, scope: scope,
        invalidFallback: content.word("invalidFallbackBehavior", FieldToMatch.JSONBody.InvalidFallback.self),
        oversize: oversize(content)))
  }

  /// `headers` and `cookies`.
  private func list(_ key: String, _ content: ObjectReader) -> FieldToMatch? {
    content.refuseKeys(except: GatewayKeys.names(of: .fieldList), "`\(key)`")
    guard let scope = content.word("matchScope", FieldToMatch.Scope.self) else {
      content.missing("matchScope", of: "`\(key)`")
      return nil
    }
    guard let pattern = object(content, "matchPattern") else {
      content.missing("matchPattern", of: "`\(key)`")
      return nil
    }
    let noun = key == "headers" ? "Headers" : "Cookies"
    pattern.refuseKeys(except: ["all", "included\(noun)", "excluded\(noun)"], "`matchPattern`")
    let selection: FieldToMatch.Selection =
      if let names = pattern.strings("included\(noun)") {
        .included(names)
      } else if let names = pattern.strings("excluded\(noun)") {
        .excluded(names)
      } else {
        .all
      }
    return key == "headers"
      ? .headers(selection, scope, oversize(content)) : .cookies(selection, scope, oversize(content))
  }
}

extension FieldToMatch {
  var isFingerprint: Bool {
    switch self {
    case .ja3Fingerprint, .ja4Fingerprint: true
    default: false
    }
  }
}
