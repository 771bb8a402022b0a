import APIModel
import Bytes
import HTTPSemantics
import HTTPWire
import Velocity

/// What is noted of the way back: the integration response, the method response, and what reaches the client.
extension ExchangeRecorder {
  /// - Parameter chosen: the one of the plan's responses that answers; nil: none.
  func note(selection chosen: Int?, status: Int, _ plan: MethodPlan, _ answer: ByteBuffer?) {
    noteAnswerBody(answer)
    let value = Array("\(status)".utf8)
    var isOver = false
    let candidates = plan.responses.enumerated().map { index, response in
      var noted = Candidate(
        name: response.definition.selectionPattern.flatMap { $0.isEmpty ? nil : $0 } ?? "default",
        status: response.status, result: .refused, place: "\(response.definition.location)")
      let matches = response.pattern.map { pattern in value.withUnsafeBytes { pattern.matchesWhole($0) == .matched } }
      if index == chosen {
        noted.result = .chosen
        noted.because = matches == nil ? "nothing else matches \(status)" : "matches the whole of \(status)"
        isOver = true
      } else if isOver, matches ?? true {
        noted.result = .passedOver
        noted.because = "another came first"
      } else {
        noted.because = "does not match \(status)"
      }
      return noted
    }
    change(.integrationResponse) { $0.candidates = candidates }
    if chosen == nil {
      decide(
        .integrationResponse,
        Decision(.status, "none", because: "no selectionPattern matches \(status), and there is no default response"))
    }
  }

  /// The body is about to be made.
  func note(responseTemplate template: Template?, accepting accept: UnsafeRawBufferPointer?, _ response: ResponsePlan) {
    let table = response.templates
    guard let template, let origin = table.origin(of: template) else {
      decide(
        .integrationResponse, Decision(.template, "none", because: "the integration response has none: the body stays"))
      return
    }
    let wanted = accept.map { "the client's Accept begins with `\($0.text)`" } ?? "the client sent no Accept"
    let because =
      if table.count == 1 {
        "it is the only one"
      } else if let accept, table.template(for: accept) === template {
        wanted
      } else {
        "\(wanted), which has none: then application/json, $default, or the first"
      }
    decide(
      .integrationResponse, Decision(.template, origin.mediaType, because: because, place: "\(origin.source.location)"))
  }

  /// Status, fields and body are made.
  func note(integrationResponse response: ResponsePlan, _ exchange: Exchange, status: Int) {
    let definition = response.definition
    let override = exchange.overridingScope?.responseOverride
    let mappings = definition.responseParameters.sorted { $0.key < $1.key }.compactMap { key, expression in
      self.mapping(key, expression, response, exchange, override)
    }
    if !mappings.isEmpty { change(.integrationResponse) { $0.mappings = mappings } }
    if let override, !override.headers.isEmpty || override.status != nil {
      var noted = override.headers.map { field("header.\($0.name)", $0.values.joined(separator: ","), from: .template) }
      if let status = override.status { noted.insert(FieldRecord("status", "\(status)", from: .template), at: 0) }
      change(.integrationResponse) { $0.overrides = noted }
    }
    decide(
      .integrationResponse,
      Decision(
        .status, "\(status)",
        because: status == response.status
          ? "the integration response says so" : "a template's override replaces \(response.status)"))
    guard let answer = record[.integration]?.response else { return }
    let lost = answer.fields.map {
      FieldRecord($0.name, $0.value, because: "only what is mapped reaches the client")
    }
    if !lost.isEmpty { change(.integrationResponse) { $0.lostFields = lost } }
  }

  private func mapping(
    _ key: String, _ expression: String, _ response: ResponsePlan, _ exchange: Exchange, _ override: ResponseOverride?
  ) -> MappingRecord? {
    guard let name = key[...].behind("method.response.header.") else { return nil }
    var mapping = MappingRecord(to: key, from: expression, place: "\(response.definition.location(of: key))")
    let sent =
      FieldRules.remappedWhenMapped.contains(FieldRules.id(of: String(name))) ? "x-amzn-Remapped-\(name)" : "\(name)"
    guard let header = response.mapping.headers.first(where: { $0.name.elementsEqual(sent.utf8) }) else {
      mapping.because = "never sent to a client"
      return mapping
    }
    note(header.source, expression, for: String(name), exchange, into: &mapping)
    if override?.headers.contains(where: { $0.name.lowercased() == name.lowercased() }) ?? false {
      mapping.because = "a template's override replaces it"
    } else if sent != name, mapping.value != nil {
      mapping.because = "sent as \(sent)"
    }
    return mapping
  }

  /// An HTTP_PROXY's answer is the client's, but for some fields.
  func note(proxied answer: ResponseHead, _ fields: UnsafeRawBufferPointer) {
    skip(.integrationResponse, because: "an HTTP_PROXY's answer passes as it is")
    let sent = Set(HeadLines(fields).compactMap(HeadLines.field).map { [$0.name, shown($0.value, of: $0.name)] })
    let lost: [FieldRecord] = answer.fields.compactMap { slice in
      let noted = field(answer.name(of: slice).text, answer.value(of: slice).text)
      if sent.contains([noted.name, noted.value]) { return nil }
      let remapped = "x-amzn-Remapped-\(noted.name)"
      let because =
        sent.contains([remapped, noted.value])
        ? "API Gateway renames it to x-amzn-Remapped-…"
        : answer.isEndToEnd(slice) ? "API Gateway does not pass it on" : "for one connection only"
      return FieldRecord(noted.name, noted.value, because: because)
    }
    if !lost.isEmpty { change(.methodResponse) { $0.lostFields = lost } }
  }

  /// What the gateway writes into every response, whatever the integration said.
  private static let own: Set<String> = ["date", "content-length", "connection", "transfer-encoding"]

  /// The response as the client gets it, or would have got it.
  /// - Parameter head: status line and fields, the last ones included.
  /// - Parameter body: nil: it was noted while it passed.
  public func note(response head: UnsafeRawBufferPointer, status: Int, body whole: UnsafeRawBufferPointer?) {
    var lines = HeadLines(head)
    var message = MessageRecord()
    message.status = status
    message.startLine = lines.next()?.text ?? ""
    let mapped = Set(
      (record[.integrationResponse]?.mappings ?? []).compactMap { $0.to.split(separator: ".").last?.lowercased() })
    let overridden = Set((record[.integrationResponse]?.overrides ?? []).map { $0.name.lowercased() })
    let answered = record[.integrationResponse]?.state == .skipped && record.failure == nil
    let given = Set(answered ? record[.integration]?.response?.fields.map { [$0.name, $0.value] } ?? [] : [])
    let customised = Set((record.failure?.mappings ?? []).compactMap { $0.to.split(separator: ".").last?.lowercased() })
    message.fields = lines.compactMap(HeadLines.field).map { name, value in
      var noted = field(name, value)
      let plain =
        name.lowercased().hasPrefix("x-amzn-remapped-") ? String(name.lowercased().dropFirst(16)) : name.lowercased()
      noted.from =
        if record.failure != nil {
          customised.contains(plain) ? .gatewayResponse : .gateway
        } else if overridden.contains("header.\(plain)") {
          .template
        } else if mapped.contains(plain) {
          .mapping
        } else if Self.own.contains(name.lowercased()) {
          .gateway
        } else if given.contains([noted.name, noted.value]) || plain != name.lowercased() {
          .integration
        } else {
          .gateway
        }
      return noted
    }
    if let whole {
      let type = message.fields.first { $0.name.lowercased() == "content-type" }?.value.lowercased()
      message.body = body(whole, type)
    } else {
      noteAnswerBody()
      message.body = record[.integration]?.response?.body
    }
    record.response = message
    noteRequestBody()
  }
}
