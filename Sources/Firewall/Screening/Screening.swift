import Bytes
import HTTPSemantics
import HTTPWire
import PCRE

/// One worker's bench for screening requests by one web ACL: nothing is allocated for a request once it is warm.
///
///     fields       what a rule looks at, taken out of the request when the first rule asks for it
///     variants     a field under a chain of transformations, made once however many rules share it
///     tests        one look each; AND, OR and NOT over them
///     rules        by priority, until one decides
///
/// What cannot be decided within the work that a request may cause (`limit`) is neither true nor false, and goes through AND,
/// OR and NOT as such. A rule that blocks takes it for a match, and so does one that counts, which is how a rule is tried that
/// will block; one that allows does not: whoever makes the gateway work hard gets past no rule that way. The labels of such a
/// match are doubtful: a rule that asks for one comes to neither true nor false itself.
public final class Screening {
  public let plan: ACLPlan
  let memory: FirewallMemory
  var views: ContiguousArray<IPSetView>
  var geography: GeographyView
  let counters: [RateCounter]
  let meter: RegexMeter?

  // Of the request at hand.
  var request: ScreenedRequest
  var now: Int64 = 0
  let arena = Arena()
  var segments: ContiguousArray<Segment> = []
  var states: ContiguousArray<VariantState>
  var epoch: UInt32 = 0
  var labels: ContiguousArray<UInt64>
  /// Those of rules that could not be decided.
  var doubtfulLabels: ContiguousArray<UInt64>
  /// The places that statements have looked at, and how many of them earlier rules have.
  var places: ContiguousArray<LabelledPlace> = []
  var visiblePlaces = 0
  var evidence = Evidence()
  public private(set) var hits: ContiguousArray<Hit> = []
  /// Of the plan's `insertedHeaders`, those of the rules that matched, in their order.
  private var insertions: ContiguousArray<Range<Int>> = []

  /// Steps of regular expressions and of detection that one request may cause; a step is about a nanosecond.
  public static let standardLimit = 800_000

  /// - Parameter memory: what requests before this one left, which all benches share.
  public init(_ plan: ACLPlan, memory: FirewallMemory) {
    self.plan = plan
    self.memory = memory
    views = ContiguousArray(plan.setNames.map { IPSetView(memory.set(named: $0)) })
    geography = GeographyView(memory.geography)
    counters = plan.rateIdentities.map { memory.counter(for: $0) }
    meter = plan.regexes.isEmpty && plan.injectionTests.isEmpty ? nil : RegexMeter()
    states = ContiguousArray(repeating: VariantState(), count: plan.variants.count)
    labels = ContiguousArray(repeating: 0, count: plan.labelWords)
    doubtfulLabels = labels
    request = ScreenedRequest(RequestHead(buffer: ByteBuffer(capacity: 64)), client: nil)
    segments.reserveCapacity(64)
    hits.reserveCapacity(8)
  }

  /// Screens a request. What it was found to be stays in `hits` until the next.
  /// - Parameter now: milliseconds of a clock that never goes back.
  public func screen(_ request: ScreenedRequest, now: Int64, limit: Int = standardLimit) -> Verdict {
    begin(request, now, limit)
    var verdict = Verdict(action: .allow)
    if case .block = plan.acl.defaultAction {
      verdict.action = .block
      verdict.response = plan.defaultResponse
    }
    var index = 0
    while index < plan.rules.count {
      let rule = plan.rules[index]
      index &+= 1
      evidence = Evidence()
      let outcome = evaluate(rule.root)
      visiblePlaces = places.count
      guard outcome == .yes || outcome == .unknown && rule.takesUnknown else { continue }
      let isGivenUp = outcome == .unknown
      hits.append(Hit(rule: index &- 1, evidence: evidence, isGivenUp: isGivenUp))
      if rule.labelMask >= 0 {
        for word in 0..<plan.labelWords {
          let mask = plan.labelMasks[Int(rule.labelMask) &+ word]
          if isGivenUp { doubtfulLabels[word] |= mask } else { labels[word] |= mask }
        }
      }
      // What an origin is told must be so.
      if !rule.insertions.isEmpty, !isGivenUp { insertions.append(rule.insertions) }
      if rule.action == .count { continue }
      if rule.isGroupCounted {
        // The group has come to a result, which is only noted.
        index = Int(rule.groupEnd)
        continue
      }
      verdict.action = rule.action == .block ? .block : .allow
      verdict.rule = index &- 1
      verdict.isGivenUp = isGivenUp
      verdict.response = rule.action == .block && rule.response >= 0 ? Int(rule.response) : nil
      return verdict
    }
    if !plan.defaultInsertions.isEmpty { insertions.append(plan.defaultInsertions) }
    return verdict
  }

  private func begin(_ request: ScreenedRequest, _ now: Int64, _ limit: Int) {
    self.request = request
    self.now = now
    arena.clear()
    if !segments.isEmpty { segments.removeAll(keepingCapacity: true) }
    if !hits.isEmpty { hits.removeAll(keepingCapacity: true) }
    if !places.isEmpty { places.removeAll(keepingCapacity: true) }
    visiblePlaces = 0
    if !insertions.isEmpty { insertions.removeAll(keepingCapacity: true) }
    for word in 0..<plan.labelWords {
      labels[word] = 0
      doubtfulLabels[word] = 0
    }
    epoch &+= 1
    if epoch == 0 {
      for index in 0..<states.count { states[index] = VariantState() }
      epoch = 1
    }
    meter?.remaining = limit
  }

  /// The labels that the request was given, fully qualified, the doubtful ones among them.
  public var labelNames: [String] {
    var names = plan.labels.indices.filter {
      (labels[$0 / 64] | doubtfulLabels[$0 / 64]) & 1 << UInt64($0 % 64) != 0
    }.map { plan.labels[$0] }
    forEachPlaceLabel(places) { names.append($0.text) }
    return names
  }

  /// Whether what a rule matches may be sampled.
  public func isSampled(_ hit: Hit) -> Bool { plan.rules[hit.rule].isSampled }

  /// Whether the request is to get headers on its way to the origin.
  public var insertsHeaders: Bool { !insertions.isEmpty }

  /// Gives `write` each header that the request is to get: of two rules that say the same name, the last one counts.
  public func forEachInsertedHeader(_ write: (InsertedHeader) -> Void) {
    var headers: [InsertedHeader] = []
    for header in insertions.joined().map({ plan.insertedHeaders[$0] }) {
      headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
      headers.append(header)
    }
    headers.forEach(write)
  }

  /// What a blocked client is to get; nil: the standard answer.
  public func response(to verdict: Verdict) -> BlockResponse? { verdict.response.map { plan.blockResponses[$0] } }
}
