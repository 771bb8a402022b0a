import APIModel

/// An API's `cors` in, what pages of other origins may do out.
struct CORSReader {
  let context: ReadingContext

  private var findings: Findings { context.findings }

  /// Nil where there are none, or where they are wrong, which is then said.
  func settings(of api: ObjectReader) -> CORSSettings? {
    guard let member = api.member("cors"), let node = api.value("cors") else { return nil }
    if node.members == nil {
      return api.boolean("cors") == true ? CORSSettings(location: member.keyLocation) : nil
    }
    guard let object = api.object("cors") else { return nil }
    object.refuseKeys(except: GatewayKeys.names(of: .cors), "`cors`")
    var settings = CORSSettings(location: member.keyLocation)
    settings.allowOrigins = origins(object) ?? ["*"]
    settings.allowMethods = words(object, "allowMethods", "a method") { $0.uppercased() }
    settings.allowHeaders = words(object, "allowHeaders", "the name of a header") { $0 }
    settings.exposeHeaders = words(object, "exposeHeaders", "the name of a header") { $0 } ?? []
    settings.allowCredentials = object.boolean("allowCredentials") ?? false
    settings.maxAge = object.integer("maxAge", in: 0...86_400, " of seconds")
    if settings.allowCredentials, settings.allowOrigins.contains("*") {
      findings.error(
        at: object.member("allowCredentials")?.keyLocation ?? object.location,
        "browsers send no credentials where every origin is allowed",
        suggestion: "name the origins in `allowOrigins`, or allow `https://*`")
    }
    if settings.allowCredentials, settings.allowHeaders?.contains("*") == true {
      findings.error(
        at: object.member("allowHeaders")?.keyLocation ?? object.location,
        "where credentials are allowed, `*` is no header's name to a browser", suggestion: "name the headers")
    }
    return settings
  }

  private func origins(_ object: ObjectReader) -> [String]? {
    guard let items = object.list("allowOrigins") else { return nil }
    return items.compactMap { item in
      guard let node = context.library.resolve(item) else { return nil }
      guard let text = node.scalar?.text else {
        findings.error(at: node.location, "each value of `allowOrigins` must be text, not \(node.kindName)")
        return nil
      }
      if text == "*" || text.wholeMatch(of: /[a-z][a-z0-9+.-]*:\/\/(\*|[^\/?#\s*,]+)/) != nil { return text }
      findings.error(
        at: node.location,
        "`\(ObjectReader.excerpt(text))` is not an origin: scheme, host and port, and nothing behind them",
        suggestion: "write `https://app.example.com`, `http://localhost:3000`, `https://*` or `*`")
      return nil
    }
  }

  private func words(
    _ object: ObjectReader, _ key: String, _ what: String, _ written: (String) -> String
  ) -> [String]? {
    guard let items = object.list(key) else { return nil }
    return items.compactMap { item in
      guard let node = context.library.resolve(item) else { return nil }
      guard let text = node.scalar?.text, text.wholeMatch(of: /[!#$%&'*+.^_`|~A-Za-z0-9-]+/) != nil else {
        let found = node.scalar.map { "`\(ObjectReader.excerpt($0.text))`" } ?? node.kindName
        findings.error(at: node.location, "each value of `\(key)` must be \(what), not \(found)")
        return nil
      }
      return written(text)
    }
  }
}
