import APIModel
import Edge
import HTTPSemantics
import Pipeline
import StaticFiles

/// One entry of `origins`: an API of this gateway, another server, or a directory.
struct OriginReader {
  let context: ReadingContext
  let apis: [String: [String]]

  private var findings: Findings { context.findings }
  private static let kinds = ["api", "url", "directory"]
  /// Which keys belong to which kind.
  private static let own = [
    "api": ["stage", "basePath"], "url": ["originPath", "customHeaders", "originReadTimeout"],
    "directory": ["indexDocument", "fallbackDocument", "errorDocument", "cacheControl"],
  ]

  func read(_ object: ObjectReader) -> Origin? {
    object.refuseKeys(except: GatewayKeys.names(of: .origin), "an origin")
    let id = object.requiredString("id", of: "an origin")
    let named = Self.kinds.filter { object.member($0) != nil }
    guard named.count == 1, let kind = named.first else {
      findings.error(
        at: object.location,
        named.isEmpty
          ? "an origin needs one of the keys `api`, `url`, `directory`"
          : "an origin has one of the keys `api`, `url`, `directory`, not \(named.map { "`\($0)`" }.joined(separator: " and "))"
      )
      return nil
    }
    for (other, keys) in Self.own where other != kind {
      for member in object.members where keys.contains(member.key) {
        findings.error(
          at: member.keyLocation, "`\(member.key)` belongs to an origin with `\(other)`, not with `\(kind)`")
      }
    }
    switch kind {
    case "api": return api(object, id)
    case "url": return server(object, id)
    default: return directory(object, id)
    }
  }

  // MARK: An API

  private func api(_ object: ObjectReader, _ id: String?) -> Origin? {
    let basePath = path(object, "basePath")
    let stage = object.string("stage")
    guard let name = object.requiredString("api", of: "an origin") else { return nil }
    guard let stages = apis[name] else {
      findings.error(
        at: object.member("api")?.value.location ?? object.location, "there is no API `\(ObjectReader.excerpt(name))`",
        suggestion: Suggestion.near(name, among: apis.keys) ?? Self.listed("the APIs are", apis.keys))
      return nil
    }
    if let stage, !stages.contains(stage) {
      findings.error(
        at: object.member("stage")?.value.location ?? object.location,
        "the API `\(name)` has no stage `\(ObjectReader.excerpt(stage))`",
        suggestion: Suggestion.near(stage, among: stages) ?? Self.listed("its stages are", stages))
      return nil
    }
    return id.map { .api(APIOrigin(id: $0, api: name, stage: stage, basePath: basePath)) }
  }

  private static func listed(_ start: String, _ names: some Sequence<String>) -> String {
    "\(start) " + names.sorted().map { "`\($0)`" }.joined(separator: ", ")
  }

  /// A path with a slash in front and none at the end; empty for `/` and for none.
  private func path(_ object: ObjectReader, _ key: String) -> String {
    guard let text = object.string(key) else { return "" }
    let parts = text.split(separator: "/")
    let path = parts.map { "/" + $0 }.joined()
    guard text.isEmpty || text.hasPrefix("/"), path.wholeMatch(of: /[A-Za-z0-9$_.+!*'()~@:&=,;\/-]{0,255}/) != nil,
      !parts.contains(".."), !parts.contains(".")
    else {
      findings.error(
        at: object.member(key)?.value.location ?? object.location,
        "`\(key)` must be a path with a slash in front, not `\(ObjectReader.excerpt(text))`", suggestion: "write `/api`"
      )
      return ""
    }
    return path
  }

  // MARK: A server

  private func server(_ object: ObjectReader, _ id: String?) -> Origin? {
    let originPath = path(object, "originPath")
    let headers = headers(object)
    let seconds = object.integer("originReadTimeout", in: 1...180, " of seconds") ?? 30
    guard let url = object.requiredString("url", of: "an origin") else { return nil }
    let place = object.member("url")?.value.location ?? object.location
    let lowered = url.lowercased()
    var authority = ""
    var scheme = ""
    for known in ["http", "https", "http+unix"] where lowered.hasPrefix(known + "://") {
      scheme = known
      authority = String(url.dropFirst(known.count + 3))
    }
    if authority.hasSuffix("/") { authority.removeLast() }
    if authority.contains(where: { "/?#".contains($0) }) {
      findings.error(
        at: place, "`url` names a server, without a path: `\(ObjectReader.excerpt(url))`",
        suggestion: "put the path into `originPath`")
      return nil
    }
    guard let endpoint = Endpoint(scheme: scheme, authority: authority) else {
      findings.error(
        at: place, "`\(ObjectReader.excerpt(url))` is not the address of a server",
        suggestion: "write `http://127.0.0.1:9000`")
      return nil
    }
    return id.map {
      .http(
        HTTPOrigin(
          id: $0, endpoint: endpoint, originPath: originPath, customHeaders: headers,
          readTimeoutMilliseconds: seconds * 1000))
    }
  }

  /// Fields that say how a message travels are not anybody's to set (spec § 14.12).
  private static let forbidden: Set<String> = [
    "connection", "content-length", "cookie", "expect", "host", "if-match", "if-modified-since", "if-none-match",
    "if-range", "if-unmodified-since", "keep-alive", "max-forwards", "proxy-authorization", "proxy-connection", "range",
    "te", "trailer", "transfer-encoding", "upgrade", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip",
  ]

  private func headers(_ object: ObjectReader) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for member in object.object("customHeaders")?.members ?? [] {
      guard let value = context.library.resolve(member.value)?.scalar, value.kind != .null else {
        findings.error(at: member.value.location, "the value of `\(ObjectReader.excerpt(member.key))` must be text")
        continue
      }
      var (name, text) = (member.key, value.text)
      guard name.withUTF8({ UnsafeRawBufferPointer($0).isToken }) else {
        findings.error(at: member.keyLocation, "`\(ObjectReader.excerpt(name))` is not a field name")
        continue
      }
      guard !Self.forbidden.contains(name.lowercased()) else {
        findings.error(at: member.keyLocation, "`\(name)` is not a field that an origin may be given")
        continue
      }
      guard text.withUTF8({ UnsafeRawBufferPointer($0).isFieldValue }) else {
        findings.error(at: member.value.location, "the value of `\(name)` has control characters")
        continue
      }
      headers.append((name, text))
    }
    return headers
  }

  // MARK: A directory

  private func directory(_ object: ObjectReader, _ id: String?) -> Origin? {
    guard let text = object.requiredString("directory", of: "an origin"), let node = object.value("directory") else {
      return nil
    }
    var settings = SiteSettings(directory: FilePath.resolve(text, from: node.location.file))
    if settings.directory.isEmpty { settings.directory = "." }
    if !context.library.isDirectory(settings.directory) {
      findings.warning(
        at: node.location, "there is no directory `\(settings.directory)` yet: its paths answer 404")
    }
    if let name = document(object, "indexDocument") {
      if name.contains("/") {
        findings.error(
          at: object.member("indexDocument")?.value.location ?? object.location,
          "`indexDocument` is a file's name, the same in every folder, not `\(ObjectReader.excerpt(name))`")
      }
      settings.indexDocument = name
    }
    settings.fallbackDocument = document(object, "fallbackDocument")
    settings.errorDocument = document(object, "errorDocument")
    for item in object.list("cacheControl") ?? [] {
      guard let rule = ObjectReader(item, "a rule of `cacheControl`", in: context) else { continue }
      rule.refuseKeys(except: GatewayKeys.names(of: .cacheControlRule), "a rule of `cacheControl`")
      guard let pattern = CacheBehaviorReader.pattern("path", rule, of: "a rule of `cacheControl`") else { continue }
      guard var value = rule.string("value") else {
        rule.missing("value", of: "a rule of `cacheControl`")
        continue
      }
      guard value.withUTF8({ UnsafeRawBufferPointer($0).isFieldValue }) else {
        findings.error(
          at: rule.member("value")?.value.location ?? rule.location, "`value` has control characters")
        continue
      }
      settings.cacheControl.append(CacheControlRule(path: pattern, value: value))
    }
    return id.map { .directory(DirectoryOrigin(id: $0, settings: settings)) }
  }

  /// A file below the directory, without a slash in front.
  private func document(_ object: ObjectReader, _ key: String) -> String? {
    guard let text = object.string(key) else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard !text.isEmpty, parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }), !text.utf8.contains(0) else {
      findings.error(
        at: object.member(key)?.value.location ?? object.location,
        "`\(key)` must be a file below the directory, without a slash in front, not `\(ObjectReader.excerpt(text))`",
        suggestion: "write `\(parts.filter { !$0.isEmpty && !$0.hasPrefix(".") }.joined(separator: "/"))`")
      return nil
    }
    return text
  }
}
