import Bytes
import HTTPSemantics
import PCRE

/// A web ACL, ready to screen requests by: everything that rules name is a number here, and everything that two rules have in
/// common (a field under the same transformations) is there once. Immutable, shared by all workers.
///
/// All tables are of plain values, so that reading them counts no references.
public final class ACLPlan: Sendable {
  public let acl: WebACL
  /// Every rule in the order of evaluation, those of groups in their place.
  let rules: ContiguousArray<RulePlan>
  private let ruleNames: [String]
  let nodes: ContiguousArray<NodePlan>
  /// The nodes inside of others.
  let children: ContiguousArray<Int32>

  let fields: ContiguousArray<FieldPlan>
  let variants: ContiguousArray<VariantPlan>
  let byteTests: ContiguousArray<ByteTest>
  let regexTests: ContiguousArray<RegexTest>
  let sizeTests: ContiguousArray<SizeTest>
  let injectionTests: ContiguousArray<InjectionTest>
  let addressTests: ContiguousArray<AddressTest>
  let countryTests: ContiguousArray<CountryTest>
  let networkTests: ContiguousArray<NetworkTest>
  /// Words of bits by the numbers of countries; each test has as many as that takes.
  let countryMasks: ContiguousArray<UInt64>
  let networkNumbers: ContiguousArray<UInt32>
  let labelTests: ContiguousArray<LabelTest>
  let rateTests: ContiguousArray<RateTest>
  let rateParts: ContiguousArray<RatePart>
  let forwarded: ContiguousArray<ForwardedPlan>
  /// Words of label bits; each test and each rule has `labelWords` of them.
  let labelMasks: ContiguousArray<UInt64>
  let labelWords: Int
  /// Bytes of names and search strings.
  let pool: ContiguousArray<UInt8>
  /// As `ByteSearch` needs them, one for each byte of the pool.
  let borders: ContiguousArray<UInt16>
  let regexes: ContiguousArray<MeteredRegex.Handle>
  /// Keeps what `regexes` points to.
  private let regexOwners: [MeteredRegex]
  let fieldSelections: [FieldToMatch]
  let blockResponses: [BlockResponse]
  let insertedHeaders: [InsertedHeader]
  /// Of `blockResponses`: what the default action answers with; nil: the standard answer.
  let defaultResponse: Int?
  /// Of `insertedHeaders`: what the default action has a request say.
  let defaultInsertions: Range<Int>

  /// Every label that a rule can give, fully qualified, in the order of its bit.
  public let labels: [String]
  /// The IP sets that rules refer to, by name.
  public let setNames: [String]
  /// What each rate-based rule counts by, as the counters of two plans can be told to be the same.
  public let rateIdentities: [RateIdentity]
  /// Whether some rule inspects the body.
  public let needsBody: Bool
  /// Whether some rule asks for a TLS client's fingerprint.
  public let needsFingerprint: Bool
  /// Whether some rule asks for countries, and for networks.
  public let needsCountries: Bool
  public let needsNetworks: Bool
  /// Web ACL capacity units, as AWS counts them (spec § 15.5).
  public let capacity: Int

  /// A counter by everything that, when it changes, resets it.
  public struct RateIdentity: Hashable, Sendable {
    public var description: String
    /// The rule's name.
    public var rule: String
    /// Requests within the window.
    public var limit: Int
    /// Seconds.
    public var window: Int
  }

  init(_ compiler: PlanCompiler, acl: WebACL) {
    self.acl = acl
    rules = compiler.rules
    ruleNames = compiler.ruleNames
    nodes = compiler.nodes
    children = compiler.children
    fields = compiler.fields
    variants = compiler.variants
    byteTests = compiler.byteTests
    regexTests = compiler.regexTests
    sizeTests = compiler.sizeTests
    injectionTests = compiler.injectionTests
    addressTests = compiler.addressTests
    countryTests = compiler.countryTests
    networkTests = compiler.networkTests
    countryMasks = compiler.countryMasks
    networkNumbers = compiler.networkNumbers
    labelTests = compiler.labelTests
    rateTests = compiler.rateTests
    rateParts = compiler.rateParts
    forwarded = compiler.forwarded
    labelMasks = compiler.labelMasks
    labelWords = compiler.labelWords
    pool = compiler.pool
    borders = compiler.borders
    regexes = ContiguousArray(compiler.regexOwners.map(\.handle))
    regexOwners = compiler.regexOwners
    fieldSelections = compiler.fieldSelections
    blockResponses = compiler.blockResponses
    insertedHeaders = compiler.insertedHeaders
    defaultResponse = compiler.defaultResponse
    defaultInsertions = compiler.defaultInsertions
    labels = compiler.labels
    setNames = compiler.setNames
    rateIdentities = compiler.rateIdentities
    needsBody = compiler.fieldSelections.contains { $0.needsBody }
    needsFingerprint = compiler.fieldSelections.contains { $0.needsFingerprint }
    needsCountries = !compiler.countryTests.isEmpty
    needsNetworks = !compiler.networkTests.isEmpty || compiler.rateParts.contains { $0.kind == .network }
    capacity = Capacity.units(of: acl)
  }

  public convenience init(_ acl: WebACL) {
    var compiler = PlanCompiler(acl)
    compiler.compile()
    self.init(compiler, acl: acl)
  }

  /// How a rule is called: a group's with the group's name before it.
  public func name(ofRule rule: Int) -> String {
    ruleNames.indices.contains(rule) ? ruleNames[rule] : "Default_Action"
  }

  /// Every rule's name, and what the default action is called in their place.
  public var allRuleNames: [String] { ruleNames + ["Default_Action"] }

  public var ruleCount: Int { rules.count }

  /// What a request may cause where it may cause `steps` with 16 KB of body: as much more as there is more to look at.
  public func limit(_ steps: Int) -> Int {
    needsBody ? steps &* max(1, acl.bodyLimit / WebACL.standardBodyLimit) : steps
  }
}

struct RulePlan: Sendable {
  enum Action: UInt8, Sendable { case allow, block, count }
  var root: Int32
  var action: Action
  /// What cannot be decided counts as a match: the rule blocks, or counts and is not one that would allow.
  var takesUnknown = true
  /// Of `blockResponses`; -1: the standard answer.
  var response: Int32 = -1
  /// Of `insertedHeaders`.
  var insertions = 0..<0
  /// Where its words begin in `labelMasks`; -1: it gives none.
  var labelMask: Int32 = -1
  /// The rule behind its group, where it is in one; -1: it is in none.
  var groupEnd: Int32 = -1
  /// The group's result is only counted.
  var isGroupCounted = false
  var isSampled = true
}

struct NodePlan: Sendable {
  enum Kind: UInt8, Sendable {
    case and, or, not, bytes, regex, size, injection, address, country, network, label, rate, never
  }
  var kind: Kind
  /// Of `children` for AND, OR and NOT, of the kind's own table otherwise.
  var first: Int32
  var count: Int32 = 1
}

/// A field under a chain of transformations: its parent is the chain without the last.
struct VariantPlan: Sendable {
  var field: Int32
  var parent: Int32
  var transformation: TextTransformation
}

struct FieldPlan: Sendable {
  enum Kind: UInt8, Sendable {
    case singleHeader, singleArgument, allArguments, path, fragment, query, method, body, json, headers, cookies, order,
      ja3, ja4
    /// For rate keys only: the value of one cookie.
    case cookie
  }
  var kind: Kind
  var id = FieldID.other
  /// The name, in `pool`: small letters where case is disregarded.
  var name: Range<Int32> = 0..<0
  /// Of `fieldSelections`.
  var selection: Int32 = 0
  /// A form's parts are looked at one by one.
  var isInParts = false
}

struct ByteTest: Sendable {
  var variant: Int32
  var constraint: ByteMatch.Constraint
  var search: Range<Int32>
}

struct RegexTest: Sendable {
  var variant: Int32
  /// Of `regexes`.
  var first: Int32
  var count: Int32
}

struct SizeTest: Sendable {
  var variant: Int32
  var comparison: SizeConstraint.Comparison
  var size: Int
}

struct InjectionTest: Sendable {
  enum Kind: UInt8, Sendable { case sqlLow, sqlHigh, scripting }
  var variant: Int32
  var kind: Kind
}

struct AddressTest: Sendable {
  /// Of `setNames`.
  var set: Int32
  /// Of `forwarded`; -1: the connection's address.
  var forwarded: Int32
}

struct CountryTest: Sendable {
  /// Where its words begin in `countryMasks`.
  var mask: Int32
  /// Of `forwarded`; -1: the connection's address.
  var forwarded: Int32
}

struct NetworkTest: Sendable {
  /// Of `networkNumbers`.
  var first: Int32
  var count: Int32
  var forwarded: Int32
}

struct ForwardedPlan: Sendable {
  var id: FieldID
  var name: Range<Int32>
  var position: ForwardedAddress.Position
  var fallbackMatches: Bool
}

struct LabelTest: Sendable {
  /// Where its words begin in `labelMasks`.
  var mask: Int32
  /// In `pool`, where it may mean a label of a place, which have no bits; empty: it does not.
  var key: Range<Int32> = 0..<0
  var isNamespace = false
}

struct RateTest: Sendable {
  /// Of `rateIdentities`.
  var counter: Int32
  var limit: Int
  /// The scope-down statement's node; -1: none.
  var scope: Int32
  /// Of `rateParts`; none: all requests are one.
  var firstPart: Int32
  var partCount: Int32
}

struct RatePart: Sendable {
  enum Kind: UInt8, Sendable { case ip, forwarded, variant, method, labels, network }
  var kind: Kind
  /// Of `forwarded` (-1 for a network: the connection's address), `variants`, or of `labelTests`.
  var index: Int32
}
