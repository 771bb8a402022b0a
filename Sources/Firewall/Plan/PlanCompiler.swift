import Bytes
import HTTPSemantics
import PCRE

/// A web ACL on its way to its plan.
struct PlanCompiler {
  let acl: WebACL
  var rules: ContiguousArray<RulePlan> = []
  var ruleNames: [String] = []
  var nodes: ContiguousArray<NodePlan> = []
  var children: ContiguousArray<Int32> = []
  var fields: ContiguousArray<FieldPlan> = []
  var variants: ContiguousArray<VariantPlan> = []
  var byteTests: ContiguousArray<ByteTest> = []
  var regexTests: ContiguousArray<RegexTest> = []
  var sizeTests: ContiguousArray<SizeTest> = []
  var injectionTests: ContiguousArray<InjectionTest> = []
  var addressTests: ContiguousArray<AddressTest> = []
  var countryTests: ContiguousArray<CountryTest> = []
  var networkTests: ContiguousArray<NetworkTest> = []
  var countryMasks: ContiguousArray<UInt64> = []
  var networkNumbers: ContiguousArray<UInt32> = []
  var labelTests: ContiguousArray<LabelTest> = []
  var rateTests: ContiguousArray<RateTest> = []
  var rateParts: ContiguousArray<RatePart> = []
  var forwarded: ContiguousArray<ForwardedPlan> = []
  var labelMasks: ContiguousArray<UInt64> = []
  var pool: ContiguousArray<UInt8> = []
  var borders: ContiguousArray<UInt16> = []
  var regexOwners: [MeteredRegex] = []
  var fieldSelections: [FieldToMatch] = []
  var blockResponses: [BlockResponse] = []
  var insertedHeaders: [InsertedHeader] = []
  var defaultResponse: Int?
  var defaultInsertions = 0..<0
  var labels: [String] = []
  var setNames: [String] = []
  var rateIdentities: [ACLPlan.RateIdentity] = []
  var labelWords: Int { (labels.count + 63) / 64 }

  private var fieldNumbers: [FieldKey: Int32] = [:]
  private var cookieNumbers: [String: Int32] = [:]
  private var variantNumbers: [VariantKey: Int32] = [:]
  /// What the rule at hand says its labels and label matches without prefix belong to.
  private var prefix = ""

  private struct FieldKey: Hashable {
    var field: FieldToMatch
    var isInParts: Bool
  }

  private struct VariantKey: Hashable {
    var field: Int32
    var parent: Int32
    var transformation: TextTransformation
  }

  init(_ acl: WebACL) { self.acl = acl }

  /// The account that AWS would say in a label.
  static let account = "000000000000"

  static func prefix(ofACL name: String) -> String { "awswaf:\(account):webacl:\(name):" }
  static func prefix(ofGroup name: String) -> String { "awswaf:\(account):rulegroup:\(name):" }

  mutating func compile() {
    switch acl.defaultAction {
    case .block(let response?):
      defaultResponse = 0
      blockResponses = [response]
    case .allow(let headers): defaultInsertions = insertions(headers)
    case .block(nil), .count: break
    }
    let sorted = acl.rules.sorted { $0.priority < $1.priority }
    // The labels first: a match compiles to the bits of those that it can meet.
    var known: Set<String> = []
    for (rule, prefix) in flat(sorted) {
      for label in rule.labels where known.insert(prefix + label).inserted { labels.append(prefix + label) }
    }
    for rule in sorted {
      guard case .group(let reference) = rule.statement else {
        prefix = Self.prefix(ofACL: acl.name)
        add(rule, name: rule.name, action: rule.action ?? .count(), isCounted: false)
        continue
      }
      prefix = Self.prefix(ofGroup: reference.group.name)
      let first = rules.count
      var isCounted = false
      if case .count? = rule.action { isCounted = true }
      for inner in reference.group.rules.sorted(by: { $0.priority < $1.priority }) {
        let action = reference.overrides[inner.name] ?? inner.action ?? .count()
        add(
          inner, name: reference.group.name + "/" + inner.name, action: action, isCounted: isCounted)
      }
      for index in first..<rules.count { rules[index].groupEnd = Int32(rules.count) }
    }
  }

  private func flat(_ sorted: [Rule]) -> [(Rule, String)] {
    sorted.flatMap { rule -> [(Rule, String)] in
      if case .group(let reference) = rule.statement {
        return reference.group.rules.map { ($0, Self.prefix(ofGroup: reference.group.name)) }
      }
      return [(rule, Self.prefix(ofACL: acl.name))]
    }
  }

  private mutating func add(_ rule: Rule, name: String, action: RuleAction, isCounted: Bool) {
    var plan = RulePlan(root: node(rule.statement, of: name), action: .count)
    let inserted: [InsertedHeader]
    switch action {
    case .allow(let headers):
      plan.action = .allow
      plan.takesUnknown = false
      inserted = headers
    case .count(let headers):
      // Of a group's rule that allows, and is overridden: it counts what it would let go on.
      if case .allow? = rule.action { plan.takesUnknown = false }
      inserted = headers
    case .block(let response):
      plan.action = .block
      inserted = []
      if let response {
        plan.response = Int32(blockResponses.count)
        blockResponses.append(response)
      }
    }
    plan.insertions = insertions(inserted)
    plan.isGroupCounted = isCounted
    plan.isSampled = rule.isSampled
    if !rule.labels.isEmpty {
      let own = Set(rule.labels.map { prefix + $0 })
      plan.labelMask = mask { own.contains($0) }
    }
    rules.append(plan)
    ruleNames.append(name)
  }

  private mutating func insertions(_ headers: [InsertedHeader]) -> Range<Int> {
    let first = insertedHeaders.count
    insertedHeaders += headers
    return first..<insertedHeaders.count
  }

  private mutating func mask(_ isMeant: (String) -> Bool) -> Int32 {
    let start = labelMasks.count
    labelMasks.append(contentsOf: repeatElement(0, count: labelWords))
    for (bit, label) in labels.enumerated() where isMeant(label) {
      labelMasks[start + bit / 64] |= 1 << UInt64(bit % 64)
    }
    return Int32(start)
  }

  private mutating func text(_ text: String) -> Range<Int32> { bytes(Array(text.utf8)) }

  private mutating func bytes(_ bytes: [UInt8]) -> Range<Int32> {
    let start = Int32(pool.count)
    pool.append(contentsOf: bytes)
    borders.append(contentsOf: ByteSearch.borders(of: bytes))
    return start..<Int32(pool.count)
  }

  // MARK: Statements

  private mutating func node(_ statement: Statement, of rule: String) -> Int32 {
    let plan: NodePlan
    switch statement {
    case .and(let inner): plan = compound(.and, inner, rule)
    case .or(let inner): plan = compound(.or, inner, rule)
    case .not(let inner): plan = compound(.not, [inner], rule)
    case .byteMatch(let match):
      byteTests.append(
        ByteTest(variant: variant(match.inspection), constraint: match.constraint, search: bytes(match.search)))
      plan = NodePlan(kind: .bytes, first: Int32(byteTests.count - 1))
    case .regex(let match):
      regexTests.append(
        RegexTest(
          variant: variant(match.inspection), first: Int32(regexOwners.count), count: Int32(match.patterns.count)))
      regexOwners += match.patterns
      plan = NodePlan(kind: .regex, first: Int32(regexTests.count - 1))
    case .size(let constraint):
      sizeTests.append(
        SizeTest(variant: variant(constraint.inspection), comparison: constraint.comparison, size: constraint.size))
      plan = NodePlan(kind: .size, first: Int32(sizeTests.count - 1))
    case .sqlInjection(let inspection, let isSensitive): plan = injection(isSensitive ? .sqlHigh : .sqlLow, inspection)
    case .crossSiteScripting(let inspection): plan = injection(.scripting, inspection)
    case .ipSet(let reference):
      let set = setNames.firstIndex(of: reference.name) ?? setNames.count
      if set == setNames.count { setNames.append(reference.name) }
      addressTests.append(
        AddressTest(set: Int32(set), forwarded: reference.forwarded.map { forwardedPlan($0) } ?? -1))
      plan = NodePlan(kind: .address, first: Int32(addressTests.count - 1))
    case .country(let match): plan = country(match)
    case .network(let match): plan = network(match)
    case .label(let match): plan = NodePlan(kind: .label, first: labelTest(match))
    case .rate(let rate): plan = self.rate(rate, rule)
    // A group's rules stand in its place.
    case .group: plan = NodePlan(kind: .never, first: 0, count: 0)
    }
    nodes.append(plan)
    return Int32(nodes.count - 1)
  }

  private mutating func compound(_ kind: NodePlan.Kind, _ inner: [Statement], _ rule: String) -> NodePlan {
    let places = inner.map { node($0, of: rule) }
    let first = Int32(children.count)
    children.append(contentsOf: places)
    return NodePlan(kind: kind, first: first, count: Int32(places.count))
  }

  private mutating func injection(_ kind: InjectionTest.Kind, _ inspection: Inspection) -> NodePlan {
    injectionTests.append(
      InjectionTest(variant: variant(inspection, isInParts: inspection.field.needsBody), kind: kind))
    return NodePlan(kind: .injection, first: Int32(injectionTests.count - 1))
  }

  private mutating func forwardedPlan(_ address: ForwardedAddress) -> Int32 {
    let name = address.header.lowercased()
    forwarded.append(
      ForwardedPlan(
        id: FieldID(named: name), name: text(name), position: address.position,
        fallbackMatches: address.fallbackMatches))
    return Int32(forwarded.count - 1)
  }

  private mutating func country(_ match: GeoMatch) -> NodePlan {
    let start = countryMasks.count
    countryMasks.append(contentsOf: repeatElement(0, count: (Place.numbers + 63) / 64))
    for code in match.countryCodes {
      let number = Place.number(ofCountry: Array(code.utf8))
      countryMasks[start + number / 64] |= 1 << UInt64(number % 64)
    }
    countryTests.append(
      CountryTest(mask: Int32(start), forwarded: match.forwarded.map { forwardedPlan($0) } ?? -1))
    return NodePlan(kind: .country, first: Int32(countryTests.count - 1))
  }

  private mutating func network(_ match: ASNMatch) -> NodePlan {
    networkTests.append(
      NetworkTest(
        first: Int32(networkNumbers.count), count: Int32(match.numbers.count),
        forwarded: match.forwarded.map { forwardedPlan($0) } ?? -1))
    networkNumbers.append(contentsOf: match.numbers)
    return NodePlan(kind: .network, first: Int32(networkTests.count - 1))
  }

  private mutating func labelTest(_ match: LabelMatch) -> Int32 {
    var match = match
    match.key = Self.withOurAccount(match.key)
    var test = LabelTest(mask: mask(of: match), isNamespace: match.scope == .namespace)
    let spaces = ["awswaf:clientip:", "awswaf:forwardedip:"]
    if spaces.contains(where: { match.key.hasPrefix($0) || test.isNamespace && $0.hasPrefix(match.key) }) {
      test.key = text(match.key)
    }
    labelTests.append(test)
    return Int32(labelTests.count - 1)
  }

  /// A key in full has the account in it that a rule comes from: `awswaf:123456789012:webacl:…`. Here there is one.
  private static func withOurAccount(_ key: String) -> String {
    let parts = key.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0] == "awswaf", parts[1].utf8.count == account.utf8.count,
      parts[1].utf8.allSatisfy({ $0 &- 48 < 10 })
    else { return key }
    return (["awswaf", account] + parts.dropFirst(2).map(String.init)).joined(separator: ":")
  }

  /// The bits of the labels that a match is about (spec § 15.4): the trailing part of one in the rule's own context, or one in
  /// full.
  private mutating func mask(of match: LabelMatch) -> Int32 {
    let prefix = prefix
    let full = match.key.hasPrefix("awswaf:") ? match.key : prefix + match.key
    switch match.scope {
    case .label: return mask { $0 == full || $0.hasPrefix(prefix) && $0.hasSuffix(":" + match.key) }
    case .namespace: return mask { $0.hasPrefix(full) || $0.hasPrefix(prefix) && $0.contains(":" + match.key) }
    }
  }

  // MARK: Rates

  private mutating func rate(_ rate: RateBased, _ rule: String) -> NodePlan {
    let scope = rate.scopeDown.map { node($0, of: rule) } ?? -1
    var parts: [RatePart] = []
    switch rate.key {
    case .constant: break
    case .ip: parts = [RatePart(kind: .ip, index: 0)]
    case .forwardedIP(let address): parts = [RatePart(kind: .forwarded, index: forwardedPlan(address))]
    case .custom(let custom): parts = custom.map { part($0) }
    }
    rateIdentities.append(
      ACLPlan.RateIdentity(
        description: "\(acl.name)/\(rule) \(rate.limit) \(rate.key) \(String(describing: rate.scopeDown))",
        rule: rule, limit: rate.limit, window: rate.window))
    rateTests.append(
      RateTest(
        counter: Int32(rateIdentities.count - 1), limit: rate.limit, scope: scope, firstPart: Int32(rateParts.count),
        partCount: Int32(parts.count)))
    rateParts.append(contentsOf: parts)
    return NodePlan(kind: .rate, first: Int32(rateTests.count - 1))
  }

  private mutating func part(_ part: RateBased.Part) -> RatePart {
    switch part {
    case .ip: RatePart(kind: .ip, index: 0)
    case .forwardedIP(let address): RatePart(kind: .forwarded, index: forwardedPlan(address))
    case .header(let inspection), .queryArgument(let inspection), .queryString(let inspection),
      .uriPath(let inspection):
      RatePart(kind: .variant, index: variant(inspection))
    case .cookie(let inspection): RatePart(kind: .variant, index: cookieVariant(inspection))
    case .method: RatePart(kind: .method, index: 0)
    case .labelNamespace(let namespace):
      RatePart(kind: .labels, index: labelTest(LabelMatch(.namespace, namespace)))
    case .network(let address): RatePart(kind: .network, index: address.map { forwardedPlan($0) } ?? -1)
    case .fingerprint(let inspection): RatePart(kind: .variant, index: variant(inspection))
    }
  }

  // MARK: Fields

  private mutating func variant(_ inspection: Inspection, isInParts: Bool = false) -> Int32 {
    chain(field(inspection.field, isInParts: isInParts), inspection.transformations)
  }

  /// A cookie as a rate is counted by it: its value alone.
  private mutating func cookieVariant(_ inspection: Inspection) -> Int32 {
    guard case .cookies(.included(let names), _, _) = inspection.field, let name = names.first else {
      return variant(inspection)
    }
    let field: Int32
    if let known = cookieNumbers[name] {
      field = known
    } else {
      fields.append(FieldPlan(kind: .cookie, name: text(name)))
      fieldSelections.append(inspection.field)
      field = Int32(fields.count - 1)
      fields[Int(field)].selection = Int32(fieldSelections.count - 1)
      cookieNumbers[name] = field
    }
    return chain(field, inspection.transformations)
  }

  private mutating func chain(_ field: Int32, _ transformations: [TextTransformation]) -> Int32 {
    var place = variant(VariantKey(field: field, parent: -1, transformation: .none))
    for transformation in transformations {
      place = variant(VariantKey(field: field, parent: place, transformation: transformation))
    }
    return place
  }

  private mutating func variant(_ key: VariantKey) -> Int32 {
    if let known = variantNumbers[key] { return known }
    variants.append(VariantPlan(field: key.field, parent: key.parent, transformation: key.transformation))
    let number = Int32(variants.count - 1)
    variantNumbers[key] = number
    return number
  }

  private mutating func field(_ field: FieldToMatch, isInParts: Bool) -> Int32 {
    let key = FieldKey(field: field, isInParts: isInParts)
    if let known = fieldNumbers[key] { return known }
    var plan: FieldPlan
    switch field {
    case .singleHeader(let name):
      let small = name.lowercased()
      plan = FieldPlan(kind: .singleHeader, id: FieldID(named: small), name: text(small))
    case .singleQueryArgument(let name, _): plan = FieldPlan(kind: .singleArgument, name: text(name.lowercased()))
    case .allQueryArguments: plan = FieldPlan(kind: .allArguments)
    case .uriPath: plan = FieldPlan(kind: .path)
    case .uriFragment: plan = FieldPlan(kind: .fragment)
    case .queryString: plan = FieldPlan(kind: .query)
    case .method: plan = FieldPlan(kind: .method)
    case .body: plan = FieldPlan(kind: .body)
    case .jsonBody: plan = FieldPlan(kind: .json)
    case .headers: plan = FieldPlan(kind: .headers)
    case .cookies: plan = FieldPlan(kind: .cookies)
    case .headerOrder: plan = FieldPlan(kind: .order)
    case .ja3Fingerprint: plan = FieldPlan(kind: .ja3)
    case .ja4Fingerprint: plan = FieldPlan(kind: .ja4)
    }
    plan.isInParts = isInParts
    plan.selection = Int32(fieldSelections.count)
    fieldSelections.append(field)
    fields.append(plan)
    fieldNumbers[key] = Int32(fields.count - 1)
    return Int32(fields.count - 1)
  }
}

extension FieldID {
  /// The field that a name in small letters is of.
  init(named name: String) {
    var name = name
    self = name.withUTF8 { FieldID(UnsafeRawBufferPointer($0)) }
  }
}
