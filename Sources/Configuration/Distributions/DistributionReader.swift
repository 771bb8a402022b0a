import APIModel
import Edge
import HTTPSemantics

/// `distributions` of gateway.yaml in, Edge's values out, every name in them resolved.
struct DistributionReader {
  let context: ReadingContext
  /// The stages of every API, by its name.
  let apis: [String: [String]]

  private var findings: Findings { context.findings }

  func read(_ items: [DocumentNode]) -> [Distribution] {
    var distributions: [Distribution] = []
    var places: [String: SourceLocation] = [:]
    for item in items {
      guard let object = ObjectReader(item, "a distribution", in: context) else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: .distribution), "a distribution")
      let aliases = aliases(object, &places)
      let isEnabled = object.boolean("enabled") ?? true
      guard let distribution = distribution(object, aliases, number: distributions.count), isEnabled else { continue }
      distributions.append(distribution)
    }
    return distributions
  }

  private func distribution(_ object: ObjectReader, _ aliases: [String], number: Int) -> Distribution? {
    _ = object.string("comment")
    let root = rootObject(object)
    let xCacheName = xCacheName(object)
    let origins = origins(object)
    let groups = groups(object, origins)
    let behaviors = CacheBehaviorReader(context: context, origins: origins, groups: groups)
    var all: [CacheBehavior] = []
    var patterns: [String: SourceLocation] = [:]
    for item in object.list("cacheBehaviors") ?? [] {
      guard let reader = ObjectReader(item, "a behaviour", in: context) else { continue }
      guard let behavior = behaviors.read(reader, isDefault: false) else { continue }
      if let pattern = behavior.pathPattern, let place = reader.member("pathPattern")?.value.location {
        if let first = patterns[pattern.text] {
          findings.error(at: place, "another behaviour has the pattern `\(pattern.text)`, at \(first)")
        }
        patterns[pattern.text] = place
      }
      all.append(behavior)
    }
    guard let last = object.object("defaultCacheBehavior") else {
      object.missing("defaultCacheBehavior", of: "a distribution")
      return nil
    }
    guard let standard = behaviors.read(last, isDefault: true) else { return nil }
    all.append(standard)
    let responses = ErrorResponseReader(context: context, behaviors: all).read(object)
    return Distribution(
      aliases: aliases, origins: origins.map(\.origin), behaviors: all, defaultRootObject: root,
      customErrorResponses: responses, xCacheName: xCacheName, webACL: context.webACL(of: object),
      number: number, location: object.location)
  }

  /// A token, so that it is one word of the field.
  private func xCacheName(_ object: ObjectReader) -> String {
    guard let text = object.string("xCacheName") else { return "sluice" }
    guard text.wholeMatch(of: /[A-Za-z0-9._-]{1,63}/) != nil else {
      findings.error(
        at: object.member("xCacheName")?.value.location ?? object.location,
        "`xCacheName` is one word of letters, digits and `-._`, not `\(ObjectReader.excerpt(text))`",
        suggestion: "write `edge-1`")
      return "sluice"
    }
    return text
  }

  private func aliases(_ object: ObjectReader, _ places: inout [String: SourceLocation]) -> [String] {
    let nodes = object.list("aliases").map { $0.map(\.location) }
    guard let texts = object.strings("aliases"), let nodes else {
      return object.member("aliases") == nil ? note("*", object.location, &places) : []
    }
    return zip(texts, nodes).flatMap { text, place -> [String] in
      let name = text.lowercased()
      // A name; or `*`; or an address, as browsers ask for one.
      guard name == "*" || name.wholeMatch(of: /(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]/) != nil else {
        findings.error(
          at: place, "`\(ObjectReader.excerpt(text))` is not a host name",
          suggestion: "write `app.example.com`, `*.example.com` or `\"*\"`")
        return []
      }
      return note(name, place, &places)
    }
  }

  private func note(_ name: String, _ place: SourceLocation, _ places: inout [String: SourceLocation]) -> [String] {
    if let first = places[name] {
      findings.error(at: place, "another distribution answers for `\(name)`, at \(first)")
      return []
    }
    places[name] = place
    return [name]
  }

  private func rootObject(_ object: ObjectReader) -> String {
    guard let text = object.string("defaultRootObject") else { return "" }
    guard text.wholeMatch(of: /[A-Za-z0-9_.~-][A-Za-z0-9_.~\/-]{0,254}/) != nil, !text.contains("//"),
      !text.contains("..")
    else {
      findings.error(
        at: object.member("defaultRootObject")?.value.location ?? object.location,
        "`defaultRootObject` must be a path without a slash in front, not `\(ObjectReader.excerpt(text))`",
        suggestion: "write `index.html`")
      return ""
    }
    return text
  }

  // MARK: Origins

  private func origins(_ object: ObjectReader) -> [(origin: Origin, location: SourceLocation)] {
    guard let member = object.member("origins"), !member.value.isNull else {
      object.missing("origins", of: "a distribution")
      return []
    }
    guard let items = object.list("origins") else { return [] }
    if items.isEmpty { findings.error(at: member.value.location, "`origins` must not be empty") }
    var origins: [(origin: Origin, location: SourceLocation)] = []
    for item in items {
      guard let reader = ObjectReader(item, "an origin", in: context),
        let origin = OriginReader(context: context, apis: apis).read(reader)
      else { continue }
      let place = reader.member("id")?.value.location ?? reader.location
      if let first = origins.first(where: { $0.origin.id == origin.id }) {
        findings.error(at: place, "another origin has the id `\(origin.id)`, at \(first.location)")
      } else {
        origins.append((origin, place))
      }
    }
    return origins
  }

  private func groups(
    _ object: ObjectReader, _ origins: [(origin: Origin, location: SourceLocation)]
  ) -> [String: (origin: Origin, failover: Failover)] {
    var groups: [String: (origin: Origin, failover: Failover)] = [:]
    for item in object.list("originGroups") ?? [] {
      guard let group = ObjectReader(item, "an origin group", in: context) else { continue }
      group.refuseKeys(except: GatewayKeys.names(of: .originGroup), "an origin group")
      let codes = codes(group)
      guard let id = group.requiredString("id", of: "an origin group") else { continue }
      if let first = origins.first(where: { $0.origin.id == id }) {
        findings.error(
          at: group.member("id")?.value.location ?? group.location,
          "an origin has the id `\(id)` already, at \(first.location)")
      }
      guard let nodes = group.list("members"), let names = group.strings("members") else {
        group.missing("members", of: "an origin group")
        continue
      }
      guard nodes.count == 2, names.count == 2 else {
        findings.error(
          at: group.member("members")?.value.location ?? group.location,
          "an origin group has two members, not \(nodes.count)")
        continue
      }
      let members = zip(names, nodes).compactMap { name, node -> Origin? in
        if let found = origins.first(where: { $0.origin.id == name }) { return found.origin }
        findings.error(
          at: node.location, "there is no origin `\(ObjectReader.excerpt(name))`",
          suggestion: Suggestion.near(name, among: origins.map(\.origin.id)))
        return nil
      }
      guard members.count == 2 else { continue }
      groups[id] = (members[0], Failover(origin: members[1], statusCodes: codes))
    }
    return groups
  }

  private func codes(_ group: ObjectReader) -> [Int] {
    let nodes = group.list("statusCodes") ?? []
    return zip(group.strings("statusCodes") ?? [], nodes).compactMap { text, node in
      if let code = Int(text), Failover.allowedCodes.contains(code) { return code }
      findings.error(
        at: node.location,
        "`\(ObjectReader.excerpt(text))` cannot be failed over: it is one of "
          + Failover.allowedCodes.map(String.init).joined(separator: ", "))
      return nil
    }
  }
}
