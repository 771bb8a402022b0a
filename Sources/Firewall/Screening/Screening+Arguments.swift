import Bytes
import HTTPSemantics

/// Query arguments: the query, prepared as the rule has it, taken apart at `&` and `=`.
extension Screening {
  func arguments(_ field: FieldPlan) {
    guard var query = request.head.queryBytes else { return }
    let preparations: [FieldToMatch.QueryPreparation]
    switch plan.fieldSelections[Int(field.selection)] {
    case .singleQueryArgument(_, let steps), .allQueryArguments(let steps): preparations = steps
    default: preparations = []
    }
    var combines = false
    for preparation in preparations {
      switch preparation {
      case .urlDecode: query = transformed(query, .urlDecode)
      case .urlDecodeUnicode: query = transformed(query, .urlDecodeUnicode)
      case .replaceSemicolons: query = withAmpersands(query)
      case .combineDuplicates: combines = true
      }
    }
    let first = segments.count
    var from = 0
    while from <= query.count {
      var end = from
      var equals = -1
      while end < query.count, query[end] != 38 {
        if query[end] == 61, equals < 0 { equals = end }
        end &+= 1
      }
      if end > from {
        let name = UnsafeRawBufferPointer(rebasing: query[from..<(equals < 0 ? end : equals)])
        let value = UnsafeRawBufferPointer(rebasing: query[(equals < 0 ? end : equals &+ 1)..<end])
        if field.kind == .allArguments || isNamed(name, field.name) { append(value, name: name) }
      }
      from = end &+ 1
    }
    if combines { combineDuplicates(from: first) }
  }

  private func isNamed(_ name: UnsafeRawBufferPointer, _ wanted: Range<Int32>) -> Bool {
    guard name.count == wanted.count else { return false }
    for offset in 0..<wanted.count {
      let byte = name[offset]
      let small = byte &- 65 < 26 ? byte | 32 : byte
      guard small == plan.pool[Int(wanted.lowerBound) &+ offset] else { return false }
    }
    return true
  }

  private func withAmpersands(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let out = arena.take(text.count)
    for (index, byte) in text.enumerated() { out[index] = byte == 59 ? 38 : byte }
    return UnsafeRawBufferPointer(start: out, count: text.count)
  }

  /// COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA: arguments of one name become one, whose value is theirs with commas between. Names
  /// are sorted rather than compared each with each, since there may be thousands.
  private func combineDuplicates(from first: Int) {
    guard segments.count > first &+ 1 else { return }
    let order = (first..<segments.count).sorted { one, other in
      let (left, right) = (segments[one].name, segments[other].name)
      for offset in 0..<min(left.count, right.count) {
        let (a, b) = (Self.small(left[offset]), Self.small(right[offset]))
        if a != b { return a < b }
      }
      return left.count != right.count ? left.count < right.count : one < other
    }
    var combined: ContiguousArray<Segment> = []
    var at = 0
    while at < order.count {
      var end = at &+ 1
      let name = segments[order[at]].name
      var size = segments[order[at]].value.count
      while end < order.count, segments[order[end]].name.equalsIgnoringCase(name) {
        size &+= 1 &+ segments[order[end]].value.count
        end &+= 1
      }
      let out = arena.take(size)
      var to = Output(out)
      for index in at..<end {
        if index > at { to.put(44) }
        to.put(segments[order[index]].value)
      }
      combined.append(Segment(value: UnsafeRawBufferPointer(start: out, count: to.count), name: name))
      at = end
    }
    segments.removeSubrange(first...)
    segments.append(contentsOf: combined)
  }

  private static func small(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }
}
