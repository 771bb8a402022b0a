/// Web ACL capacity units: what AWS would count a web ACL for (spec § 15.5). Reported, never enforced: our limit is the work that
/// a request may cause.
enum Capacity {
  static func units(of acl: WebACL) -> Int { acl.rules.reduce(0) { $0 &+ units(of: $1.statement) } }

  private static func units(of statement: Statement) -> Int {
    switch statement {
    case .and(let inner), .or(let inner): inner.reduce(0) { $0 &+ units(of: $1) }
    case .not(let inner): units(of: inner)
    case .ipSet(let reference): reference.forwarded?.position == .any ? 5 : 1
    case .label, .country, .network: 1
    case .size(let constraint): units(1, constraint.inspection)
    case .byteMatch(let match):
      switch match.constraint {
      case .exactly, .startsWith, .endsWith: units(2, match.inspection)
      case .contains, .containsWord: units(10, match.inspection)
      }
    case .regex(let match): units(match.setName == nil ? 3 : 25, match.inspection)
    case .sqlInjection(let inspection, let isSensitive): units(isSensitive ? 30 : 20, inspection)
    case .crossSiteScripting(let inspection): units(40, inspection)
    case .rate(let rate):
      2 &+ (rate.scopeDown.map { units(of: $0) } ?? 0) &+ customKeys(rate.key) &* 30
    case .group(let reference): reference.group.rules.reduce(0) { $0 &+ units(of: $1.statement) }
    }
  }

  private static func customKeys(_ key: RateBased.Key) -> Int {
    if case .custom(let parts) = key { return parts.count }
    return 0
  }

  private static func units(_ base: Int, _ inspection: Inspection) -> Int {
    switch inspection.field {
    case .allQueryArguments: base &+ 10 &+ 10 &* inspection.transformations.count
    case .jsonBody: base &* 2 &+ 10 &* inspection.transformations.count
    default: base &+ 10 &* inspection.transformations.count
    }
  }
}
