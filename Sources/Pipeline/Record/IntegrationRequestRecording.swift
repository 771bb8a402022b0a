import APIModel
import Bytes
import HTTPSemantics
import HTTPWire
import JSON
import Velocity

/// What is noted of the integration request: how the client's request became the integration's.
extension ExchangeRecorder {
  /// The stage begins.
  func note(integrationOf plan: MethodPlan, _ exchange: Exchange) {
    let integration = plan.definition.integration
    decide(
      .integrationRequest,
      Decision(.type, integration?.kind.rawValue ?? "none", place: integration.map { "\($0.location)" }))
    if let integration, let uri = integration.uri {
      decide(
        .integrationRequest,
        Decision(.uri, uri, because: stageVariables(in: uri, exchange), place: "\(integration.location(of: "uri"))"))
    }
  }

  /// The body is about to be made.
  /// - Parameter template: the one that was chosen; nil: none.
  func note(
    requestTemplate template: Template?, for mediaType: UnsafeRawBufferPointer?, _ plan: MethodPlan, passes: Bool,
    hasBody: Bool
  ) {
    let given = mediaType.map { "the request's Content-Type is `\($0.text)`" } ?? "the request has no Content-Type"
    if let template, let origin = plan.requestTemplates.origin(of: template) {
      let isFallback = origin.mediaType == "$default"
      let because =
        isFallback
        ? "\(given), which has no template of its own"
        : mediaType == nil ? "\(given): it counts as application/json" : given
      decide(
        .integrationRequest,
        Decision(.template, origin.mediaType, because: because, place: "\(origin.source.location)"))
    } else {
      let types = plan.requestTemplates.mediaTypes.map { "`\($0)`" }.joined(separator: ", ")
      decide(
        .integrationRequest,
        Decision(
          .template, "none",
          because: types.isEmpty ? "the integration has none" : "\(given), and there are templates for \(types) only"))
      decide(
        .integrationRequest,
        Decision(
          .passthrough,
          !passes
            ? "the request is refused with 415" : hasBody ? "the body passes as it is" : "there is no body to pass",
          because: Self.reason(plan.passthrough, hasTemplates: !plan.requestTemplates.isEmpty)))
    }
  }

  private static func reason(_ rule: Integration.PassthroughBehavior, hasTemplates: Bool) -> String {
    switch rule {
    case .whenNoMatch: "passthroughBehavior is WHEN_NO_MATCH"
    case .whenNoTemplates where hasTemplates: "passthroughBehavior is WHEN_NO_TEMPLATES, and there are templates"
    case .whenNoTemplates: "passthroughBehavior is WHEN_NO_TEMPLATES, and there is none"
    case .never: "passthroughBehavior is NEVER"
    }
  }

  func note(
    _ conversion: ContentConversion, _ stage: StageRecord.Name, _ mediaType: UnsafeRawBufferPointer?,
    _ plan: MethodPlan, _ handling: Integration.ContentHandling?
  ) {
    // Text that stays text is what happens to nearly everybody.
    if conversion == .text, plan.binaryMediaTypes.isEmpty, handling == nil { return }
    let result =
      switch conversion {
      case .bytes: "bytes, untouched"
      case .text: "text"
      case .decode: "decoded from base64"
      case .encode: "encoded in base64"
      }
    let isBinary = plan.binaryMediaTypes.contains(mediaType)
    let kind = "`\(mediaType?.text ?? "no type")` is \(isBinary ? "" : "not ")among the binary media types"
    let rule = handling.map { "contentHandling is \($0.rawValue)" } ?? "there is no contentHandling"
    decide(stage, Decision(.contentHandling, result, because: "\(kind), and \(rule)"))
  }

  /// A template has rendered, or failed to.
  func note(
    _ template: Template, of table: TemplateTable, input: ByteBuffer?, output: UnsafeRawBufferPointer,
    failure: RenderError? = nil
  ) {
    guard let stage else { return }
    let origin = table.origin(of: template)
    let type = stage == .integrationRequest ? requestType : answerType
    var rendering = RenderingRecord(
      mediaType: origin?.mediaType ?? "", place: origin.map { "\($0.source.location)" } ?? "",
      isConstant: template.constant != nil)
    rendering.input = body(input?.readable, type)
    if template.constant == nil, let input, !input.isEmpty { rendering.inputFlaw = Self.flaw(input.readable) }
    rendering.output = body(output)
    if let failure {
      rendering.error = failure.message
      let lines = template.source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      if lines.indices.contains(failure.line - 1) {
        rendering.errorLine = String(lines[failure.line - 1])
        rendering.errorColumn = failure.column
      }
      rendering.errorPlace = origin.map { "\($0.source.location(line: failure.line, column: failure.column))" }
    }
    change(stage) { $0.rendering = rendering }
  }

  /// What keeps a body from being JSON.
  private static func flaw(_ body: UnsafeRawBufferPointer) -> String? {
    do throws(JSONError) {
      _ = try JSONDocument(parsing: body)
      return nil
    } catch {
      return "it is not JSON: \(error.reason.rawValue), at \(error.line):\(error.column)"
    }
  }

  /// Target, fields and body are made, or cannot be.
  /// - Parameter out: request line and fields, as far as they were written.
  func note(integrationRequest plan: MethodPlan, _ exchange: Exchange, _ call: IntegrationCall?, _ out: ByteBuffer) {
    let override = exchange.overridingScope?.requestOverride
    if let override {
      let overrides =
        override.header.map { ("header.\($0.name)", $0.values) }
        + override.querystring.map { ("querystring.\($0.name)", $0.values) }
        + override.path.map { ("path.\($0.name)", $0.values) }
      let noted = overrides.map { field($0.0, $0.1.joined(separator: ","), from: .template) }
      if !noted.isEmpty { change(.integrationRequest) { $0.overrides = noted } }
    }
    let mappings = requestMappings(plan, exchange, override)
    if !mappings.isEmpty { change(.integrationRequest) { $0.mappings = mappings } }
    switch call {
    case .http(let endpoint), .stream(let endpoint):
      noteSent(out.readable, plan, exchange, to: endpoint)
    case .mock(let status):
      decide(.integrationRequest, Decision(.status, "\(status)", because: "the template's `statusCode` says so"))
      skip(.integration, because: "a MOCK calls nobody")
    case nil: break
    }
  }

  /// `backend = 127.0.0.1:9000`, for each stage variable that a URI names.
  private func stageVariables(in uri: String, _ exchange: Exchange) -> String? {
    let named = (exchange.deployment?.stageVariables ?? []).filter {
      uri.range(of: "${stageVariables.\($0.name)}") != nil
    }
    let texts = named.map { "\($0.name) = \(shown($0.value, of: $0.name))" }
    return texts.isEmpty ? nil : "stage variable " + texts.joined(separator: ", ")
  }

  // MARK: Mappings

  private func requestMappings(
    _ plan: MethodPlan, _ exchange: Exchange, _ override: RequestOverride?
  ) -> [MappingRecord] {
    guard let integration = plan.definition.integration else { return [] }
    return integration.requestParameters.sorted { $0.key < $1.key }.compactMap { key, expression in
      guard let rest = key[...].behind("integration.request."), let dot = rest.firstIndex(of: ".") else { return nil }
      let place = rest[..<dot]
      let name = String(rest[rest.index(after: dot)...])
      var mapping = MappingRecord(to: key, from: expression, place: "\(integration.location(of: key))")
      guard let source = plan.source(of: name, in: place) else {
        mapping.because = "never sent to an integration"
        return mapping
      }
      note(source, expression, for: name, exchange, into: &mapping)
      if place == "path", !Self.holds(integration.uri ?? "", name) {
        mapping.because = "the URI has no {\(name)}"
      } else if override?.replaces(name, in: place) ?? false {
        mapping.because = "a template's override replaces it"
      }
      return mapping
    }
  }

  private static func holds(_ uri: String, _ name: String) -> Bool {
    uri.range(of: "{\(name)}") != nil || uri.range(of: "{\(name)+}") != nil
  }

  /// Evaluates a source once more, as the stage has.
  func note(
    _ source: MappingSource, _ expression: String, for name: String, _ exchange: Exchange,
    into mapping: inout MappingRecord
  ) {
    let value = ByteBuffer(capacity: 64)
    do {
      if try exchange.write(source, into: value) {
        let text = value.readable.text
        // A secret may come under a harmless name, or go out under one.
        let origin = expression.split(separator: ".").last.map(String.init) ?? ""
        mapping.value = redaction.hides(name) ? shown(text, of: name) : shown(text, of: origin)
        if case .constant = source, expression.hasPrefix("'"), redaction.hides(name) {
          mapping.from = "'\(Redaction.mark)'"
        }
        if mapping.value == text, text.hasPrefix("{") || text.hasPrefix("[") { mapping.value = shown(body: text, nil) }
      } else {
        mapping.because = otherwiseWritten(source, exchange) ?? "the source has no value"
      }
    } catch {
      mapping.because = error.reason
    }
  }

  /// For somebody who does not think of capital letters: the field that a source would read if they did not count.
  private func otherwiseWritten(_ source: MappingSource, _ exchange: Exchange) -> String? {
    let name: [UInt8]
    let head: MessageHead?
    switch source {
    case .header(let wanted), .multiHeader(let wanted): (name, head) = (wanted, exchange.head)
    case .responseHeader(let wanted), .multiResponseHeader(let wanted): (name, head) = (wanted, exchange.answerHead)
    default: return nil
    }
    guard let head, !head.hasLowercaseNames else { return nil }
    for field in head.fields {
      let own = head.name(of: field)
      guard name.withUnsafeBytes({ own.equalsIgnoringCase($0) && !own.elementsEqual($0) }) else { continue }
      return "there is `\(own.text)`, but capital letters count"
    }
    return nil
  }

  // MARK: What is sent

  /// The head for the integration, as it goes over the wire.
  /// - Parameter head: request line and field lines.
  public func noteSent(_ head: UnsafeRawBufferPointer, _ plan: MethodPlan, _ exchange: Exchange, to endpoint: Endpoint)
  {
    var lines = HeadLines(head)
    var message = MessageRecord()
    let words = (lines.next()?.text ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3 else { return }
    let target = shown(query: String(words[1]))
    message.method = String(words[0])
    message.target = target
    message.startLine = "\(words[0]) \(target) \(words[2])"
    message.url =
      endpoint.unixPath.map { "http+unix:\($0)\(target)" }
      ?? "\(endpoint.tls != nil ? "https" : "http")://\(endpoint.hostField)\(target)"
    let override = exchange.overridingScope?.requestOverride.header ?? []
    let mapped = Set(plan.mapping.headers.map { String(decoding: $0.name, as: UTF8.self).lowercased() })
    let client = Set(plan.kind == .httpProxy ? record.request.fields.map { [$0.name, $0.value] } : [])
    message.fields = lines.compactMap(HeadLines.field).map { name, value in
      var noted = field(name, value)
      noted.from =
        if override.contains(where: { $0.name.lowercased() == name.lowercased() }) {
          .template
        } else if mapped.contains(name.lowercased()) {
          .mapping
        } else if client.contains([noted.name, noted.value]) {
          .client
        } else {
          .gateway
        }
      return noted
    }
    let lost = lostFields(of: exchange.head, plan, exchange, sent: message.fields)
    if plan.streams { message.streams = true } else { message.body = body(exchange.integrationBody.readable) }
    change(.integrationRequest) {
      $0.request = message
      $0.lostFields = lost.isEmpty ? nil : lost
    }
  }

  /// The client's fields that went no further, each with its reason.
  private func lostFields(
    of head: RequestHead, _ plan: MethodPlan, _ exchange: Exchange, sent: [FieldRecord]
  ) -> [FieldRecord] {
    let passed = Set(sent.filter { $0.from == .client }.map { [$0.name, $0.value] })
    return head.fields.compactMap { slice in
      let name = head.name(of: slice).text
      guard slice.id != .xSluiceExplain else { return nil }
      let noted = field(name, head.value(of: slice).text)
      if passed.contains([noted.name, noted.value]) { return nil }
      let replaced = sent.first { $0.name.lowercased() == name.lowercased() }
      let because: String
      if plan.kind != .httpProxy {
        because = "an HTTP integration gets only what is mapped"
      } else if let replaced, replaced.from == .mapping || replaced.from == .template {
        because = "replaced by a mapping"
      } else if replaced != nil {
        because = "the gateway writes its own"
      } else if !head.isEndToEnd(slice) {
        because = "for one connection only"
      } else {
        because = "API Gateway does not pass it on"
      }
      return FieldRecord(noted.name, noted.value, because: because)
    }
  }
}

extension MethodPlan {
  /// What a destination of a request mapping takes its value from.
  func source(of name: String, in place: Substring) -> MappingSource? {
    switch place {
    case "header": mapping.headers.first { String(decoding: $0.name, as: UTF8.self) == name }?.source
    case "querystring": mapping.query.first { $0.name == RequestMapping.encoded(name[...]) }?.source
    case "path": mapping.path[name]
    default: nil
    }
  }
}

extension RequestOverride {
  fileprivate func replaces(_ name: String, in place: Substring) -> Bool {
    switch place {
    case "header": header.contains { $0.name.lowercased() == name.lowercased() }
    case "querystring": querystring.contains { $0.name == name }
    case "path": path.contains { $0.name == name }
    default: false
    }
  }
}
