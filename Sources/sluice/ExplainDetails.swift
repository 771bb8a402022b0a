import Pipeline

/// What a stage has decided, line by line.
extension ExplainPage {
  mutating func writeDetails(of stage: StageRecord) {
    // What a selection or a template comes to stands behind it; everything else comes first.
    let late: Set<Decision.Subject> = [.status, .template, .passthrough, .contentHandling]
    let decisions = stage.decisions ?? []
    for decision in decisions where !late.contains(decision.about) { write(decision) }
    writeCandidates(stage)
    for parameter in stage.parameters ?? [] { write(parameter) }
    for mapping in stage.mappings ?? [] { write(mapping) }
    for decision in decisions where late.contains(decision.about) && decision.about != .status { write(decision) }
    if let rendering = stage.rendering { write(rendering, stage.stage) }
    for override in stage.overrides ?? [] {
      entry("override", "\(override.name): \(override.value)")
      below("a template set it")
    }
    for decision in decisions where decision.about == .status { write(decision) }
    if let request = stage.request {
      entry("sends", "\(request.method ?? "") \(request.url ?? "")")
      writeFields(request.fields, tagged: true)
      write(request.body, as: "body", calledLater: "as it was sent to the integration")
    }
    if let response = stage.response {
      let wait = stage.firstByteMicroseconds.map { " after \(Self.time($0))" } ?? ""
      entry("answered", styled(Self.status(response.startLine), status: response.status) + wait)
      for field in response.fields { line(indent + "\(field.name): \(Self.cut(field.value))") }
      write(response.body, as: "body", calledLater: "as the integration sent it")
    }
    writeLost(stage.lostFields ?? [], stage.stage)
  }

  // MARK: Decisions

  func write(_ decision: Decision, as label: String? = nil) {
    let place = decision.place.map { terminal.styled("  \($0)", .dim) } ?? ""
    entry(label ?? Self.label(decision.about), decision.result + place)
    if let reason = decision.because { below(reason) }
  }

  private static func label(_ subject: Decision.Subject) -> String {
    switch subject {
    case .address: "address"
    case .method: "method"
    case .resource: "resource"
    case .authorization: "authorization"
    case .apiKey: "API key"
    case .validator: "validator"
    case .type: "type"
    case .uri: "uri"
    case .timeout: "timeout"
    case .contentHandling: "content"
    case .template: "template"
    case .passthrough: "passthrough"
    case .status: "status"
    case .endpoint: "calls"
    case .connection: "connection"
    case .canary: "canary"
    case .model: "model"
    case .stageCache: "stage cache"
    case .prepared: "ready"
    case .gatewayResponse: "answer"
    }
  }

  private func writeCandidates(_ stage: StageRecord) {
    let candidates = stage.candidates ?? []
    // A resource without rivals has said all in its decision.
    if stage.stage == .route, candidates.count < 2, candidates.first?.result == .chosen { return }
    for candidate in candidates {
      let status = candidate.status.map { " → \($0)" } ?? ""
      let place = candidate.place.map { terminal.styled("  \($0)", .dim) } ?? ""
      let label: String
      switch candidate.result {
      case .chosen: label = "chosen"
      case .refused: label = stage.stage == .route ? "not" : "tried"
      case .passedOver: label = "passed over"
      case .near: label = "near"
      }
      let name = candidate.result == .chosen ? terminal.styled(candidate.name + status, .bold) : candidate.name + status
      // The chosen resource has given its reason already.
      if stage.stage == .route, candidate.result == .chosen { continue }
      entry(label, name + place)
      let isSaid = stage.decisions?.contains { $0.because == candidate.because } ?? false
      if let reason = candidate.because, !isSaid { below(reason) }
    }
  }

  private func write(_ parameter: ParameterRecord) {
    let name = parameter.name.hasPrefix("method.request.") ? String(parameter.name.dropFirst(15)) : parameter.name
    let required = parameter.isRequired ? ", required" : ""
    if let value = parameter.value {
      entry("parameter", "\(name) = \(value)\(terminal.styled(required, .dim))")
    } else {
      let missing = "\(name): not there\(required)"
      entry("parameter", parameter.isRequired ? terminal.styled(missing, .red) : terminal.styled(missing, .dim))
    }
  }

  func write(_ mapping: MappingRecord) {
    let destination = Self.short(mapping.to)
    if let value = mapping.value {
      let source = mapping.from == "'\(value)'" ? "" : terminal.styled("  from \(mapping.from)", .dim)
      entry("maps", "\(destination) = \(Self.cut(value))\(source)")
      if let reason = mapping.because { below("without effect: \(reason)") }
    } else {
      entry("maps", "\(destination): nothing" + terminal.styled("  from \(mapping.from)", .dim))
      if let reason = mapping.because { below(reason) }
    }
  }

  private static func short(_ destination: String) -> String {
    for prefix in ["integration.request.", "method.response.", "gatewayresponse."] where destination.hasPrefix(prefix) {
      return String(destination.dropFirst(prefix.count))
    }
    return destination
  }

  private mutating func write(_ rendering: RenderingRecord, _ stage: StageRecord.Name) {
    if rendering.isConstant {
      below("it gives the same for every request")
    } else if let input = rendering.input {
      write(input, as: "reads", calledLater: "as the template read it")
      if let flaw = rendering.inputFlaw { line(indent + terminal.styled(flaw, .yellow)) }
    } else {
      entry("reads", terminal.styled("no body: $input is {}", .dim))
    }
    if let error = rendering.error {
      entry("error", terminal.styled(error, .red))
      if let place = rendering.errorPlace { below("at \(place)") }
      if let text = rendering.errorLine, let column = rendering.errorColumn {
        below("  " + Self.cut(text))
        below("  " + String(repeating: " ", count: max(0, min(column, Self.width) - 1)) + "^")
      }
      if let output = rendering.output { write(output, as: "until then", calledLater: "as the template wrote it") }
    } else if let output = rendering.output {
      write(output, as: "writes", calledLater: "as the template wrote it")
    } else {
      entry("writes", terminal.styled("nothing", .dim))
    }
  }

  // MARK: Fields that end here

  /// One line for each reason.
  private func writeLost(_ fields: [FieldRecord], _ stage: StageRecord.Name) {
    var reasons: [String] = []
    for field in fields where !reasons.contains(field.because ?? "") { reasons.append(field.because ?? "") }
    for reason in reasons {
      let names = fields.filter { ($0.because ?? "") == reason }.map(\.name)
      let label = reason.contains("renames") ? "renamed" : stage == .integrationRequest ? "not sent" : "not passed"
      entry(label, names.joined(separator: ", "))
      if !reason.isEmpty { below(reason) }
    }
  }
}
