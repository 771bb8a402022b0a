import Bytes
import HTTPSemantics
import HTTPWire

/// Why a rule matched, in words: the test, the part of the request and what stood there. Redacted parts are not shown.
extension Screening {
  /// Bytes of a value that a reason quotes.
  static let quoted = 100

  /// `URI path contains "/wp-admin" after URL_DECODE`, and what the part was.
  public func reason(of hit: Hit) -> String {
    if hit.isGivenUp { return "could not be evaluated to its end within the work that a request may cause" }
    guard hit.evidence.node >= 0 else { return "its condition that something is not so holds" }
    let node = plan.nodes[Int(hit.evidence.node)]
    let index = Int(node.first)
    switch node.kind {
    case .bytes:
      let test = plan.byteTests[index]
      let search = plan.pool[Int(test.search.lowerBound)..<Int(test.search.upperBound)]
      let words =
        switch test.constraint {
        case .exactly: "is"
        case .startsWith: "starts with"
        case .endsWith: "ends with"
        case .contains: "contains"
        case .containsWord: "contains the word"
        }
      return part(test.variant, hit.evidence, "\(words) \"\(String(decoding: search, as: UTF8.self))\"")
    case .regex:
      let test = plan.regexTests[index]
      return part(test.variant, hit.evidence, "matches a pattern")
    case .size:
      let test = plan.sizeTests[index]
      let size = hit.evidence.value.count
      return part(test.variant, hit.evidence, "has \(size) bytes, which is \(test.comparison.rawValue) \(test.size)")
    case .injection:
      let test = plan.injectionTests[index]
      return part(
        test.variant, hit.evidence,
        test.kind == .scripting ? "has cross-site scripting in it" : "has SQL injection in it")
    case .address:
      let test = plan.addressTests[index]
      return address(hit.evidence, test.forwarded) { _ in "is in the IP set \(plan.setNames[Int(test.set)])" }
    case .country:
      return address(hit.evidence, plan.countryTests[index].forwarded) { address in
        "is in the country \(address.map { geography.place(of: $0).country } ?? "XX")"
      }
    case .network:
      return address(hit.evidence, plan.networkTests[index].forwarded) { address in
        "is in the network AS\(address.map { geography.network(of: $0) } ?? 0)"
      }
    case .label: return "it has a label that the rule looks for"
    case .rate:
      let test = plan.rateTests[index]
      return "more than \(test.limit) requests within \(plan.rateIdentities[Int(test.counter)].window) s"
    case .and, .or, .not, .never: return ""
    }
  }

  /// Whose address it is, and what is said of it.
  private func address(_ evidence: Evidence, _ forwarded: Int32, _ words: (IPAddress?) -> String) -> String {
    guard forwarded >= 0 else {
      return "client \(request.client?.description ?? "-") \(words(request.client))"
    }
    let config = plan.forwarded[Int(forwarded)]
    let header = String(
      decoding: plan.pool[Int(config.name.lowerBound)..<Int(config.name.upperBound)], as: UTF8.self)
    if evidence.value.isEmpty { return "header \(header) holds no address, which counts as a match" }
    return "\(excerpt(evidence.value)) of header \(header) \(words(IPAddress(evidence.value)))"
  }

  private func part(_ variant: Int32, _ evidence: Evidence, _ words: String) -> String {
    let field = plan.fieldSelections[Int(plan.fields[Int(plan.variants[Int(variant)].field)].selection)]
    var chain: [String] = []
    var at = variant
    while plan.variants[Int(at)].parent >= 0 {
      chain.insert(plan.variants[Int(at)].transformation.rawValue, at: 0)
      at = plan.variants[Int(at)].parent
    }
    var text = field.description
    if evidence.isFallback { return text + " is missing, too large or ill-formed, which counts as a match" }
    let isManifold: Bool
    switch field {
    case .headers, .cookies, .allQueryArguments, .jsonBody: isManifold = true
    default: isManifold = false
    }
    if isManifold, !evidence.name.isEmpty { text += " (\(excerpt(evidence.name)))" }
    text += " \(words)"
    if !chain.isEmpty { text += " after \(chain.joined(separator: ", "))" }
    if isRedacted(field, evidence.name) { return text + ": REDACTED" }
    var shown = evidence.value
    if let range = evidence.range, range.upperBound <= shown.count, shown.count > Self.quoted {
      // What matched, with a little of what stands before it.
      shown = UnsafeRawBufferPointer(rebasing: shown[max(0, range.lowerBound - 16)...])
    }
    return text + ": \"\(excerpt(shown))\""
  }

  private func isRedacted(_ field: FieldToMatch, _ name: UnsafeRawBufferPointer) -> Bool {
    plan.acl.redactedFields.contains { redacted in
      switch (redacted, field) {
      case (.singleHeader(let hidden), .singleHeader(let shown)): hidden.lowercased() == shown.lowercased()
      case (.singleHeader(let hidden), .headers): hidden.lowercased() == name.text.lowercased()
      case (.singleHeader(let hidden), .cookies): hidden.lowercased() == "cookie"
      case (.queryString, .queryString), (.queryString, .singleQueryArgument), (.queryString, .allQueryArguments): true
      case (.uriPath, .uriPath), (.method, .method): true
      case (.singleQueryArgument(let hidden, _), .singleQueryArgument(let shown, _)):
        hidden.lowercased() == shown.lowercased()
      default: false
      }
    }
  }

  private func hides(_ meant: (FieldToMatch) -> Bool) -> Bool { plan.acl.redactedFields.contains(where: meant) }

  /// Some of a text on one line.
  private func excerpt(_ bytes: UnsafeRawBufferPointer) -> String {
    let text = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.quoted)).text
    let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    return bytes.count > Self.quoted ? line + "…" : line
  }

  /// The request at hand, for the samples.
  public func sample(of hit: Hit?, _ action: RequestSample.Action, epochMilliseconds: Int64) -> RequestSample {
    let head = request.head
    var target = hides { $0 == .uriPath } ? "REDACTED" : excerpt(head.pathBytes)
    if let query = head.queryBytes { target += "?" + (hides { $0 == .queryString } ? "REDACTED" : excerpt(query)) }
    let agent = head.first(.userAgent).map { excerpt(head.value(of: $0)) } ?? ""
    let hidesAgent = hides { if case .singleHeader(let name) = $0 { name.lowercased() == "user-agent" } else { false } }
    return RequestSample(
      epochMilliseconds: epochMilliseconds, rule: plan.name(ofRule: hit?.rule ?? -1), action: action,
      reason: hit.map { reason(of: $0) } ?? "no rule decided",
      client: request.client?.description ?? "-", method: hides { $0 == .method } ? "REDACTED" : head.method.name,
      host: excerpt(head.authorityBytes), target: target, userAgent: hidesAgent ? "REDACTED" : agent,
      labels: labelNames,
      ja3: request.fingerprint.map { String(decoding: $0.ja3, as: UTF8.self) },
      ja4: request.fingerprint.map { String(decoding: $0.ja4, as: UTF8.self) })
  }
}
