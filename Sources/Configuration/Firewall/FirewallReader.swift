import APIModel
import Firewall
import PCRE

/// `webACLs`, `ipSets`, `regexPatternSets` and `ruleGroups` of gateway.yaml in, the firewall out, every name in them resolved.
///
/// Keys are read with either first letter, and what `aws wafv2 get-web-acl` and its like print is taken as it is: with the
/// entity's name around it (`{ "WebACL": { … } }`).
final class FirewallReader {
  let context: ReadingContext
  var ipSets: [String: IPSetSource] = [:]
  /// WAF Classic's ids, and the names that they stand for.
  var aliases: [String: String] = [:]
  var patternSets: [String: [MeteredRegex]] = [:]
  var groups: [String: RuleGroup] = [:]
  var classic = ClassicSets()
  /// What custom responses of the entity at hand refer to.
  var bodies: [String: BlockResponse.Body] = [:]
  /// The databases that are declared, also those that cannot be read.
  var databases: Set<MaxMindFile.Content> = []
  /// The web ACLs that are declared, in their order, also those with mistakes in them.
  private(set) var numbers: [String: Int] = [:]
  /// In what `aws` exports, binary values are base64.
  var isExport = false

  var findings: Findings { context.findings }

  init(context: ReadingContext) { self.context = context }

  /// - Returns: nil where nothing of a firewall is declared.
  func read(_ root: ObjectReader) -> FirewallSetup? {
    let geography = geography(root)
    var order: [String] = []
    each(root, "ipSets", "IPSet", "an IP set", .ipSet) { object, name in
      order.append(name)
      ipSets[name] = ipSet(object, name)
    }
    each(root, "regexPatternSets", "RegexPatternSet", "a pattern set", .patternSet) { object, name in
      if let id = object.string("regexPatternSetId") { aliases[id] = name }
      patternSets[name] = patternSet(object)
    }
    readClassic(root)
    each(root, "ruleGroups", "RuleGroup", "a rule group", .ruleGroup) { object, name in
      bodies = responseBodies(object)
      groups[name] = RuleGroup(name: name, rules: rules(object, inGroup: true))
    }
    var acls: [WebACL] = []
    each(root, "webACLs", "WebACL", "a web ACL", .webACL) { object, name in
      bodies = responseBodies(object)
      numbers[name] = numbers.count
      if let acl = webACL(object, name) { acls.append(acl) }
    }
    guard !acls.isEmpty || !ipSets.isEmpty || geography != nil else { return nil }
    return FirewallSetup(acls: acls.map { ACLPlan($0) }, ipSets: order.compactMap { ipSets[$0] }, geography: geography)
  }

  /// Each entity of a list, by name, out of what may stand around it.
  func each(
    _ root: ObjectReader, _ key: String, _ wrapper: String, _ what: String, _ keys: GatewayKeys.Object,
    _ read: (ObjectReader, String) -> Void
  ) {
    var places: [String: SourceLocation] = [:]
    for item in root.list(key) ?? [] {
      guard let node = context.library.resolve(item) else { continue }
      let inner = node.members?.first { $0.key == wrapper }?.value
      isExport = inner != nil
      guard let object = object(inner ?? node, what) else { continue }
      object.refuseKeys(except: GatewayKeys.names(of: keys), what)
      guard let name = object.requiredString("name", of: what) else { continue }
      let place = object.value("name")?.location ?? object.location
      if name.wholeMatch(of: /[A-Za-z0-9_-]{1,128}/) == nil {
        findings.error(
          at: place,
          "the name of \(what) is made of 1 to 128 letters, digits, `-` and `_`, not `\(ObjectReader.excerpt(name))`")
      }
      if let first = places[name] {
        findings.error(at: place, "there is a `\(name)` already, at \(first)")
        continue
      }
      places[name] = place
      read(object, name)
    }
    isExport = false
  }

  // MARK: Objects with AWS's capitals

  /// An object whose keys have a small letter in front, however they are written: `IPSetReferenceStatement` is
  /// `ipSetReferenceStatement`, `ARN` is `arn`.
  func object(_ node: DocumentNode, _ what: String) -> ObjectReader? {
    guard let reader = ObjectReader(node, what, in: context) else { return nil }
    let members = reader.members.map { member in
      var member = member
      member.key = Self.lowered(member.key)
      return member
    }
    return ObjectReader(members, at: reader.location, in: context)
  }

  func object(_ reader: ObjectReader, _ key: String) -> ObjectReader? {
    reader.value(key).flatMap { object($0, "`\(key)`") }
  }

  static func lowered(_ key: String) -> String {
    // A digit belongs to the word before it: `JA3Fingerprint` is `ja3Fingerprint`.
    let capitals = key.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber) }
    guard !capitals.isEmpty else { return key }
    let isWhole = capitals.count == key.count || capitals.count == 1
    let count = isWhole ? capitals.count : capitals.count - 1
    return key.prefix(count).lowercased() + key.dropFirst(count)
  }

  /// The name that a reference means: an ARN's, or what stands there. Nil, and said, where there is no such entity.
  func reference(_ reader: ObjectReader, _ what: String, _ kind: String, _ known: some Collection<String>) -> String? {
    if reader.member("arn") == nil, reader.member("name") != nil {
      findings.error(at: reader.location, "\(what) is referred to by `arn`, which may also be its name")
      return nil
    }
    guard let text = reader.requiredString("arn", of: "a reference to \(what)") else { return nil }
    var name = text
    if text.hasPrefix("arn:") {
      // arn:aws:wafv2:eu-west-1:123456789012:regional/ipset/office/<id>
      let parts = text.split(separator: "/")
      guard parts.count >= 3, parts[1].lowercased() == kind else {
        findings.error(
          at: reader.value("arn")?.location ?? reader.location,
          "`\(ObjectReader.excerpt(text))` is not the ARN of \(what)")
        return nil
      }
      name = String(parts[2])
    }
    if known.contains(name) { return name }
    findings.error(
      at: reader.value("arn")?.location ?? reader.location,
      "there is no \(what.split(separator: " ").dropFirst().joined(separator: " ")) `\(ObjectReader.excerpt(name))`",
      suggestion: Suggestion.near(name, among: known))
    return nil
  }

  // MARK: Sets

  private func ipSet(_ object: ObjectReader, _ name: String) -> IPSetSource? {
    if let id = object.string("ipSetId") { aliases[id] = name }
    var blocks: [AddressBlock] = []
    let version = object.word("ipAddressVersion", AddressVersion.self)
    for item in object.list("addresses") ?? [] { add(item, to: &blocks, version) }
    for item in object.list("ipSetDescriptors") ?? [] {
      guard let descriptor = self.object(item, "an address") else { continue }
      descriptor.refuseKeys(except: ["type", "value"], "an address")
      let type = descriptor.word("type", AddressVersion.self)
      if let value = descriptor.value("value") {
        add(value, to: &blocks, type)
      } else {
        descriptor.missing("value", of: "an address")
      }
    }
    guard let path = object.string("file"), let place = object.value("file")?.location else {
      return IPSetSource(name: name, addresses: AddressSet(blocks), file: nil)
    }
    if object.member("addresses") != nil || object.member("ipSetDescriptors") != nil {
      findings.error(at: place, "an IP set has its addresses from `file` or in `addresses`, not both")
    }
    let resolved = FilePath.resolve(path, from: place.file)
    guard let text = context.library.text(resolved, at: place) else { return nil }
    do throws(AddressList.Flaw) {
      let blocks = try AddressList.parse(Array(text.utf8))
      return IPSetSource(name: name, addresses: AddressSet(blocks), file: resolved)
    } catch {
      findings.error(
        at: SourceLocation(file: resolved, line: error.line, column: error.column),
        "`\(error.text)` is no block of addresses: \(error.flaw.reason)")
      return nil
    }
  }

  private enum AddressVersion: String, CaseIterable { case v4 = "IPV4", v6 = "IPV6" }

  private func add(_ item: DocumentNode, to blocks: inout [AddressBlock], _ version: AddressVersion?) {
    guard let node = context.library.resolve(item) else { return }
    guard let text = node.scalar?.text else {
      return findings.error(at: node.location, "an address must be text, not \(node.kindName)")
    }
    do throws(AddressBlock.Flaw) {
      let block = try AddressBlock(text)
      if let version, block.isV4 != (version == .v4) {
        findings.error(at: node.location, "`\(text)` is not of the kind that the set says: \(version.rawValue)")
      }
      blocks.append(block)
    } catch {
      findings.error(
        at: node.location, "`\(ObjectReader.excerpt(text))` is no block of addresses: \(error.reason)")
    }
  }

  private func patternSet(_ object: ObjectReader) -> [MeteredRegex] {
    guard let items = object.list("regularExpressionList") ?? object.list("regexPatternStrings") else {
      object.missing("regularExpressionList", of: "a pattern set")
      return []
    }
    return items.compactMap { item in
      guard let node = context.library.resolve(item) else { return nil }
      guard node.members != nil else { return pattern(node) }
      guard let object = self.object(node, "a pattern") else { return nil }
      object.refuseKeys(except: ["regexString"], "a pattern")
      guard let value = object.value("regexString") else {
        object.missing("regexString", of: "a pattern")
        return nil
      }
      return pattern(value)
    }
  }

  /// A pattern, compiled and measured.
  func pattern(_ node: DocumentNode) -> MeteredRegex? {
    guard let scalar = node.scalar else {
      findings.error(at: node.location, "a pattern must be text, not \(node.kindName)")
      return nil
    }
    do throws(RegexError) {
      return try MeteredRegex(scalar.text)
    } catch {
      var place = scalar.textLocation
      place.column += error.offset
      let isLong = scalar.text.contains("\n") || error.offset > scalar.text.utf8.count
      findings.error(at: isLong ? node.location : place, "this pattern cannot be used: \(error.message)")
      return nil
    }
  }
}
