import APIModel
import Testing

@testable import Pipeline

@Suite struct IntegrationRequestRecordingTests {
  private func http(_ build: @escaping (inout Integration) -> Void) -> Bench {
    Bench("POST", "/orders", .http, uri: "http://${stageVariables.host}/o", variables: ["host": "o.test:81"]) {
      _, integration in build(&integration)
    }
  }

  private func post(_ type: String?, _ body: String, _ fields: String = "") -> String {
    let typeLine = type.map { "Content-Type: \($0)\r\n" } ?? ""
    return
      "POST /dev/orders?q=1 HTTP/1.1\r\nHost: c\r\n\(typeLine)\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test("The template must be noted with what chose it, its place, what it read and wrote")
  func template() {
    let record = http { $0.requestTemplates["application/json"] = source("{\"n\":$input.json('$.a')}") }
      .record(post("application/json; charset=utf-8", "{\"a\":1}")).record
    #expect(
      record.decision(.integrationRequest, .template)
        == Decision(
          .template, "application/json", because: "the request's Content-Type is `application/json`",
          place: "api.yaml:1:1"))
    #expect(
      record[.integrationRequest]?.rendering
        == RenderingRecord(
          mediaType: "application/json", place: "api.yaml:1:1", isConstant: false,
          input: BodyRecord(bytes: 7, text: "{\"a\":1}"), output: BodyRecord(bytes: 7, text: "{\"n\":1}")))
    #expect(record[.integrationRequest]?.request?.body?.text == "{\"n\":1}")
  }

  @Test("A header that differs in capital letters only must be named as the reason why a mapping has no value")
  func capitalLetters() {
    let bench = http {
      $0.requestParameters = [
        "integration.request.header.A": "method.request.header.X-Tenant",
        "integration.request.header.B": "method.request.multivalueheader.X-Other",
      ]
    }
    let mappings = bench.record(post(nil, "{}", "x-tenant: t\r\n")).record[.integrationRequest]?.mappings
    #expect(
      mappings?.map(\.because) == [
        "there is `x-tenant`, but capital letters count", "the source has no value",
      ])
  }

  @Test("A request without a Content-Type counts as JSON, and $default takes what no other does")
  func fallback() {
    let bench = http {
      $0.requestTemplates = ["application/json": source("j"), "$default": source("d")]
    }
    #expect(
      bench.record(post(nil, "{}")).record.decision(.integrationRequest, .template)?.because
        == "the request has no Content-Type: it counts as application/json")
    let other = bench.record(post("text/csv", "1")).record.decision(.integrationRequest, .template)
    #expect(other?.result == "$default")
    #expect(other?.because == "the request's Content-Type is `text/csv`, which has no template of its own")
  }

  @Test(
    "Without a template the passthrough rule must be named",
    arguments: [
      (Integration.PassthroughBehavior.never, "the request is refused with 415", "passthroughBehavior is NEVER"),
      (
        .whenNoTemplates, "the request is refused with 415",
        "passthroughBehavior is WHEN_NO_TEMPLATES, and there are templates"
      ),
      (.whenNoMatch, "the body passes as it is", "passthroughBehavior is WHEN_NO_MATCH"),
    ])
  func passthrough(_ rule: Integration.PassthroughBehavior, _ result: String, _ because: String) {
    let record = http {
      $0.requestTemplates["application/json"] = source("j")
      $0.passthroughBehavior = rule
    }.record(post("text/csv", "1")).record
    #expect(record.decision(.integrationRequest, .passthrough) == Decision(.passthrough, result, because: because))
    #expect(
      record.decision(.integrationRequest, .template)?.because
        == "the request's Content-Type is `text/csv`, and there are templates for `application/json` only")
  }

  @Test("A template that fails must be noted with its place, its line and what it wrote until then")
  func failingTemplate() {
    let record = http { $0.requestTemplates["application/json"] = source("ok\n$input.path('$.a').substring(9)") }
      .record(post("application/json", "{\"a\":\"x\"}")).record
    let rendering = record[.integrationRequest]?.rendering
    #expect(rendering?.errorPlace?.hasPrefix("api.yaml:2:") == true)
    #expect(rendering?.errorLine == "$input.path('$.a').substring(9)")
    #expect(rendering?.output?.text == "ok\n")
    #expect(record.failure?.type == "API_CONFIGURATION_ERROR")
    #expect(record[.integrationRequest]?.state == .failed)
  }

  @Test("Every mapping must be noted with its source, its value, and why it has no effect")
  func mappings() {
    let record = http {
      $0.requestParameters = [
        "integration.request.querystring.page": "method.request.querystring.q",
        "integration.request.header.X-None": "method.request.header.Nothing",
        "integration.request.header.Via": "'x'", "integration.request.path.id": "'7'",
        "integration.request.header.X-Const": "'c'",
      ]
    }.record(post("application/json", "{}")).record
    let mappings = record[.integrationRequest]?.mappings ?? []
    func noted(_ to: String) -> MappingRecord? { mappings.first { $0.to == "integration.request.\(to)" } }
    #expect(noted("querystring.page")?.from == "method.request.querystring.q")
    #expect(noted("querystring.page")?.value == "1")
    #expect(noted("querystring.page")?.because == nil)
    #expect(noted("header.X-None")?.value == nil)
    #expect(noted("header.X-None")?.because == "the source has no value")
    #expect(noted("header.Via")?.because == "never sent to an integration")
    #expect(noted("path.id")?.because == "the URI has no {id}")
    #expect(record[.integrationRequest]?.request?.url == "http://o.test:81/o?page=1")
    #expect(record[.integrationRequest]?.request?.field("X-Const")?.from == .mapping)
    #expect(record.decision(.integrationRequest, .uri)?.because == "stage variable host = o.test:81")
  }

  @Test("What a template overrides must be noted, and what it replaces")
  func overrides() {
    let record = http {
      $0.requestTemplates["application/json"] = source("#set($context.requestOverride.header.X-A = 'two')")
      $0.requestParameters = ["integration.request.header.X-A": "'one'"]
    }.record(post("application/json", "{}")).record
    #expect(record[.integrationRequest]?.overrides == [FieldRecord("header.X-A", "two", from: .template)])
    #expect(record[.integrationRequest]?.mappings?.first?.because == "a template's override replaces it")
    #expect(record[.integrationRequest]?.request?.field("X-A") == FieldRecord("X-A", "two", from: .template))
  }

  @Test("The client's fields that go no further must be noted with their reasons")
  func lost() {
    let request = post("text/plain", "x", "X-A: 1\r\nConnection: X-Hop\r\nX-Hop: 1\r\nMax-Forwards: 3\r\n")
    let own = http { $0.passthroughBehavior = .whenNoMatch }.record(request).record
    #expect(own[.integrationRequest]?.lostFields?.contains { $0.name == "X-A" } == true)
    #expect(
      own[.integrationRequest]?.lostFields?.first?.because == "an HTTP integration gets only what is mapped")

    let proxied = Bench { _, integration in
      integration.requestParameters["integration.request.header.Content-Type"] = "'text/html'"
    }.record(request).record
    let reasons = (proxied[.integrationRequest]?.lostFields ?? []).map { [$0.name, $0.because ?? ""] }
    #expect(reasons.contains(["Host", "the gateway writes its own"]))
    #expect(reasons.contains(["X-Hop", "for one connection only"]))
    #expect(reasons.contains(["Max-Forwards", "API Gateway does not pass it on"]))
    #expect(reasons.contains(["Content-Type", "replaced by a mapping"]))
    #expect(!reasons.contains { $0[0] == "X-A" })
    #expect(proxied[.integrationRequest]?.request?.field("X-A")?.from == .client)
    #expect(proxied[.integrationRequest]?.request?.field("Via")?.from == .gateway)
  }

  @Test("Content handling must be noted where there is something to decide")
  func contentHandling() {
    let bench = Bench("POST", "/orders", .http, uri: "http://o.test/") { _, integration in
      integration.contentHandling = .convertToText
    } api: {
      $0.binaryMediaTypes = ["image/png"]
    }
    let noted = bench.record(post("image/png", "x")).record.decision(.integrationRequest, .contentHandling)
    #expect(noted?.result == "encoded in base64")
    #expect(
      noted?.because == "`image/png` is among the binary media types, and contentHandling is CONVERT_TO_TEXT")
    let plain = http { $0.passthroughBehavior = .whenNoMatch }.record(post("image/png", "x")).record
    #expect(plain.decision(.integrationRequest, .contentHandling) == nil)
  }

  @Test("A MOCK must be noted with the status that its template gives, and that nobody is called")
  func mock() {
    let record = Bench("GET", "/m", .mock) { _, integration in
      integration.requestTemplates["application/json"] = source(#"{"statusCode": 200}"#)
    }.record("GET /dev/m HTTP/1.1\r\nHost: c").record
    #expect(record.decision(.integrationRequest, .status)?.result == "200")
    #expect(record[.integrationRequest]?.rendering?.isConstant == true)
    #expect(record[.integration]?.state == .skipped)
    #expect(record[.integration]?.because == "a MOCK calls nobody")
  }
}
