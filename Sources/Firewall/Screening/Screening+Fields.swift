import Bytes
import HTTPSemantics
import HTTPWire

/// Fields: what a rule looks at, taken out of the request at its first asking.
extension Screening {
  /// A field under its transformations, made if this request has not had it made.
  func state(of variant: Int32) -> VariantState {
    let known = states[Int(variant)]
    if known.epoch == epoch { return known }
    return make(variant)
  }

  private func make(_ variant: Int32) -> VariantState {
    let plan = self.plan.variants[Int(variant)]
    var state = VariantState(epoch: epoch)
    if plan.parent < 0 {
      state.first = Int32(segments.count)
      state.status = extract(self.plan.fields[Int(plan.field)])
      state.count = Int32(segments.count) &- state.first
    } else {
      let parent = self.state(of: plan.parent)
      state.status = parent.status
      state.first = Int32(segments.count)
      state.count = parent.count
      for index in 0..<Int(parent.count) {
        let segment = segments[Int(parent.first) &+ index]
        segments.append(Segment(value: transformed(segment.value, plan.transformation), name: segment.name))
      }
    }
    states[Int(variant)] = state
    return state
  }

  func transformed(_ text: UnsafeRawBufferPointer, _ transformation: TextTransformation) -> UnsafeRawBufferPointer {
    let bound = transformation.bound(text.count)
    let out = arena.take(bound)
    let count = transformation.apply(text, into: out)
    arena.giveBack(count, of: bound)
    return UnsafeRawBufferPointer(start: out, count: count)
  }

  /// How much of headers and cookies is inspected: bytes, and how many of them (spec § 15.5).
  static let headerBytes = 8192
  static let headerCount = 200

  func append(
    _ value: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) {
    segments.append(Segment(value: value, name: name))
  }

  /// Appends the field's segments; none where the request has no such part.
  private func extract(_ field: FieldPlan) -> VariantState.Status {
    let head = request.head
    switch field.kind {
    case .path: append(withoutFragment(head.pathBytes))
    case .fragment:
      let path = head.queryBytes ?? head.pathBytes
      guard let hash = path.firstIndex(of: 35) else {
        guard case .uriFragment(true) = plan.fieldSelections[Int(field.selection)] else { return .matchesNot }
        return .matches
      }
      append(UnsafeRawBufferPointer(rebasing: path[(hash &+ 1)...]))
    case .query: if let query = head.queryBytes { append(query) }
    case .method: append(methodName(head.method))
    case .singleHeader: singleHeader(field)
    case .singleArgument, .allArguments: arguments(field)
    case .body: return body(field)
    case .json: return json(field)
    case .headers: return headers(field)
    case .cookies: return cookies(field)
    case .cookie: cookie(field)
    case .order: return headerOrder(field)
    case .ja3, .ja4: return fingerprint(field)
    }
    return .segments
  }

  private func withoutFragment(_ path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard let hash = path.firstIndex(of: 35) else { return path }
    return UnsafeRawBufferPointer(rebasing: path[..<hash])
  }

  private func methodName(_ method: HTTPMethod) -> UnsafeRawBufferPointer {
    let name: StaticString
    switch method {
    case .get: name = "GET"
    case .head: name = "HEAD"
    case .post: name = "POST"
    case .put: name = "PUT"
    case .patch: name = "PATCH"
    case .delete: name = "DELETE"
    case .options: name = "OPTIONS"
    case .connect: name = "CONNECT"
    case .trace: name = "TRACE"
    case .other(var other):
      return other.withUTF8 { bytes in
        let out = arena.take(bytes.count)
        if let source = bytes.baseAddress { out.update(from: source, count: bytes.count) }
        return UnsafeRawBufferPointer(start: out, count: bytes.count)
      }
    }
    return UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
  }

  // MARK: Headers

  private func singleHeader(_ field: FieldPlan) {
    let head = request.head
    if field.id == .host {
      // As routing reads it: HTTP/2 has it in `:authority`, and one in the target stands above the field (RFC 9112 § 3.2.2).
      if !head.authority.isEmpty { append(head.authorityBytes) }
      return
    }
    if field.id != .other, !head.present.contains(field.id) { return }
    var index = 0
    while index < head.fields.count {
      let line = head.fields[index]
      index &+= 1
      if isNamed(line, field.id, field.name) { append(head.value(of: line)) }
    }
  }

  private func value(of line: FieldSlice) -> UnsafeRawBufferPointer {
    line.id == .host && !request.head.authority.isEmpty ? request.head.authorityBytes : request.head.value(of: line)
  }

  private func headers(_ field: FieldPlan) -> VariantState.Status {
    guard case .headers(let selection, let scope, let oversize) = plan.fieldSelections[Int(field.selection)] else {
      return .segments
    }
    let head = request.head
    var budget = Self.headerBytes
    var index = 0
    while index < head.fields.count {
      let line = head.fields[index]
      let value = value(of: line)
      let size = Int(line.nameCount) &+ value.count
      if index >= Self.headerCount || size > budget {
        if let status = oversize.status { return status }
        // What fits of the value is still looked at.
        if index < Self.headerCount, budget > Int(line.nameCount), takes(head.name(of: line), selection) {
          let rest = budget &- Int(line.nameCount)
          put(head.name(of: line), UnsafeRawBufferPointer(rebasing: value.prefix(rest)), scope)
        }
        return .segments
      }
      budget &-= size
      index &+= 1
      if takes(head.name(of: line), selection) { put(head.name(of: line), value, scope) }
    }
    return .segments
  }

  private func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ scope: FieldToMatch.Scope) {
    if scope != .value { append(key, name: key) }
    if scope != .key { append(value, name: key) }
  }

  private func takes(_ name: UnsafeRawBufferPointer, _ selection: FieldToMatch.Selection, ignoresCase: Bool = true)
    -> Bool
  {
    func isAmong(_ names: [String]) -> Bool {
      names.contains { listed in
        var listed = listed
        return listed.withUTF8 { bytes in
          let bytes = UnsafeRawBufferPointer(bytes)
          return ignoresCase ? name.equalsIgnoringCase(bytes) : name.count == bytes.count && name.elementsEqual(bytes)
        }
      }
    }
    switch selection {
    case .all: return true
    case .included(let names): return isAmong(names)
    case .excluded(let names): return !isAmong(names)
    }
  }

  private func headerOrder(_ field: FieldPlan) -> VariantState.Status {
    guard case .headerOrder(let oversize) = plan.fieldSelections[Int(field.selection)] else { return .segments }
    let head = request.head
    let out = arena.take(Self.headerBytes)
    var to = Output(out)
    for (index, line) in head.fields.enumerated() {
      guard index < Self.headerCount, to.count &+ Int(line.nameCount) &+ 1 <= Self.headerBytes else {
        if let status = oversize.status { return status }
        break
      }
      if index > 0 { to.put(58) }
      for byte in head.name(of: line) { to.put(byte &- 65 < 26 ? byte | 32 : byte) }
    }
    append(UnsafeRawBufferPointer(start: out, count: to.count))
    return .segments
  }

  // MARK: Cookies

  /// Gives `visit` each pair of the Cookie lines: `a=b; c="d"`.
  private func forEachCookie(_ visit: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Bool) {
    let head = request.head
    guard head.present.contains(.cookie) else { return }
    for line in head.fields where line.id == .cookie {
      let value = head.value(of: line)
      var from = 0
      while from < value.count {
        var end = from
        var equals = -1
        while end < value.count, value[end] != 59 {
          if value[end] == 61, equals < 0 { equals = end }
          end &+= 1
        }
        let key = UnsafeRawBufferPointer(rebasing: value[from..<(equals < 0 ? end : equals)]).trimmingWhitespace
        let rest = equals < 0 ? end : equals &+ 1
        let content = UnsafeRawBufferPointer(rebasing: value[rest..<end]).trimmingWhitespace
        if !key.isEmpty || equals >= 0 { guard visit(key, content) else { return } }
        from = end &+ 1
      }
    }
  }

  private func cookies(_ field: FieldPlan) -> VariantState.Status {
    guard case .cookies(let selection, let scope, let oversize) = plan.fieldSelections[Int(field.selection)] else {
      return .segments
    }
    var budget = Self.headerBytes
    var count = 0
    var status = VariantState.Status.segments
    forEachCookie { key, value in
      count &+= 1
      if count > Self.headerCount || key.count &+ value.count > budget {
        if let decided = oversize.status {
          status = decided
        } else if count <= Self.headerCount, budget > key.count, takes(key, selection, ignoresCase: false) {
          put(key, UnsafeRawBufferPointer(rebasing: value.prefix(budget &- key.count)), scope)
        }
        return false
      }
      budget &-= key.count &+ value.count
      if takes(key, selection, ignoresCase: false) { put(key, value, scope) }
      return true
    }
    return status
  }

  private func cookie(_ field: FieldPlan) {
    forEachCookie { key, value in
      let isMeant = plan.pool.withUnsafeBytes { pool in
        key.elementsEqual(pool[Int(field.name.lowerBound)..<Int(field.name.upperBound)])
      }
      if isMeant { append(value, name: key) }
      return true
    }
  }

  // MARK: Fingerprints

  private func fingerprint(_ field: FieldPlan) -> VariantState.Status {
    guard let fingerprint = request.fingerprint else {
      switch plan.fieldSelections[Int(field.selection)] {
      case .ja3Fingerprint(true), .ja4Fingerprint(true): return .matches
      default: return .matchesNot
      }
    }
    let bytes = field.kind == .ja3 ? fingerprint.ja3 : fingerprint.ja4
    let out = arena.take(bytes.count)
    var to = Output(out)
    bytes.withUnsafeBytes { to.put($0) }
    append(UnsafeRawBufferPointer(start: out, count: to.count))
    return .segments
  }

  // MARK: Bodies

  private func body(_ field: FieldPlan) -> VariantState.Status {
    guard case .body(let oversize) = plan.fieldSelections[Int(field.selection)] else { return .segments }
    if request.bodyIsLonger, let status = oversize.status { return status }
    appendBodies(field)
    return .segments
  }

  /// Appends the body as it came and without its coding.
  private func appendBodies(_ field: FieldPlan) {
    let parts = field.isInParts ? FormParts(request.head) : nil
    for body in [request.body, request.decodedBody] where !body.isEmpty {
      if let parts { parts.forEach(of: body) { append($0) } } else { append(body) }
    }
  }

  private func json(_ field: FieldPlan) -> VariantState.Status {
    guard case .jsonBody(let json) = plan.fieldSelections[Int(field.selection)] else { return .segments }
    if request.bodyIsLonger, let status = json.oversize.status { return status }
    guard !request.body.isEmpty else { return .segments }
    let first = segments.count
    let isLegible: Bool
    if request.decodedBody.isEmpty {
      isLegible = walk(request.body, json)
    } else {
      let isDecodedLegible = walk(request.decodedBody, json)
      // What deflate leaves may begin as JSON does, for a reader that knows nothing of codings.
      isLegible = request.body[0] == 123 && walk(request.body, json) || isDecodedLegible
    }
    guard !isLegible || request.bodyIsLonger && json.invalidFallback == .evaluateAsString else { return .segments }
    switch json.invalidFallback {
    case nil: return .segments
    case .match: return .matches
    case .noMatch: return .matchesNot
    case .evaluateAsString:
      // What was read of a text that is only cut off stays.
      if !isLegible { segments.removeSubrange(first...) }
      appendBodies(field)
      return .segments
    }
  }

  /// Appends what a JSON text has in it.
  /// - Returns: whether it is one, as far as it is there.
  private func walk(_ text: UnsafeRawBufferPointer, _ json: FieldToMatch.JSONBody) -> Bool {
    var walk = JSONWalk(text, json, self)
    return switch walk.run() {
    case .whole: true
    case .cut: request.bodyIsLonger
    case .mistaken: false
    }
  }
}

extension FieldToMatch.Oversize {
  /// Nil: what fits is looked at.
  fileprivate var status: VariantState.Status? {
    switch self {
    case .proceed: nil
    case .match: .matches
    case .noMatch: .matchesNot
    }
  }
}
