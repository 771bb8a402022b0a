import Bytes
import HTTPSemantics
import PCRE

/// Statements, from a node to what it comes to.
extension Screening {
  /// AND, OR and NOT with three values, so that what was given up counts only where it decides.
  func evaluate(_ node: Int32) -> Outcome {
    let plan = self.plan.nodes[Int(node)]
    switch plan.kind {
    case .and:
      var outcome = Outcome.yes
      for index in 0..<Int(plan.count) {
        switch evaluate(self.plan.children[Int(plan.first) &+ index]) {
        case .no: return .no
        case .unknown: outcome = .unknown
        case .yes: break
        }
      }
      return outcome
    case .or:
      var outcome = Outcome.no
      for index in 0..<Int(plan.count) {
        switch evaluate(self.plan.children[Int(plan.first) &+ index]) {
        case .yes: return .yes
        case .unknown: outcome = .unknown
        case .no: break
        }
      }
      return outcome
    case .not:
      let outcome = evaluate(self.plan.children[Int(plan.first)]).negated
      // What is not so has nothing to show.
      if outcome == .yes { evidence = Evidence() }
      return outcome
    case .bytes: return byteTest(node, self.plan.byteTests[Int(plan.first)])
    case .regex: return regexTest(node, self.plan.regexTests[Int(plan.first)])
    case .size: return sizeTest(node, self.plan.sizeTests[Int(plan.first)])
    case .injection: return injectionTest(node, self.plan.injectionTests[Int(plan.first)])
    case .address: return addressTest(node, self.plan.addressTests[Int(plan.first)])
    case .country: return countryTest(node, self.plan.countryTests[Int(plan.first)])
    case .network: return networkTest(node, self.plan.networkTests[Int(plan.first)])
    case .label: return labelTest(node, self.plan.labelTests[Int(plan.first)])
    case .rate: return rateTest(node, self.plan.rateTests[Int(plan.first)])
    case .never: return .no
    }
  }

  func note(_ node: Int32, _ segment: Segment, _ range: Range<Int>? = nil) {
    evidence = Evidence(node: node, value: segment.value, name: segment.name, range: range)
  }

  /// What a part comes to that cannot be looked at.
  private func fallback(_ node: Int32, _ state: VariantState) -> Outcome {
    guard state.status == .matches else { return .no }
    evidence = Evidence(node: node, isFallback: true)
    return .yes
  }

  private func byteTest(_ node: Int32, _ test: ByteTest) -> Outcome {
    let state = state(of: test.variant)
    guard state.status == .segments else { return fallback(node, state) }
    return plan.pool.withUnsafeBytes { pool in
      let search = UnsafeRawBufferPointer(rebasing: pool[Int(test.search.lowerBound)..<Int(test.search.upperBound)])
      return plan.borders.withUnsafeBufferPointer { borders in
        let needle = ByteSearch(search, borders: borders.baseAddress.map { $0 + Int(test.search.lowerBound) })
        for index in 0..<Int(state.count) {
          let segment = segments[Int(state.first) &+ index]
          if let at = needle.find(test.constraint, in: segment.value) {
            note(node, segment, at..<at &+ search.count)
            return .yes
          }
        }
        return .no
      }
    }
  }

  private func regexTest(_ node: Int32, _ test: RegexTest) -> Outcome {
    let state = state(of: test.variant)
    guard state.status == .segments else { return fallback(node, state) }
    guard state.count > 0 else { return .no }
    guard let meter else { return .unknown }
    var outcome = Outcome.no
    for index in 0..<Int(state.count) {
      let segment = segments[Int(state.first) &+ index]
      for pattern in 0..<Int(test.count) {
        switch meter.find(plan.regexes[Int(test.first) &+ pattern], in: segment.value) {
        case .matched:
          note(node, segment, meter.lastMatch)
          return .yes
        case .notMatched: break
        case .limitExceeded: outcome = .unknown
        }
      }
    }
    return outcome
  }

  private func sizeTest(_ node: Int32, _ test: SizeTest) -> Outcome {
    let state = state(of: test.variant)
    guard state.status == .segments else { return fallback(node, state) }
    for index in 0..<Int(state.count) {
      let segment = segments[Int(state.first) &+ index]
      let size = segment.value.count
      let isTrue =
        switch test.comparison {
        case .EQ: size == test.size
        case .NE: size != test.size
        case .LE: size <= test.size
        case .LT: size < test.size
        case .GE: size >= test.size
        case .GT: size > test.size
        }
      if isTrue {
        note(node, segment)
        return .yes
      }
    }
    return .no
  }

  private func injectionTest(_ node: Int32, _ test: InjectionTest) -> Outcome {
    let state = state(of: test.variant)
    guard state.status == .segments else { return fallback(node, state) }
    var outcome = Outcome.no
    var steps = meter?.remaining ?? .max
    defer { meter?.remaining = steps }
    for index in 0..<Int(state.count) {
      let segment = segments[Int(state.first) &+ index]
      steps &-= 16
      guard steps > 0 else { return .unknown }
      let verdict =
        switch test.kind {
        case .sqlLow: SQLInjection.verdict(on: segment.value, sensitivity: .low, steps: &steps)
        case .sqlHigh: SQLInjection.verdict(on: segment.value, sensitivity: .high, steps: &steps)
        case .scripting: CrossSiteScripting.verdict(on: segment.value, steps: &steps)
        }
      switch verdict {
      case .attack:
        note(node, segment)
        return .yes
      case .givenUp: outcome = .unknown
      case .harmless: break
      }
    }
    return outcome
  }

  private func labelTest(_ node: Int32, _ test: LabelTest) -> Outcome {
    var isDoubtful = false
    for word in 0..<plan.labelWords {
      let mask = plan.labelMasks[Int(test.mask) &+ word]
      if labels[word] & mask != 0 {
        evidence = Evidence(node: node)
        return .yes
      }
      if doubtfulLabels[word] & mask != 0 { isDoubtful = true }
    }
    guard placeLabelTest(test) else { return isDoubtful ? .unknown : .no }
    evidence = Evidence(node: node)
    return .yes
  }

  private func addressTest(_ node: Int32, _ test: AddressTest) -> Outcome {
    guard test.forwarded >= 0 else {
      guard let client = request.client, views[Int(test.set)].contains(client) else { return .no }
      evidence = Evidence(node: node)
      return .yes
    }
    let config = plan.forwarded[Int(test.forwarded)]
    var isIn = false
    let found = forEachForwarded(config) { address, text in
      guard views[Int(test.set)].contains(address) else { return true }
      note(node, Segment(value: text, name: UnsafeRawBufferPointer(start: nil, count: 0)))
      isIn = true
      return false
    }
    if isIn { return .yes }
    if found == .malformed, config.fallbackMatches {
      evidence = Evidence(node: node)
      return .yes
    }
    return .no
  }
}
