import APIModel
import Bytes
import Testing

@testable import Pipeline

@Suite struct ExchangeRecorderTests {
  @Test("The stages must be there in their order, each with its state and time")
  func stages() {
    let record = Bench().record("GET /dev/a?x=1 HTTP/1.1\r\nHost: c").record
    #expect(record.stages.map(\.stage) == StageRecord.Name.allCases)
    #expect(
      record.stages.map(\.state) == [
        .nothingConfigured, .passed, .passed, .passed, .passed, .skipped, .passed,
      ])
    #expect(record[.route]?.microseconds == 1000)
    #expect(record[.screen]?.microseconds == nil)
    #expect(record[.integration]?.firstByteMicroseconds == 1000)
    #expect(record.microseconds == 8000)
  }

  @Test("The request and the names of what answers it must be noted")
  func request() {
    let record = Bench().record("POST /dev/a?x=1 HTTP/1.1\r\nHost: c\r\nContent-Length: 2\r\n\r\nhi").record
    #expect(record.requestId == "01234567-89ab-4def-8011-223344556677")
    #expect(record.time == 1_700_000_000_123)
    #expect([record.api, record.apiStage, record.deployment] == ["api1", "dev", "1"])
    #expect(record.request.startLine == "POST /dev/a?x=1 HTTP/1.1")
    #expect(record.request.fields.map(\.name) == ["Host", "Content-Length"])
    #expect(record.request.body == BodyRecord(bytes: 2, text: "hi"))
  }

  @Test("A failure must end the stages where it happened")
  func failure() {
    let record = Bench().record("GET /dev/a HTTP/1.1\r\nHost: c", origin: nil).record
    #expect(record[.integration]?.state == .failed)
    #expect(record[.integration]?.because == "connection refused")
    #expect(record[.integrationResponse]?.state == .notReached)
    #expect(record.failure?.stage == .integration)
    #expect(record.failure?.type == "INTEGRATION_FAILURE")
    #expect(record.response?.status == 504)
  }

  @Test("A body must be kept up to its limit, with its true length and whole characters")
  func excerpt() {
    let body = String(repeating: "x", count: BodyRecord.limit - 1) + "é and more"
    let record = Bench().record(
      "POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    ).record
    #expect(record.request.body?.bytes == body.utf8.count)
    #expect(record.request.body?.isExcerpt == true)
    #expect(record.request.body?.text == String(repeating: "x", count: BodyRecord.limit - 1))
  }

  @Test("A body that is no text must be kept in base64")
  func binary() {
    let recorder = ExchangeRecorder(redaction: Redaction(), at: 0)
    let body = [0xFF, 0x00, 0xFE].withUnsafeBytes { recorder.body(UnsafeRawBufferPointer(rebasing: $0[..<1])) }
    #expect(body == BodyRecord(bytes: 1, base64: "/w=="))
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(recorder.body(none) == nil)
  }

  @Test("The field that asks for the record must not be in it")
  func ownField() {
    let result = Bench().record("GET /dev/a HTTP/1.1\r\nHost: c\r\nX-Sluice-Explain: open-sesame-1234")
    #expect(!result.json.contains("open-sesame"))
    #expect(!result.json.lowercased().contains("x-sluice-explain"))
  }

  @Test("An exchange that is recorded must come to what it comes to otherwise", arguments: [true, false])
  func sameResponse(mock: Bool) {
    let bench =
      mock
      ? Bench("GET", "/m", .mock) { _, integration in
        integration.requestTemplates["application/json"] = source(#"{"statusCode": 200}"#)
        integration.responses[0].responseTemplates["application/json"] = source(#"{"id": "$context.requestId"}"#)
      } : Bench("GET", "/m", uri: "http://o.test/")
    let request = "GET /dev/m HTTP/1.1\r\nHost: c"
    let answer = "HTTP/1.1 200 OK\r\nDate: now\r\nX-A: 1\r\n\r\nbody"
    let recorded = bench.record(request, origin: answer).record.response
    let plain = bench.response(request, origin: answer)
    #expect(plain.hasPrefix("\(recorded?.status ?? 0)\r\n"))
    #expect(plain.hasSuffix("\r\n\r\n\(recorded?.body?.text ?? "")"))
    for field in recorded?.fields ?? [] where !field.name.hasPrefix("x-am") || field.name.contains("Remapped") {
      #expect(plain.contains("\(field.name): \(field.value)\r\n"))
    }
  }
}
