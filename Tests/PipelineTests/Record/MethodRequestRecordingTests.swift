import APIModel
import Testing

@testable import Pipeline

@Suite struct MethodRequestRecordingTests {
  private func bench(_ change: @escaping (inout Method) -> Void = { _ in }) -> Bench {
    Bench("GET", "/{issuer}", uri: "http://o.test/") { method, _ in
      method.requestValidator = "v"
      method.requestParameters = ["method.request.querystring.q": true, "method.request.header.H": false]
      change(&method)
    } api: {
      $0.requestValidators["v"] = RequestValidator(
        name: "v", validateRequestBody: false, validateRequestParameters: true)
    }
  }

  @Test("Declared parameters and path variables must be noted with their values, and which are required")
  func parameters() {
    let record = bench().record("GET /dev/i?q=a%20b HTTP/1.1\r\nHost: c").record
    #expect(
      record[.methodRequest]?.parameters == [
        ParameterRecord(name: "method.request.header.H", value: nil, isRequired: false),
        ParameterRecord(name: "method.request.path.issuer", value: "i", isRequired: false),
        ParameterRecord(name: "method.request.querystring.q", value: "a b", isRequired: true),
      ])
    #expect(record.decision(.methodRequest, .validator)?.result == "v")
  }

  @Test("A parameter that is missing must be noted as such, and the failure named")
  func missing() {
    let record = bench().record("GET /dev/i HTTP/1.1\r\nHost: c").record
    #expect(record[.methodRequest]?.state == .failed)
    #expect(record.failure?.type == "BAD_REQUEST_PARAMETERS")
    #expect(record.failure?.reason == "required parameters are missing: q")
    #expect(record[.methodRequest]?.parameters?.last?.value == nil)
  }

  @Test("A method that turns everybody away must say why")
  func refused() {
    let record = bench { $0.apiKeyRequired = true }.record("GET /dev/i?q=1 HTTP/1.1\r\nHost: c").record
    #expect(record.decision(.methodRequest, .authorization)?.result == "refused")
    #expect(
      record.decision(.methodRequest, .authorization)?.because == "an API key is asked for and not yet enforced")
    #expect(record.response?.status == 403)
  }

  @Test("A body's model must be noted with what chose it, and what is wrong with the body")
  func model() {
    let bench = Bench("POST", "/{issuer}", .http, uri: "http://o.test/") { method, _ in
      method.requestValidator = "v"
      method.requestModels = ["application/json": "Order"]
    } api: {
      $0.requestValidators["v"] = RequestValidator(
        name: "v", validateRequestBody: true, validateRequestParameters: false)
      $0.models["Order"] = Model(name: "Order", schema: #"{"type": "array"}"#, location: here)
    }
    func record(_ type: String) -> ExchangeRecord {
      bench.record(
        "POST /dev/i HTTP/1.1\r\nHost: c\r\nContent-Type: \(type)\r\nContent-Length: 2\r\n\r\n{}"
      ).record
    }
    let refused = record("application/json")
    #expect(
      refused.decision(.methodRequest, .model)
        == Decision(.model, "Order", because: "the body is `application/json`"))
    #expect(refused.failure?.type == "BAD_REQUEST_BODY")
    #expect(refused.failure?.validationErrors?.isEmpty == false)
    #expect(
      record("text/csv").decision(.methodRequest, .model)?.result == "none: the body is not looked at")
  }
}
