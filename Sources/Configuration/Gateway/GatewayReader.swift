import APIModel
import Edge
import Firewall

/// What gateway.yaml says, with its API definitions read.
struct GatewayDescription {
  var listeners: [Listener] = []
  var workers: Int?
  var logLevel: LogLevel?
  var limits = Limits()
  var admin = AdminSettings()
  var secretNames: [String] = []
  var trustedProxies: TrustedProxies?
  var upstreams: [UpstreamSettings] = []
  /// Nil: there is no disk tier.
  var cacheDirectory: String?
  var apis: [(api: RestAPI, stages: [Stage])] = []
  var domains: [DomainName] = []
  var distributions: [Distribution] = []
  var firewall: FirewallSetup?
  /// Of requests that come to no stage, and of stages that say nothing of their own.
  var accessLogSettings: AccessLogSettings?
}

/// How much the application log says; the names are swift-log's.
public enum LogLevel: String, Sendable, CaseIterable {
  case trace, debug, info, notice, warning, error, critical
}

/// gateway.yaml in, a `GatewayDescription` out. The keys that each object may have are those of `GatewayKeys`.
struct GatewayReader {
  let context: ReadingContext
  /// What SLUICE_ADMIN_TOKEN says, which counts before the file; nil or empty: nothing.
  var adminToken: String?

  var findings: Findings { context.findings }

  func read(_ document: DocumentNode) -> GatewayDescription {
    var description = GatewayDescription()
    guard let root = ObjectReader(document, "gateway.yaml", in: context) else { return description }
    root.refuseKeys(except: GatewayKeys.names(of: .root), "gateway.yaml")
    description.listeners = listeners(root)
    description.workers = workers(root)
    description.logLevel = root.word("logLevel", LogLevel.self)
    description.limits = limits(root)
    description.admin = admin(root)
    description.secretNames = root.strings("secretNames") ?? []
    description.trustedProxies = TrustedProxiesReader(context: context).read(root)
    description.upstreams = UpstreamReader(context: context).read(root)
    description.cacheDirectory = cacheDirectory(root)
    description.accessLogSettings = AccessLogReader(context: context).settings(of: root)
    let firewall = FirewallReader(context: context)
    description.firewall = firewall.read(root)
    screened(by: firewall.numbers).read(root, into: &description)
    return description
  }

  /// The same reader, which knows the web ACLs.
  private func screened(by webACLs: [String: Int]) -> GatewayReader {
    var context = context
    context.webACLs = webACLs
    return GatewayReader(context: context, adminToken: adminToken)
  }

  /// What may refer to web ACLs.
  private func read(_ root: ObjectReader, into description: inout GatewayDescription) {
    description.apis = apis(root, description.limits, description.accessLogSettings)
    description.domains = domains(root)
    if let distributions = root.list("distributions") {
      description.distributions = DistributionReader(context: context, apis: declaredAPIs(root)).read(distributions)
    }
  }

  private func workers(_ root: ObjectReader) -> Int? {
    if root.member("workers")?.value.scalar?.text == "auto" { return nil }
    return root.integer("workers", in: 1...1024)
  }

  private func cacheDirectory(_ root: ObjectReader) -> String? {
    guard let text = root.string("cacheDirectory"), let node = root.value("cacheDirectory") else { return nil }
    if text.isEmpty {
      findings.error(
        at: node.location, "`cacheDirectory` must name a directory", suggestion: "write `/var/cache/sluice`")
      return nil
    }
    return FilePath.resolve(text, from: node.location.file)
  }

  // MARK: Limits

  private func limits(_ root: ObjectReader) -> Limits {
    var limits = Limits()
    for section in Limits.sections {
      let entries = Limits.table.filter { $0.section == section }
      guard let object = root.object(section) else { continue }
      object.refuseKeys(except: entries.map(\.key), "`\(section)`")
      for entry in entries {
        guard let node = object.value(entry.key) else { continue }
        let text = node.scalar?.text
        guard let text, let value = Quantity.value(text, entry.unit) else {
          findings.error(
            at: node.location,
            "`\(entry.key)` must be \(Quantity.example(entry.unit)), not \(text.map { "`\(ObjectReader.excerpt($0))`" } ?? node.kindName)"
          )
          continue
        }
        guard entry.range.contains(value) else {
          findings.error(at: node.location, "`\(entry.key)` must be from \(entry.rangeText), not `\(text)`")
          continue
        }
        entry.set(value, in: &limits)
      }
    }
    return limits
  }

  // MARK: APIs

  private func apis(
    _ root: ObjectReader, _ limits: Limits, _ accessLog: AccessLogSettings?
  ) -> [(api: RestAPI, stages: [Stage])] {
    var apis: [(api: RestAPI, stages: [Stage])] = []
    var places: [String: SourceLocation] = [:]
    // A gateway may have sites alone.
    let items = root.member("apis") == nil && root.member("distributions") != nil ? [] : required("apis", root)
    for item in items {
      guard let object = ObjectReader(item, "an API", in: context) else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: .api), "an API")
      let stages = stages(object, accessLog)
      let mode = object.word("basePath", BasePathMode.self) ?? .ignore
      let name = object.requiredString("name", of: "an API")
      if let name, let place = object.member("name")?.value.location {
        if name.wholeMatch(of: /[A-Za-z0-9_-]{1,63}/) == nil {
          findings.error(at: place, "an API's name is made of 1 to 63 letters, digits, `-` and `_`, not `\(name)`")
        }
        if let first = places[name.lowercased()] {
          findings.error(at: place, "another API is named `\(name)`, at \(first)")
        }
        places[name.lowercased()] = place
      }
      guard let path = object.requiredString("definition", of: "an API"), let node = object.value("definition"),
        var api = APIDefinitionReader.read(
          FilePath.resolve(path, from: node.location.file), id: name ?? "", basePathMode: mode,
          standardTimeout: limits.integrationMilliseconds, at: node.location, in: context)
      else { continue }
      if let size = object.integer("minimumCompressionSize", in: 0...10_485_760, " of bytes") {
        api.minimumCompressionSize = size
      }
      if let isDisabled = object.boolean("disableExecuteApiEndpoint") { api.disableExecuteAPIEndpoint = isDisabled }
      if let cors = CORSReader(context: context).settings(of: object) { api.allow(cors) }
      apis.append((api, stages))
    }
    return apis
  }

  /// The stages of every API that gateway.yaml names, whether or not its definition can be read.
  private func declaredAPIs(_ root: ObjectReader) -> [String: [String]] {
    var declared: [String: [String]] = [:]
    guard case .sequence(let items)? = root.value("apis")?.content else { return [:] }
    for api in items.compactMap({ context.library.resolve($0) }) {
      guard let name = api["name"]?.scalar?.text else { continue }
      guard case .sequence(let stages)? = api["stages"].flatMap({ context.library.resolve($0) })?.content else {
        continue
      }
      declared[name] = stages.compactMap { context.library.resolve($0)?["name"]?.scalar?.text }
    }
    return declared
  }

  // MARK: Domains

  private func domains(_ root: ObjectReader) -> [DomainName] {
    var domains: [DomainName] = []
    for item in root.list("domains") ?? [] {
      guard let object = ObjectReader(item, "a domain", in: context) else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: .domain), "a domain")
      var mappings: [BasePathMapping] = []
      for item in required("mappings", object, of: "a domain") {
        guard let mapping = ObjectReader(item, "a mapping", in: context) else { continue }
        mapping.refuseKeys(except: GatewayKeys.names(of: .mapping), "a mapping")
        guard let api = mapping.requiredString("api", of: "a mapping") else { continue }
        mappings.append(
          BasePathMapping(
            basePath: basePath(mapping), api: api, stage: mapping.string("stage"), location: mapping.location))
      }
      let securityPolicy = object.word("securityPolicy", SecurityPolicy.self)
      let mutualTLS = mutualTLS(object)
      guard let name = object.requiredString("name", of: "a domain"),
        let place = object.member("name")?.value.location
      else { continue }
      if name.wholeMatch(of: /(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*/) == nil {
        findings.error(
          at: place, "`\(name)` is not a domain name", suggestion: "write `api.example.com` or `*.example.com`")
      }
      var domain = DomainName(name: name, mappings: mappings, location: place)
      domain.securityPolicy = securityPolicy
      domain.mutualTLS = mutualTLS
      domains.append(domain)
    }
    return domains
  }

  private func basePath(_ mapping: ObjectReader) -> String {
    guard let text = mapping.string("path"), text != "(none)" else { return "" }
    let path = text.split(separator: "/").joined(separator: "/")
    if path.wholeMatch(of: /[A-Za-z0-9$_.+!*'()\/-]{0,300}/) == nil {
      findings.error(
        at: mapping.member("path")?.value.location ?? mapping.location,
        "a base path is made of up to 300 letters, digits and `$-_.+!*'()/`, not `\(ObjectReader.excerpt(text))`")
    }
    return path
  }

  // MARK: Lists

  /// A list that must be there and must not be empty.
  func required(_ key: String, _ object: ObjectReader, of what: String = "gateway.yaml") -> [DocumentNode] {
    guard let member = object.member(key), !member.value.isNull else {
      object.missing(key, of: what)
      return []
    }
    guard let items = object.list(key) else { return [] }
    if items.isEmpty { findings.error(at: member.value.location, "`\(key)` must not be empty") }
    return items
  }
}
