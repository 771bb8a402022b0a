import Bytes
import HTTPSemantics

/// Rate-based rules: what a request is counted by, and whether there have been too many.
extension Screening {
  func rateTest(_ node: Int32, _ test: RateTest) -> Outcome {
    if test.scope >= 0 {
      // What could not be told is counted: whoever makes the gateway work hard is not spared.
      guard evaluate(test.scope) != .no else { return .no }
    }
    var hasher = Hasher()
    for index in 0..<Int(test.partCount) {
      guard add(plan.rateParts[Int(test.firstPart) &+ index], to: &hasher) else { return .no }
      // What ends one part must not be taken for the beginning of the next.
      hasher.combine(UInt8(0xFF))
    }
    let key = UInt64(bitPattern: Int64(hasher.finalize()))
    guard counters[Int(test.counter)].count(key, now: now) > test.limit else { return .no }
    evidence = Evidence(node: node)
    return .yes
  }

  /// - Returns: false where the request lacks it, and so is not counted.
  private func add(_ part: RatePart, to hasher: inout Hasher) -> Bool {
    switch part.kind {
    case .ip:
      guard let client = request.client else { return false }
      hasher.combine(client)
      return true
    case .forwarded:
      let config = plan.forwarded[Int(part.index)]
      var address: IPAddress?
      let finding = forEachForwarded(config) { found, _ in
        address = found
        return false
      }
      if let address {
        hasher.combine(address)
        return true
      }
      // All that say no address are counted together, where the rule says that they match.
      return finding == .malformed && config.fallbackMatches
    case .method:
      hasher.combine(request.head.method)
      return true
    case .labels:
      let test = plan.labelTests[Int(part.index)]
      var hasSome = false
      for word in 0..<plan.labelWords {
        // The doubtful ones, too, for the same reason.
        let bits = (labels[word] | doubtfulLabels[word]) & plan.labelMasks[Int(test.mask) &+ word]
        hasher.combine(bits)
        hasSome = hasSome || bits != 0
      }
      if !test.key.isEmpty, visiblePlaces > 0 {
        // The labels in a copy: what is combined cannot be captured while it is being changed.
        let found = placeLabels(meantBy: test)
        for label in found { hasher.combine(bytes: label) }
        hasSome = hasSome || !found.isEmpty
      }
      return hasSome
    case .network:
      guard part.index >= 0 else {
        guard let client = request.client else { return false }
        hasher.combine(geography.network(of: client))
        return true
      }
      let config = plan.forwarded[Int(part.index)]
      var number: UInt32?
      let finding = forEachForwarded(config) { found, _ in
        number = geography.network(of: found)
        return false
      }
      if let number {
        hasher.combine(number)
        return true
      }
      return finding == .malformed && config.fallbackMatches
    case .variant:
      let state = state(of: part.index)
      guard state.status == .segments, state.count > 0 else { return state.status == .matches }
      for index in 0..<Int(state.count) {
        let value = segments[Int(state.first) &+ index].value
        hasher.combine(bytes: value)
        hasher.combine(UInt8(0xFE))
      }
      return true
    }
  }
}
