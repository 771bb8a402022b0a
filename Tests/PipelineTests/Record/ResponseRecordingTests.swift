import APIModel
import Testing

@testable import Pipeline

@Suite struct ResponseRecordingTests {
  private func bench(_ build: @escaping (inout Integration) -> Void = { _ in }) -> Bench {
    Bench("GET", "/x", .http, uri: "http://o.test/") { _, integration in
      var failed = APIModel.IntegrationResponse(selectionPattern: "5\\d{2}", statusCode: 502, location: here)
      failed.responseTemplates["application/json"] = source(#"{"failed":true}"#)
      integration.responses.append(failed)
      build(&integration)
    }
  }
  private let request = "GET /dev/x HTTP/1.1\r\nHost: c"

  @Test("The integration responses must be noted in the order tried, with what matched")
  func selection() {
    let record = bench().record(request, origin: "HTTP/1.1 503 No\r\n\r\nbusy").record
    #expect(
      record[.integrationResponse]?.candidates == [
        Candidate(
          name: "5\\d{2}", status: 502, result: .chosen, because: "matches the whole of 503", place: "api.yaml:1:1"),
        Candidate(
          name: "default", status: 200, result: .passedOver, because: "another came first", place: "api.yaml:1:1"),
      ])
    #expect(record.decision(.integrationResponse, .status)?.because == "the integration response says so")
    #expect(record.response?.status == 502)
  }

  @Test("A status that nothing selects must be noted with the patterns that were tried")
  func noSelection() {
    let record = bench { $0.responses.removeFirst() }.record(request, origin: "HTTP/1.1 404 No\r\n\r\n").record
    #expect(record[.integrationResponse]?.state == .failed)
    #expect(record[.integrationResponse]?.candidates?.map(\.because) == ["does not match 404"])
    #expect(
      record.decision(.integrationResponse, .status)?.because
        == "no selectionPattern matches 404, and there is no default response")
    #expect(record.failure?.type == "API_CONFIGURATION_ERROR")
  }

  @Test("Mappings, overrides and templates of the way back must be noted, and who wrote each field")
  func mapping() {
    let record = bench {
      $0.responses[0].responseParameters = [
        "method.response.header.X-From": "integration.response.header.X-Origin",
        "method.response.header.Date": "'today'",
      ]
      $0.responses[0].responseTemplates["application/json"] = source(
        "#set($context.responseOverride.header.X-Own = 'o')#set($context.responseOverride.status = 203)$input.body")
    }.record(request, origin: "HTTP/1.1 200 OK\r\nX-Origin: here\r\nX-Lost: 1\r\n\r\nbody").record
    let stage = record[.integrationResponse]
    #expect(stage?.mappings?.last?.value == "here")
    #expect(stage?.mappings?.first?.because == "sent as x-amzn-Remapped-Date")
    #expect(
      stage?.overrides == [
        FieldRecord("status", "203", from: .template), FieldRecord("header.X-Own", "o", from: .template),
      ])
    #expect(stage?.lostFields?.map(\.name) == ["X-Origin", "X-Lost"])
    #expect(record.decision(.integrationResponse, .status)?.because == "a template's override replaces 200")
    #expect(record.response?.field("X-From")?.from == .mapping)
    #expect(record.response?.field("X-Own")?.from == .template)
    #expect(record.response?.field("x-amzn-RequestId")?.from == .gateway)
    #expect(stage?.rendering?.input?.text == "body")
  }

  @Test("The template of the response must be noted with what chose it")
  func template() {
    func because(_ types: [String], _ accept: String?) -> String? {
      bench {
        for type in types { $0.responses[0].responseTemplates[type] = source("t") }
      }.record(request + (accept.map { "\r\nAccept: \($0)" } ?? "")).record.decision(.integrationResponse, .template)?
      .because
    }
    #expect(because([], nil) == "the integration response has none: the body stays")
    #expect(because(["text/csv"], "a/b") == "it is the only one")
    #expect(
      because(["text/csv", "application/json"], "text/csv, */*") == "the client's Accept begins with `text/csv`")
    #expect(
      because(["text/csv", "application/json"], nil)
        == "the client sent no Accept, which has none: then application/json, $default, or the first")
  }

  @Test("Fields of a proxied answer that do not reach the client, or under another name, must be noted")
  func proxied() {
    let record = Bench().record(
      "GET /dev/x HTTP/1.1\r\nHost: c",
      origin: "HTTP/1.1 200 OK\r\nServer: o\r\nKeep-Alive: 1\r\nVia: 1.1 z\r\nX-A: 1\r\n\r\nbody"
    ).record
    let lost = (record[.methodResponse]?.lostFields ?? []).map { [$0.name, $0.because ?? ""] }
    #expect(
      lost == [
        ["Server", "API Gateway renames it to x-amzn-Remapped-…"], ["Keep-Alive", "for one connection only"],
        ["Via", "API Gateway does not pass it on"],
      ])
    #expect(record.response?.field("X-A")?.from == .integration)
    #expect(record.response?.field("x-amzn-Remapped-Server")?.from == .integration)
    #expect(record[.integrationResponse]?.state == .skipped)
    #expect(record[.integration]?.response?.body?.text == "body")
  }
}
