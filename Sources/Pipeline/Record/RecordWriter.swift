import Bytes
import JSON

/// Writes a record as one JSON document: the members of `ExchangeRecord`, in that order, those that are nil left out.
///
/// Every text passes through here, so this is where secret values are taken out wherever they stand.
struct RecordWriter {
  private let out: ByteBuffer
  private let secrets: SecretValues
  private var isFirst = true

  private init(_ out: ByteBuffer, _ secrets: SecretValues) {
    self.out = out
    self.secrets = secrets
  }

  static func write(_ record: ExchangeRecord, hiding secrets: SecretValues, into out: ByteBuffer) {
    var writer = RecordWriter(out, secrets)
    writer.object { $0.members(of: record) }
    out.write("\n")
  }

  // MARK: The document

  private mutating func members(of record: ExchangeRecord) {
    member("version", record.version)
    member("requestId", record.requestId)
    member("time", Int(record.time))
    member("microseconds", record.microseconds)
    member("api", record.api)
    member("apiStage", record.apiStage)
    member("deployment", record.deployment)
    member("request", record.request) { $0.members(of: $1) }
    list("stages", record.stages) { $0.members(of: $1) }
    member("failure", record.failure) { $0.members(of: $1) }
    member("response", record.response) { $0.members(of: $1) }
    list("notes", record.notes)
  }

  private mutating func members(of stage: StageRecord) {
    member("stage", stage.stage.rawValue)
    member("state", stage.state.rawValue)
    member("because", stage.because)
    member("microseconds", stage.microseconds)
    member("firstByteMicroseconds", stage.firstByteMicroseconds)
    list("decisions", stage.decisions) { $0.members(of: $1) }
    list("candidates", stage.candidates) { $0.members(of: $1) }
    list("parameters", stage.parameters) { $0.members(of: $1) }
    list("mappings", stage.mappings) { $0.members(of: $1) }
    member("rendering", stage.rendering) { $0.members(of: $1) }
    list("overrides", stage.overrides) { $0.members(of: $1) }
    member("request", stage.request) { $0.members(of: $1) }
    member("response", stage.response) { $0.members(of: $1) }
    list("lostFields", stage.lostFields) { $0.members(of: $1) }
  }

  private mutating func members(of decision: Decision) {
    member("about", decision.about.rawValue)
    member("result", decision.result)
    member("because", decision.because)
    member("place", decision.place)
  }

  private mutating func members(of candidate: Candidate) {
    member("name", candidate.name)
    member("status", candidate.status)
    member("result", candidate.result.rawValue)
    member("because", candidate.because)
    member("place", candidate.place)
  }

  private mutating func members(of parameter: ParameterRecord) {
    member("name", parameter.name)
    member("value", parameter.value)
    member("isRequired", parameter.isRequired)
  }

  private mutating func members(of mapping: MappingRecord) {
    member("to", mapping.to)
    member("from", mapping.from)
    member("value", mapping.value)
    member("because", mapping.because)
    member("place", mapping.place)
  }

  private mutating func members(of rendering: RenderingRecord) {
    member("mediaType", rendering.mediaType)
    member("place", rendering.place)
    member("isConstant", rendering.isConstant)
    member("input", rendering.input) { $0.members(of: $1) }
    member("inputFlaw", rendering.inputFlaw)
    member("output", rendering.output) { $0.members(of: $1) }
    member("error", rendering.error)
    member("errorPlace", rendering.errorPlace)
    member("errorLine", rendering.errorLine)
    member("errorColumn", rendering.errorColumn)
  }

  private mutating func members(of message: MessageRecord) {
    member("startLine", message.startLine)
    member("method", message.method)
    member("target", message.target)
    member("url", message.url)
    member("status", message.status)
    list("fields", message.fields) { $0.members(of: $1) }
    member("body", message.body) { $0.members(of: $1) }
    member("streams", message.streams)
  }

  private mutating func members(of field: FieldRecord) {
    member("name", field.name)
    member("value", field.value)
    member("from", field.from?.rawValue)
    member("because", field.because)
  }

  private mutating func members(of body: BodyRecord) {
    member("bytes", body.bytes)
    if secrets.areTooMany {
      member("note", "it holds more secrets than can be followed, so it is not shown")
      return
    }
    member("text", body.text)
    member("base64", body.base64)
    member("isExcerpt", body.isExcerpt)
    member("note", body.note)
  }

  private mutating func members(of failure: FailureRecord) {
    member("stage", failure.stage.rawValue)
    member("type", failure.type)
    member("fault", failure.fault)
    member("reason", failure.reason)
    member("message", failure.message)
    member("status", failure.status)
    member("validationErrors", failure.validationErrors)
    member("gatewayResponse", failure.gatewayResponse) { $0.members(of: $1) }
    list("mappings", failure.mappings) { $0.members(of: $1) }
  }

  // MARK: JSON

  private mutating func object(_ members: (inout RecordWriter) -> Void) {
    out.write("{")
    let outer = isFirst
    isFirst = true
    members(&self)
    isFirst = outer
    out.write("}")
  }

  private mutating func name(_ name: StaticString) {
    if !isFirst { out.write(",") }
    isFirst = false
    out.write("\"")
    out.write(name)
    out.write("\":")
  }

  private func string(_ text: String) {
    JSONWriter.write(string: secrets.removed(from: text), style: .standard, into: out)
  }

  private mutating func member(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    self.name(name)
    string(text)
  }

  private mutating func member(_ name: StaticString, _ number: Int?) {
    guard let number else { return }
    self.name(name)
    out.write(decimal: number)
  }

  private mutating func member(_ name: StaticString, _ truth: Bool?) {
    guard let truth else { return }
    self.name(name)
    out.write(truth ? "true" : "false")
  }

  private mutating func member<Value>(
    _ name: StaticString, _ value: Value?, _ members: (inout RecordWriter, Value) -> Void
  ) {
    guard let value else { return }
    self.name(name)
    object { members(&$0, value) }
  }

  private mutating func list<Value>(
    _ name: StaticString, _ values: [Value]?, _ members: (inout RecordWriter, Value) -> Void
  ) {
    guard let values else { return }
    self.name(name)
    out.write("[")
    for (index, value) in values.enumerated() {
      if index > 0 { out.write(",") }
      object { members(&$0, value) }
    }
    out.write("]")
  }

  private mutating func list(_ name: StaticString, _ texts: [String]?) {
    guard let texts else { return }
    self.name(name)
    out.write("[")
    for (index, text) in texts.enumerated() {
      if index > 0 { out.write(",") }
      string(text)
    }
    out.write("]")
  }
}

extension ExchangeRecorder {
  /// Writes what has been noted as one JSON document.
  public func write(into out: ByteBuffer) { RecordWriter.write(record, hiding: secrets, into: out) }
}
