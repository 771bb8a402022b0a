import Bytes
import HTTPWire

/// Notes what happens to one exchange while it happens: the stages tell it what they decide, the driver when each of them
/// begins and what passes over the wire. An exchange that nobody asked to explain has none, and pays one test for nil at
/// each stage.
///
///     begin ──▶ enter(.screen) ──▶ enter(.route) ──▶ … ──▶ enter(.methodResponse) ──▶ end ──▶ write
///                                   └─ fail ─┴──────────▶ (gateway response) ──────────┘
///
/// Times come in as nanoseconds of one clock, whichever: the room has none.
public final class ExchangeRecorder {
  public internal(set) var record = ExchangeRecord()
  let redaction: Redaction
  var secrets = SecretValues()
  /// The client's body and the integration's, as they pass.
  public var requestBody = BodyCapture()
  public var answerBody = BodyCapture()
  /// The media types that they were sent with, in small letters.
  private var mediaTypes: (request: String?, answer: String?)
  /// The stage that the exchange is in; nil: it has ended.
  private(set) var stage: StageRecord.Name? = .screen
  private let began: Int64
  private var entered: Int64
  /// When the integration was called.
  var called: Int64 = 0
  /// Who answered in the place of the integration; nil: the integration itself.
  public var standIn: String?
  /// Whether the request counts as HEAD although it came as something else, so that the record can have a body.
  public var isForHead = false

  public init(redaction: Redaction, at nanoseconds: Int64) {
    self.redaction = redaction
    began = nanoseconds
    entered = nanoseconds
  }

  // MARK: Stages

  /// The exchange goes on to a stage; the one before is over.
  public func enter(_ next: StageRecord.Name, at nanoseconds: Int64) {
    leave(at: nanoseconds)
    stage = next
    change(next) { $0.state = .passed }
  }

  /// The response is made.
  public func end(at nanoseconds: Int64) {
    leave(at: nanoseconds)
    stage = nil
    record.microseconds = Self.microseconds(from: began, to: nanoseconds)
  }

  private func leave(at nanoseconds: Int64) {
    let elapsed = Self.microseconds(from: entered, to: nanoseconds)
    entered = nanoseconds
    guard let stage else { return }
    change(stage) {
      if $0.state == .passed || $0.state == .failed, $0.microseconds == nil { $0.microseconds = elapsed }
    }
  }

  static func microseconds(from: Int64, to: Int64) -> Int { Int(clamping: max(0, to &- from) / 1000) }

  func change(_ name: StageRecord.Name, _ body: (inout StageRecord) -> Void) {
    guard let index = record.stages.firstIndex(where: { $0.stage == name }) else { return }
    // A copy: what is noted may be made of other parts of the record.
    var stage = record.stages[index]
    body(&stage)
    record.stages[index] = stage
  }

  /// A stage has nothing to do for this exchange.
  func skip(_ name: StageRecord.Name, because reason: String) {
    change(name) {
      $0.state = .skipped
      $0.because = reason
    }
  }

  func decide(_ name: StageRecord.Name, _ decision: Decision) {
    change(name) { $0.decisions = ($0.decisions ?? []) + [decision] }
  }

  public func remark(_ note: String) { record.notes = (record.notes ?? []) + [note] }

  // MARK: What is noted

  /// The response is the same for every request, and so ready: nothing was read to make it.
  public func notePrepared() {
    decide(
      .methodRequest,
      Decision(
        .prepared, "the response is the same for every request",
        because: "no template, mapping or parameter of it depends on one: the gateway has it ready"))
  }

  /// What a web ACL makes of the request.
  /// - Parameter isBlocked: it would have been answered by the web ACL; what is recorded goes on all the same.
  public func note(screening acl: String, isBlocked: Bool, because reason: String) {
    change(.screen) { $0.state = .passed }
    decide(.screen, Decision(.webACL, isBlocked ? "`\(acl)` blocks it" : "`\(acl)` lets it go on", because: reason))
    if isBlocked {
      remark("the web ACL `\(acl)` blocks this request: the record shows what the API would say to it")
    }
  }

  /// Takes the client's head.
  public func begin(_ head: RequestHead, _ facts: RequestFacts) {
    record.requestId = facts.requestIDText
    record.time = facts.epochMilliseconds
    change(.screen) { $0.state = .nothingConfigured }
    var message = MessageRecord()
    let path = head.pathBytes.text
    let target = shown(query: head.queryBytes.map { "\(path)?\($0.text)" } ?? path)
    message.method = head.method.name
    message.target = target
    message.startLine = "\(head.method.name) \(target) HTTP/1.\(head.minorVersion)"
    message.fields = fields(of: head)
    record.request = message
    mediaTypes.request = Self.mediaType(of: head)
    if head.framing != .none, head.framing != .length(0) { requestBody.begin() }
  }

  /// The fields of a head, but for the one that asks for the record.
  func fields(of head: MessageHead, from source: FieldRecord.Source? = nil) -> [FieldRecord] {
    head.fields.compactMap { field in
      field.id == .xSluiceExplain
        ? nil : self.field(head.name(of: field).text, head.value(of: field).text, from: source)
    }
  }

  func field(
    _ name: String, _ value: String, from source: FieldRecord.Source? = nil, because reason: String? = nil
  ) -> FieldRecord {
    FieldRecord(name, shown(value, of: name), from: source, because: reason)
  }

  static func mediaType(of head: MessageHead) -> String? {
    head.first(.contentType).map { MediaType.essence(head.value(of: $0)).text.lowercased() }
  }

  /// A body that is whole. Nil: there is none.
  func body(_ bytes: UnsafeRawBufferPointer?, _ mediaType: String? = nil) -> BodyRecord? {
    guard let bytes, !bytes.isEmpty else { return nil }
    return body(UnsafeRawBufferPointer(rebasing: bytes.prefix(BodyRecord.limit)), of: bytes.count, mediaType)
  }

  /// - Parameter beginning: as much of it as is kept.
  func body(_ beginning: UnsafeRawBufferPointer, of count: Int, _ mediaType: String?) -> BodyRecord {
    var record = BodyRecord(bytes: count)
    if count > beginning.count { record.isExcerpt = true }
    if let text = Self.text(beginning, isCut: count > beginning.count) {
      record.text = shown(body: text, mediaType)
    } else {
      let encoded = ByteBuffer(capacity: beginning.count / 3 * 4 + 4)
      Base64.encode(beginning, into: encoded)
      record.base64 = encoded.readable.text
    }
    return record
  }

  /// Nil for what is not UTF-8; the last character may be cut in two where the body is.
  private static func text(_ bytes: UnsafeRawBufferPointer, isCut: Bool) -> String? {
    var end = bytes.count
    if isCut {
      while end > 0, bytes.count - end < 3, bytes[end - 1] & 0xC0 == 0x80 { end -= 1 }
      if end > 0, bytes[end - 1] >= 0xC0 { end -= 1 } else { end = bytes.count }
    }
    for end in Set([end, bytes.count]) {
      let part = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      if UTF8Repair.isWellFormed(part) { return part.text }
    }
    return nil
  }

  /// The client's body as far as it was seen.
  func noteRequestBody() {
    guard requestBody.hasBegun else { return }
    record.request.body = requestBody.withBytes { body($0, of: $1, mediaTypes.request) }
    if requestBody.isEmpty {
      record.request.body?.note = "not read"
    } else {
      // One that streams is the integration's as it is.
      change(.integrationRequest) { if $0.request?.streams ?? false { $0.request?.body = record.request.body } }
    }
  }

  func noteAnswerType(_ head: ResponseHead) { mediaTypes.answer = Self.mediaType(of: head) }
  var answerType: String? { mediaTypes.answer }
  var requestType: String? { mediaTypes.request }
}
