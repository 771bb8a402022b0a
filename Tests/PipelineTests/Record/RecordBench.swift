import Bytes
import HTTPWire
import Testing

@testable import Pipeline

extension Bench {
  /// What becomes of a request as a record: the stages are run as Gateway runs them, one millisecond each.
  /// - Parameters:
  ///   - answer: the origin's whole response; nil: it cannot be reached.
  ///   - redaction: what is hidden.
  func record(
    _ request: String, origin answer: String? = "HTTP/1.1 200 OK\r\n\r\n", redaction: Redaction = Redaction()
  ) -> (record: ExchangeRecord, json: String) {
    let exchange = exchange(request)
    var clock: Int64 = 0
    func tick() -> Int64 {
      clock += 1_000_000
      return clock
    }
    let recorder = ExchangeRecorder(redaction: redaction, at: 0)
    recorder.begin(exchange.head, Self.facts)
    exchange.recorder = recorder
    if let body = exchange.body { recorder.requestBody.append(body.readable) }
    let fields = ByteBuffer()
    let body = ByteBuffer()
    var status: Int
    do throws(GatewayFailure) {
      status = try run(exchange, recorder, answer, fields, body, tick)
    } catch {
      status = GatewayResponses.write(error, exchange, fields: fields, body: body)
    }
    let head = ByteBuffer()
    head.write("HTTP/1.1 \(status) X\r\n")
    head.write(fields.readable)
    head.write("\r\n")
    let hasPassed = recorder.record[.integrationResponse]?.state == .skipped
    recorder.note(response: head.readable, status: status, body: hasPassed ? nil : body.readable)
    recorder.end(at: tick())
    let json = ByteBuffer()
    recorder.write(into: json)
    return (recorder.record, json.readable.text)
  }

  private func run(
    _ exchange: Exchange, _ recorder: ExchangeRecorder, _ answer: String?, _ fields: ByteBuffer, _ body: ByteBuffer,
    _ tick: () -> Int64
  ) throws(GatewayFailure) -> Int {
    recorder.enter(.route, at: tick())
    let plan = try exchange.route(in: plan, from: 4)
    recorder.enter(.methodRequest, at: tick())
    try MethodRequest.run(plan, exchange)
    if plan.needsBody { try MethodRequest.checkBody(plan, exchange) }
    recorder.enter(.integrationRequest, at: tick())
    let out = ByteBuffer()
    let call = try IntegrationRequest.run(plan, exchange, into: out)
    switch call {
    case .mock(let code):
      recorder.enter(.integrationResponse, at: tick())
      return try respond(plan, exchange, code, nil, fields, body, recorder, tick)
    case .http(let endpoint), .stream(let endpoint):
      recorder.enter(.integration, at: tick())
      recorder.noteCall(to: endpoint, plan, at: tick())
      guard let answer else { throw .networkError("connection refused") }
      let (head, payload) = Self.answer(answer)
      recorder.noteAnswer(head, isReused: false, at: tick())
      recorder.answerBody.append(payload.readable)
      if plan.kind == .http {
        recorder.enter(.integrationResponse, at: tick())
        return try respond(plan, exchange, head.status, (head, payload), fields, body, recorder, tick)
      }
      recorder.enter(.methodResponse, at: tick())
      ProxyResponse.write(head, into: fields)
      Pipeline.MethodResponse.finish(plan, exchange, status: head.status, fields: fields, proxied: head)
      body.write(payload.readable)
      return head.status
    }
  }

  private func respond(
    _ plan: MethodPlan, _ exchange: Exchange, _ code: Int, _ answer: (head: ResponseHead, body: ByteBuffer)?,
    _ fields: ByteBuffer, _ body: ByteBuffer, _ recorder: ExchangeRecorder, _ tick: () -> Int64
  ) throws(GatewayFailure) -> Int {
    let status = try Pipeline.IntegrationResponse.run(
      plan, exchange, status: code, head: answer?.head, body: answer?.body, fields: fields, into: body)
    recorder.enter(.methodResponse, at: tick())
    Pipeline.MethodResponse.finish(plan, exchange, status: status, fields: fields)
    return status
  }
}

extension ExchangeRecord {
  /// The decision of a stage on a subject.
  func decision(_ stage: StageRecord.Name, _ about: Decision.Subject) -> Decision? {
    self[stage]?.decisions?.first { $0.about == about }
  }
}

extension MessageRecord {
  func field(_ name: String) -> FieldRecord? { fields.first { $0.name == name } }
}
