import Bytes
import HTTPSemantics
import HTTPWire
import Routing
import Velocity

/// What is known of one request: its head, what its route captured, which plan answers it. Mappings, templates and
/// gateway responses read from here; nothing is decoded or copied before somebody asks.
final class RequestValues {
  var head: RequestHead
  var facts = RequestFacts()
  /// The method that the request is taken for: its own, or what `X-HTTP-Method-Override` says.
  var method = HTTPMethod.get
  var deployment: DeploymentPlan?
  var plan: MethodPlan?
  var captures = Captures()
  /// Where the path behind the stage begins, in the head's buffer; the captures count from here.
  var routeStart = 0
  /// The failure that is being turned into a response: `$context.error.…`.
  var failure: GatewayFailure?
  /// The base path that a domain's mapping has for the request; nil for `/<stage>/…`.
  var basePathMatched: String?
  /// What went wrong with the integration, for the log.
  var integrationError: String?
  /// What a web ACL made of the request; nil: none saw it.
  var screening: ScreeningNote?

  init(head: RequestHead) { self.head = head }

  /// Read member by member: a copy of all facts would count a reference.
  @inline(__always)
  var identifiers: RequestIdentifiers {
    RequestIdentifiers(
      requestID: facts.requestID, extendedID: facts.extendedID, epochMilliseconds: facts.epochMilliseconds)
  }

  func clear() {
    deployment = nil
    plan = nil
    failure = nil
    if basePathMatched != nil { basePathMatched = nil }
    if integrationError != nil { integrationError = nil }
    if screening != nil { screening = nil }
  }

  /// What the path variable at a place stood for, as received.
  func capture(_ index: Int) -> UnsafeRawBufferPointer? {
    guard captures.ranges.indices.contains(index) else { return nil }
    let range = captures.ranges[index]
    return head.buffer[routeStart &+ range.lowerBound..<routeStart &+ range.upperBound]
  }

  /// The trace that the client says the request belongs to, in the form of AWS X-Ray; nil: it begins one of its own.
  var clientTrace: UnsafeRawBufferPointer? {
    guard let field = head.first(.xAmznTraceID) else { return nil }
    let value = head.value(of: field)
    return value.starts(with: "Root=1-".utf8) ? value : nil
  }

  /// Writes the trace that the request belongs to.
  func writeTrace(into out: ByteBuffer) {
    if let clientTrace { out.write(clientTrace) } else { identifiers.writeTraceID(into: out) }
  }

  /// Calls `body` with each visible header value of this name, compared as `MessageHead.forEachValue` does.
  func forEachHeader(_ name: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    head.forEachValue(of: name) { field, value in
      if !FieldRules.invisible.contains(field.id) { body(value) }
    }
  }

  /// Calls `body` with each value of this query parameter, not decoded.
  func forEachQuery(_ name: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    guard let query = head.queryBytes else { return }
    for parameter in QueryString(query) where parameter.isNamed(name) { body(parameter.value) }
  }
}

extension MessageHead {
  /// Calls `body` with each field of this name, compared case-sensitively (spec § 2.1), but for a message of HTTP/2, whose names
  /// have lost their capital letters on the way.
  func forEachValue(of name: UnsafeRawBufferPointer, _ body: (FieldSlice, UnsafeRawBufferPointer) -> Void) {
    for field in fields where Int(field.nameCount) == name.count {
      let own = self.name(of: field)
      guard hasLowercaseNames ? own.equalsIgnoringCase(name) : own.elementsEqual(name) else { continue }
      body(field, value(of: field))
    }
  }
}

extension RequestValues: ParameterSource {
  var headersHaveLowercaseNames: Bool { head.hasLowercaseNames }

  func parameter(_ location: ParameterLocation, _ name: String) -> String? {
    var name = name
    switch location {
    case .path:
      guard let index = plan?.pathVariables.firstIndex(of: name) else { return nil }
      return capture(index)?.text
    case .header:
      var last: UnsafeRawBufferPointer?
      name.withUTF8 { forEachHeader(UnsafeRawBufferPointer($0)) { last = $0 } }
      return last?.text
    case .querystring:
      var last: UnsafeRawBufferPointer?
      name.withUTF8 { forEachQuery(UnsafeRawBufferPointer($0)) { last = $0 } }
      return last.map { PercentEncoding.decoded($0, plusIsSpace: true) }
    }
  }

  func parameters(_ location: ParameterLocation) -> [(name: String, value: String)] {
    var found = OrderedParameters()
    switch location {
    case .path:
      for (index, name) in (plan?.pathVariables ?? []).enumerated() {
        if let value = capture(index) { found.set(name, value.text) }
      }
    case .header:
      for field in head.fields where !FieldRules.invisible.contains(field.id) {
        found.set(head.name(of: field).text, head.value(of: field).text)
      }
    case .querystring:
      for parameter in head.queryBytes.map({ QueryString($0) }) ?? QueryString(.init(start: nil, count: 0)) {
        found.set(
          PercentEncoding.decoded(parameter.name, plusIsSpace: true),
          PercentEncoding.decoded(parameter.value, plusIsSpace: true))
      }
    }
    return found.list
  }
}

/// Names in order of arrival, each once, with its last value.
private struct OrderedParameters {
  var list: [(name: String, value: String)] = []
  private var places: [String: Int] = [:]

  mutating func set(_ name: String, _ value: String) {
    if let place = places[name] {
      list[place].value = value
    } else {
      places[name] = list.count
      list.append((name, value))
    }
  }
}
