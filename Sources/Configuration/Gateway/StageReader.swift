import APIModel

/// The stages of an API in gateway.yaml.
extension GatewayReader {
  /// - Parameter accessLog: where requests to stages that do not say so are logged.
  func stages(_ api: ObjectReader, _ accessLog: AccessLogSettings?) -> [Stage] {
    var stages: [Stage] = []
    for item in required("stages", api, of: "an API") {
      guard let object = ObjectReader(item, "a stage", in: context) else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: .stage), "a stage")
      var stage = Stage(name: "", variables: variables("variables", object), location: object.location)
      stage.description = object.string("description")
      stage.accessLogSettings = AccessLogReader(context: context).settings(of: object) ?? accessLog
      stage.webACL = context.webACL(of: object)
      stage.canary = canary(object)
      stage.methodSettings = methodSettings(object)
      stage.cacheClusterEnabled = object.boolean("cacheClusterEnabled") ?? false
      stage.cacheClusterSize = object.word("cacheClusterSize", CacheClusterSize.self)
      if !stage.cacheClusterEnabled, stage.methodSettings.contains(where: \.cachingEnabled) {
        findings.warning(
          at: object.member("methodSettings")?.keyLocation ?? object.location,
          "`cachingEnabled` has no effect: the stage has no cache", suggestion: "add `cacheClusterEnabled: true`")
      }
      guard let name = object.requiredString("name", of: "a stage"), let place = object.member("name")?.value.location
      else { continue }
      if name.wholeMatch(of: /[A-Za-z0-9_-]{1,128}/) == nil {
        findings.error(at: place, "a stage's name is made of 1 to 128 letters, digits, `-` and `_`, not `\(name)`")
      }
      stage.name = name
      stage.location = place
      stages.append(stage)
    }
    return stages
  }

  /// AWS allows fewer characters in a value; what would break a request line is refused here.
  private func variables(_ key: String, _ stage: ObjectReader) -> [String: String] {
    var variables: [String: String] = [:]
    for member in stage.object(key)?.members ?? [] {
      if member.key.wholeMatch(of: /[A-Za-z0-9_]{1,64}/) == nil {
        findings.error(
          at: member.keyLocation,
          "a stage variable's name is made of 1 to 64 letters, digits and `_`, not `\(member.key)`")
      }
      guard let node = context.library.resolve(member.value), let scalar = node.scalar, scalar.kind != .null else {
        findings.error(at: member.value.location, "the stage variable `\(member.key)` must be text")
        continue
      }
      if scalar.text.unicodeScalars.contains(where: { $0.value < 0x21 || $0.value == 0x7F }) {
        findings.error(at: node.location, "a stage variable's value has no spaces or control characters")
      }
      if scalar.text.utf8.count > 512 {
        findings.error(at: node.location, "a stage variable's value has at most 512 characters")
      }
      variables[member.key] = scalar.text
    }
    return variables
  }

  private func canary(_ stage: ObjectReader) -> CanarySettings? {
    guard let object = stage.object("canarySettings") else { return nil }
    object.refuseKeys(except: GatewayKeys.names(of: .canary), "`canarySettings`")
    let useStageCache = object.boolean("useStageCache") ?? false
    return CanarySettings(
      percentTraffic: object.number("percentTraffic", in: 0...100) ?? 0,
      stageVariableOverrides: variables("stageVariableOverrides", object),
      deployment: object.integer("deploymentId", in: 1...Int.max), useStageCache: useStageCache,
      location: object.value("deploymentId")?.location ?? object.location)
  }

  // MARK: Method settings

  /// The settings for all methods first: the others begin as copies of them, as on AWS.
  private func methodSettings(_ stage: ObjectReader) -> [MethodSettings] {
    let members = stage.object("methodSettings")?.members ?? []
    var all: [MethodSettings] = []
    var standard: MethodSettings?
    for member in members where Self.isForAll(member.key) {
      if standard != nil { findings.error(at: member.keyLocation, "there are settings for all methods already") }
      guard let settings = methodSettings(MethodSettings(location: member.keyLocation), member) else { continue }
      standard = settings
      all.append(settings)
    }
    for member in members where !Self.isForAll(member.key) {
      guard let (path, method) = Self.method(member.key) else {
        findings.error(
          at: member.keyLocation, "`\(ObjectReader.excerpt(member.key))` does not name a method",
          suggestion: "write `*/*` for all of them, or a path and a method: `pets/{petId}/GET`, `/GET` for the root")
        continue
      }
      var settings = standard ?? MethodSettings(location: member.keyLocation)
      settings.resourcePath = path
      settings.httpMethod = method
      settings.location = member.keyLocation
      if all.contains(where: { $0.resourcePath == path && $0.httpMethod == method }) {
        findings.error(at: member.keyLocation, "there are settings for \(method) \(path) already")
      }
      if let settings = methodSettings(settings, member) { all.append(settings) }
    }
    return all
  }

  /// `*/*`, or `/*/*` as CloudFormation writes it.
  private static func isForAll(_ key: String) -> Bool { key == "*/*" || key == "/*/*" }

  /// `pets/{petId}/GET`, `/pets/{petId}/GET` or, as patches write it, `~1pets~1{petId}/GET`; the root's is `/GET`.
  private static func method(_ key: String) -> (path: String, method: String)? {
    let text = JSONPointer.unescaped(key)
    guard let slash = text.lastIndex(of: "/"), let name = text[text.index(after: slash)...].nilIfEmpty,
      name.allSatisfy({ $0.isASCII && $0.isLetter })
    else { return nil }
    let path = text[..<slash].split(separator: "/").joined(separator: "/")
    return path.contains("*") ? nil : ("/" + path, name.uppercased())
  }

  /// `standard` with what the object says.
  private func methodSettings(_ standard: MethodSettings, _ member: DocumentNode.Member) -> MethodSettings? {
    guard let object = ObjectReader(member.value, "`\(ObjectReader.excerpt(member.key))`", in: context) else {
      return nil
    }
    object.refuseKeys(except: GatewayKeys.names(of: .methodSettings), "an entry of `methodSettings`")
    var settings = standard
    func set<T>(_ field: WritableKeyPath<MethodSettings, T>, _ value: T?) {
      if let value { settings[keyPath: field] = value }
    }
    set(\.metricsEnabled, object.boolean("metricsEnabled"))
    set(\.loggingLevel, object.word("loggingLevel", MethodSettings.LoggingLevel.self))
    set(\.dataTraceEnabled, object.boolean("dataTraceEnabled"))
    let burst = object.integer("throttlingBurstLimit", in: -1...1_000_000_000)
    let rate = object.number("throttlingRateLimit", in: -1...1e9)
    set(\.throttlingBurstLimit, burst)
    set(\.throttlingRateLimit, rate)
    set(\.cachingEnabled, object.boolean("cachingEnabled"))
    set(\.cacheTtlInSeconds, object.integer("cacheTtlInSeconds", in: 0...3600, " of seconds"))
    set(\.cacheDataEncrypted, object.boolean("cacheDataEncrypted"))
    set(\.requireAuthorizationForCacheControl, object.boolean("requireAuthorizationForCacheControl"))
    set(
      \.unauthorizedCacheControlHeaderStrategy,
      object.word("unauthorizedCacheControlHeaderStrategy", MethodSettings.UnauthorizedCacheControl.self))
    if let burst, burst >= 0 { warn(object, "throttlingBurstLimit", "requests are not throttled yet") }
    if let rate, rate >= 0 { warn(object, "throttlingRateLimit", "requests are not throttled yet") }
    if settings.metricsEnabled { warn(object, "metricsEnabled", "there are no metrics yet") }
    if settings.dataTraceEnabled { warn(object, "dataTraceEnabled", "there is no execution log yet") }
    if settings.loggingLevel != .off { warn(object, "loggingLevel", "there is no execution log yet") }
    return settings
  }

  /// Says that something that stands there does not do anything yet.
  private func warn(_ object: ObjectReader, _ key: String, _ reason: String) {
    guard let node = object.value(key) else { return }
    findings.warning(at: node.location, "`\(key)` has no effect: \(reason)")
  }
}

extension Substring {
  fileprivate var nilIfEmpty: Substring? { isEmpty ? nil : self }
}
