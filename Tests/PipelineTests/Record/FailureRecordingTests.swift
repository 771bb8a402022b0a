import APIModel
import Testing

@testable import Pipeline

@Suite struct FailureRecordingTests {
  private func record(_ responses: [GatewayResponseType: GatewayResponse]) -> ExchangeRecord {
    Bench("GET", "/x", uri: "http://o.test/") { _, _ in
    } api: {
      $0.gatewayResponses = responses
    }.record("GET /dev/nothing HTTP/1.1\r\nHost: c").record
  }

  @Test("A failure that nobody customises must be noted with the built-in response")
  func builtIn() {
    let failure = record([:]).failure
    #expect(failure?.type == "MISSING_AUTHENTICATION_TOKEN")
    #expect(failure?.fault == "client")
    #expect(failure?.message == "Missing Authentication Token")
    #expect(
      failure?.gatewayResponse
        == Decision(
          .gatewayResponse, "built in", because: "the API customises neither this type nor its class"))
  }

  @Test("The API's own gateway response must be noted with its place and what it maps")
  func own() {
    var response = GatewayResponse(location: here)
    response.responseParameters = ["gatewayresponse.header.X-Why": "context.error.responseType"]
    response.responseTemplates = ["application/json": source("{}")]
    let noted = record([.missingAuthenticationToken: response])
    #expect(
      noted.failure?.gatewayResponse
        == Decision(
          .gatewayResponse, "MISSING_AUTHENTICATION_TOKEN, template for application/json",
          because: "the API has its own for this type", place: "api.yaml:1:1"))
    #expect(noted.failure?.mappings?.first?.value == "MISSING_AUTHENTICATION_TOKEN")
    #expect(noted.response?.field("X-Why")?.from == .gatewayResponse)
  }

  @Test("One for the whole class must be noted as such")
  func ofClass() {
    let noted = record([.default4XX: GatewayResponse(location: here)]).failure?.gatewayResponse
    #expect(noted?.result == "DEFAULT_4XX")
    #expect(noted?.because == "the API has none for MISSING_AUTHENTICATION_TOKEN, but for its class")
  }
}
