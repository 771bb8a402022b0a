import HTTPSemantics

/// The address of a schema, and references relative to it (RFC 3986 § 5).
struct URIReference: Equatable {
  var scheme: Substring?
  var authority: Substring?
  var path: Substring
  var query: Substring?
  var fragment: Substring?

  /// Split as the expression of RFC 3986, appendix B, splits it: every text is some reference.
  init(_ text: String) {
    var rest = text[...]
    if let hash = rest.firstIndex(of: "#") {
      fragment = rest[rest.index(after: hash)...]
      rest = rest[..<hash]
    }
    if let colon = rest.firstIndex(of: ":"), colon > rest.startIndex,
      !rest[..<colon].contains(where: { "/?".contains($0) })
    {
      scheme = rest[..<colon]
      rest = rest[rest.index(after: colon)...]
    }
    if let mark = rest.firstIndex(of: "?") {
      query = rest[rest.index(after: mark)...]
      rest = rest[..<mark]
    }
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: "/") ?? rest.endIndex
      authority = rest[..<end]
      rest = rest[end...]
    }
    path = rest
  }

  var text: String {
    var text = scheme.map { "\($0):" } ?? ""
    if let authority { text += "//\(authority)" }
    text += path
    if let query { text += "?\(query)" }
    if let fragment { text += "#\(fragment)" }
    return text
  }

  var withoutFragment: String {
    var result = self
    result.fragment = nil
    return result.text
  }

  /// RFC 3986 § 5.2.2.
  func resolved(against base: URIReference) -> URIReference {
    guard scheme == nil else { return withoutDots }
    var result = self
    result.scheme = base.scheme
    if authority != nil { return result.withoutDots }
    result.authority = base.authority
    if path.isEmpty {
      result.path = base.path
      if query == nil { result.query = base.query }
      return result
    }
    if !path.hasPrefix("/") {
      let folder = base.path.lastIndex(of: "/").map { base.path[...$0] }
      let merged = (folder ?? (base.authority != nil ? "/" : "")) + path
      result.path = merged[...]
    }
    return result.withoutDots
  }

  /// RFC 3986 § 5.2.4.
  private var withoutDots: URIReference {
    guard path.contains(".") else { return self }
    var segments: [Substring] = []
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      switch part {
      case ".": if isLast { segments.append("") }
      case "..":
        if segments.count > 1 || segments.first.map({ !$0.isEmpty }) == true { segments.removeLast() }
        if isLast { segments.append("") }
      default: segments.append(part)
      }
    }
    var result = self
    result.path = segments.joined(separator: "/")[...]
    return result
  }

  /// The keys of a JSON pointer in a fragment (RFC 6901 § 6); nil where the fragment is none.
  static func pointer(_ fragment: Substring) -> [String]? {
    let decoded = PercentEncoding.decoded(fragment)
    if decoded.isEmpty { return [] }
    guard decoded.hasPrefix("/") else { return nil }
    return decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
    }
  }
}
