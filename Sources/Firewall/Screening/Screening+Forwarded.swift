import Bytes
import HTTPSemantics
import HTTPWire

/// Addresses that a header says requests came from (spec § 15.5): anybody can write them, so they are no better than whoever
/// sets the header.
extension Screening {
  enum ForwardedFinding {
    /// The header is not there: the statement does not apply.
    case absent
    case addresses
    /// What stands where an address should is none.
    case malformed
  }

  /// Gives `visit` the addresses that the position means, the nearest to the client first; it says whether to go on.
  func forEachForwarded(
    _ config: ForwardedPlan, _ visit: (IPAddress, UnsafeRawBufferPointer) -> Bool
  ) -> ForwardedFinding {
    let head = request.head
    if config.id != .other, !head.present.contains(config.id) { return .absent }
    // Several lines are one list (RFC 9110 § 5.3).
    var isThere = false
    var first: UnsafeRawBufferPointer?
    var last: UnsafeRawBufferPointer?
    var recent: InlineArray<10, UnsafeRawBufferPointer> = .init(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
    var count = 0
    var index = 0
    while index < head.fields.count {
      let field = head.fields[index]
      index &+= 1
      guard isNamed(field, config.id, config.name) else { continue }
      isThere = true
      let value = head.value(of: field)
      var from = 0
      while from <= value.count {
        var end = from
        while end < value.count, value[end] != 44 { end &+= 1 }
        let element = UnsafeRawBufferPointer(rebasing: value[from..<end]).trimmingWhitespace
        if first == nil { first = element }
        last = element
        recent[count % ForwardedAddress.most] = element
        count &+= 1
        from = end &+ 1
      }
    }
    guard isThere else { return .absent }
    switch config.position {
    case .first, .last:
      guard let text = config.position == .first ? first : last, let address = IPAddress(text) else {
        return .malformed
      }
      _ = visit(address, text)
      return .addresses
    case .any:
      let kept = min(count, ForwardedAddress.most)
      var isMalformed = false
      for step in 0..<kept {
        let text = recent[(count &- kept &+ step) % ForwardedAddress.most]
        guard let address = IPAddress(text) else {
          isMalformed = true
          continue
        }
        if !visit(address, text) { return .addresses }
      }
      return isMalformed ? .malformed : .addresses
    }
  }

  /// Whether a field line has this name, which is in small letters in the pool.
  @inline(__always) func isNamed(_ field: FieldSlice, _ id: FieldID, _ name: Range<Int32>) -> Bool {
    if id != .other || field.id != .other { return field.id == id }
    guard Int(field.nameCount) == name.count else { return false }
    let bytes = request.head.name(of: field)
    for offset in 0..<name.count {
      let byte = bytes[offset]
      let small = byte &- 65 < 26 ? byte | 32 : byte
      guard small == plan.pool[Int(name.lowerBound) &+ offset] else { return false }
    }
    return true
  }
}
