import Bytes
import JSON

extension Validation {
  /// `additionalItems: false`.
  mutating func checkAdditional(_ rules: ArrayRules, _ value: JSONNode) -> Bool {
    guard case .forbidden = rules.additional, case .places(let schemas) = rules.items, value.count > schemas.count
    else { return true }
    return fail { .additionalItems(schemas.count, value.count) }
  }

  /// `minItems`, `maxItems`.
  mutating func checkSize(_ rules: ArrayRules, _ value: JSONNode) -> Bool {
    let count = value.count
    if count > rules.maximum { return fail { .maxItems(rules.maximum, count) } }
    if count < rules.minimum { return fail { .minItems(rules.minimum, count) } }
    return true
  }

  mutating func checkElements(_ rules: ArrayRules, _ value: JSONNode) -> Bool {
    var isGood = true
    switch rules.items {
    case .unconstrained: break
    case .all(let schema):
      for element in value.elements {
        isGood = check(schema, element) && isGood
        if !goesOn(isGood) { return false }
      }
    case .places(let schemas):
      for (index, element) in value.elements.enumerated() {
        if index < schemas.count {
          isGood = check(schemas[index], element) && isGood
        } else if case .schema(let schema) = rules.additional {
          isGood = check(schema, element) && isGood
        } else {
          break
        }
        if !goesOn(isGood) { return false }
      }
    }
    return isGood
  }

  /// `uniqueItems`: the canonical forms of all elements, one behind the other, found by their hashes. A body cannot
  /// foresee the hashes, and so cannot make it slow.
  mutating func checkUnique(_ value: JSONNode) -> Bool {
    let count = value.count
    guard count > 1 else { return true }
    guard spend(4 * value.entryCount) else { return false }
    let out = takeScratch()
    var ends: [Int] = []
    ends.reserveCapacity(count)
    let slots = 1 << (Int.bitWidth - (count * 2 - 1).leadingZeroBitCount)
    var table = [Int32](repeating: -1, count: slots)
    for element in value.elements {
      let start = ends.last ?? 0
      CanonicalJSON.write(element, into: out)
      let end = out.writeIndex
      guard spend((end - start) / 64) else { return false }
      let bytes = out[start..<end]
      var hasher = Hasher()
      hasher.combine(bytes: bytes)
      var slot = hasher.finalize() & (slots - 1)
      while table[slot] >= 0 {
        let other = Int(table[slot])
        if out[(other == 0 ? 0 : ends[other - 1])..<ends[other]].elementsEqual(bytes) { return fail { .uniqueItems } }
        slot = (slot + 1) & (slots - 1)
      }
      table[slot] = Int32(truncatingIfNeeded: ends.count)
      ends.append(end)
    }
    return true
  }
}
