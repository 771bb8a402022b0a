/// `$context` and the groups in it: maps whose members are asked of the exchange only when a template asks for them.
final class ContextObject: MapObject {
  private let source: any ContextSource
  /// Dotted name with the dot, `identity.`; empty for `$context` itself.
  private let prefix: String
  /// Members that the source has not, in the order that API Gateway shows.
  private let keys: [String]
  private var isComplete = false
  /// Whether a template wrote into any of the groups, or could have.
  private final class Marks { var isWritten = false }
  private let marks: Marks
  var isWritten: Bool { marks.isWritten }
  private var overrides: [String: MapObject] = [:]

  /// `$context.keySet()` on API Gateway, in its order.
  static let rootKeys = [
    "resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path", "accountId", "protocol",
    "requestOverride", "stage", "domainPrefix", "requestTimeEpoch", "requestId", "identity", "domainName",
    "deploymentId", "responseOverride", "apiId",
  ]

  /// `$context.identity.keySet()` on API Gateway, in its order.
  static let identityKeys = [
    "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId", "accessKey",
    "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user",
  ]

  /// Members that are groups of their own.
  private static let groups: Set<String> = [
    "identity", "authorizer", "error", "customDomain", "identity.clientCert", "identity.clientCert.validity",
    "authorizer.claims", "authorize", "authenticate", "integration", "waf",
  ]

  convenience init(_ source: any ContextSource) {
    self.init(source, prefix: "", keys: ContextObject.rootKeys, Marks())
  }

  private init(_ source: any ContextSource, prefix: String, keys: [String], _ marks: Marks) {
    self.marks = marks
    self.source = source
    self.prefix = prefix
    self.keys = keys
    super.init()
  }

  /// Groups have no text on API Gateway.
  var isSilent: Bool { !prefix.isEmpty }

  override func find(_ key: MapKey) -> Value? {
    if let known = super.find(key) { return known }
    guard let name = key.value.asText?.string, !name.isEmpty else { return nil }
    guard let value = fetch(name) else { return nil }
    // Kept, so that it is the same object next time and asked for once.
    if !isComplete { remembered[name] = value }
    return value
  }

  private var remembered: [String: Value] = [:]

  private func fetch(_ name: String) -> Value? {
    if let known = remembered[name] { return known }
    if prefix.isEmpty, name == "requestOverride" || name == "responseOverride" { return .object(overrideMap(name)) }
    let dotted = prefix + name
    if ContextObject.groups.contains(dotted) {
      if dotted == "identity" {
        return .object(ContextObject(source, prefix: "identity.", keys: ContextObject.identityKeys, marks))
      }
      let names = source.names(under: dotted)
      // An authorizer's claims as a whole are null on API Gateway, but their members can be read.
      let group = ContextObject(source, prefix: dotted + ".", keys: names, marks)
      return .object(group)
    }
    guard let text = source.variable(dotted) else { return keys.contains(name) ? .null : nil }
    if dotted == "requestTimeEpoch", let number = Int64(text) { return .long(number) }
    return Value(text)
  }

  override func willPut(_ key: MapKey) { marks.isWritten = true }

  override func abandon() {
    clearStored()
    remembered = [:]
    for map in overrideObjects { map.abandon() }
    overrides = [:]
  }

  override func complete() {
    guard !isComplete else { return }
    isComplete = true
    let written = stored
    clearStored()
    for key in keys where fetch(key) != nil { store(MapKey(key), fetch(key) ?? .null) }
    for entry in written { store(entry.key, entry.value) }
  }

  // MARK: Overrides

  private func overrideMap(_ name: String) -> MapObject {
    marks.isWritten = true
    if let known = overrides[name] { return known }
    let map = OverrideObject()
    let members = name == "requestOverride" ? ["path", "header", "querystring"] : ["header"]
    for member in members { map.store(MapKey(member), .object(OverrideObject())) }
    overrides[name] = map
    return map
  }

  private var overrideObjects: [OverrideObject] {
    overrides.values.flatMap { map in
      [map as? OverrideObject]
        + map.stored.map { entry in
          if case .object(let object) = entry.value { object as? OverrideObject } else { nil }
        }
    }.compactMap { $0 }
  }

  /// Another template begins to render.
  func beginTemplate() {
    guard isWritten else { return }
    for map in overrideObjects { map.forgetWriters() }
  }

  /// A parameter that the template overrode twice, which API Gateway answers with an error.
  var repeatedOverride: String? {
    guard isWritten else { return nil }
    for map in overrideObjects { if let key = map.repeated { return key.value.asText?.string ?? "" } }
    return nil
  }

  /// What a template set `$context.requestOverride.header` and the like to.
  func override(_ name: String, _ member: String) -> MapObject? {
    guard case .object(let object) = overrideMember(name, member) else { return nil }
    return object as? MapObject
  }

  func overrideMember(_ name: String, _ member: String) -> Value {
    guard case .object(let object) = super.find(MapKey(name)) ?? overrides[name].map({ .object($0) }) ?? .null,
      let map = object as? MapObject
    else { return .null }
    return map.get(MapKey(member))
  }

  var hasOverrides: Bool {
    guard isWritten else { return false }
    for (name, members) in [("requestOverride", ["path", "header", "querystring"]), ("responseOverride", ["header"])] {
      for member in members where (override(name, member)?.count ?? 0) > 0 { return true }
    }
    return !overrideMember("responseOverride", "status").isNull
  }
}

/// A map of overrides, which prints as nothing, and in which a template may set each parameter only once.
final class OverrideObject: MapObject {
  /// Keys set by the template that renders now.
  private var written: Set<MapKey> = []
  /// One that it set a second time.
  private(set) var repeated: MapKey?

  override func willPut(_ key: MapKey) {
    if !written.insert(key).inserted { repeated = key }
  }

  /// Another template begins.
  func forgetWriters() {
    written = []
    repeated = nil
  }
}
