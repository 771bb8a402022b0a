import Bytes

/// Where a request comes from: countries, regions and networks (spec § 15.5).
extension Screening {
  /// A place that a statement has looked at: the request has its labels, whether or not the statement was true.
  struct LabelledPlace: Equatable {
    var place: Place
    /// The address is a header's.
    var isForwarded: Bool
  }

  func countryTest(_ node: Int32, _ test: CountryTest) -> Outcome {
    guard test.forwarded >= 0 else {
      guard let client = request.client else { return .no }
      let place = geography.place(of: client)
      label(LabelledPlace(place: place, isForwarded: false))
      guard isAmong(place, test) else { return .no }
      evidence = Evidence(node: node)
      return .yes
    }
    return forwardedTest(node, test.forwarded) { address in
      let place = geography.place(of: address)
      label(LabelledPlace(place: place, isForwarded: true))
      return isAmong(place, test)
    }
  }

  private func isAmong(_ place: Place, _ test: CountryTest) -> Bool {
    let number = place.number
    return plan.countryMasks[Int(test.mask) &+ number / 64] & 1 &<< UInt64(number % 64) != 0
  }

  func networkTest(_ node: Int32, _ test: NetworkTest) -> Outcome {
    guard test.forwarded >= 0 else {
      guard let client = request.client, isAmong(geography.network(of: client), test) else { return .no }
      evidence = Evidence(node: node)
      return .yes
    }
    return forwardedTest(node, test.forwarded) { isAmong(geography.network(of: $0), test) }
  }

  private func isAmong(_ number: UInt32, _ test: NetworkTest) -> Bool {
    for index in 0..<Int(test.count) where plan.networkNumbers[Int(test.first) &+ index] == number { return true }
    return false
  }

  /// The first address of a header, or what a header without one comes to.
  private func forwardedTest(_ node: Int32, _ forwarded: Int32, _ isTrue: (IPAddress) -> Bool) -> Outcome {
    let config = plan.forwarded[Int(forwarded)]
    var isMatch = false
    let finding = forEachForwarded(config) { address, text in
      guard isTrue(address) else { return false }
      note(node, Segment(value: text, name: UnsafeRawBufferPointer(start: nil, count: 0)))
      isMatch = true
      return false
    }
    if isMatch { return .yes }
    guard finding == .malformed, config.fallbackMatches else { return .no }
    evidence = Evidence(node: node)
    return .yes
  }

  // MARK: Labels

  private func label(_ place: LabelledPlace) { if !places.contains(place) { places.append(place) } }

  /// Whether a label of a place that earlier rules looked at is meant.
  func placeLabelTest(_ test: LabelTest) -> Bool {
    !test.key.isEmpty && visiblePlaces > 0 && !placeLabels(meantBy: test).isEmpty
  }

  /// The labels of places that earlier rules looked at and a label match means. They lie in the arena.
  func placeLabels(meantBy test: LabelTest) -> [UnsafeRawBufferPointer] {
    var found: [UnsafeRawBufferPointer] = []
    forEachPlaceLabel(places[..<visiblePlaces]) { label in
      guard test.isNamespace ? label.count > test.key.count : label.count == test.key.count else { return }
      for offset in 0..<test.key.count where label[offset] != plan.pool[Int(test.key.lowerBound) &+ offset] { return }
      found.append(label)
    }
    return found
  }

  /// `awswaf:clientip:geo:country:US`, `awswaf:clientip:geo:region:US-OR`; XX stands for what is not known.
  func forEachPlaceLabel(_ places: some Sequence<LabelledPlace>, _ visit: (UnsafeRawBufferPointer) -> Void) {
    for labelled in places {
      for isRegion in [false, true] {
        let room = arena.take(Self.longestPlaceLabel)
        var to = Output(room)
        to.put(text: labelled.isForwarded ? "awswaf:forwardedip:geo:" : "awswaf:clientip:geo:")
        to.put(text: isRegion ? "region:" : "country:")
        if isRegion {
          labelled.place.forEachOfRegion { to.put($0) }
        } else {
          labelled.place.forEachOfCountry { to.put($0) }
        }
        visit(UnsafeRawBufferPointer(start: room, count: to.count))
      }
    }
  }

  /// Bytes, and some more.
  private static var longestPlaceLabel: Int { 48 }
}

extension Output {
  fileprivate mutating func put(text: StaticString) {
    put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
