import APIModel
import Testing

@testable import Pipeline

@Suite struct SecretValuesTests {
  @Test("A secret must be found in every form in which it may stand")
  func forms() {
    var secrets = SecretValues()
    secrets.insert("a b\"c+d")
    #expect(secrets.removed(from: "x a b\"c+d y") == "x [redacted] y")
    #expect(secrets.removed(from: "?q=a%20b%22c%2Bd&r") == "?q=[redacted]&r")
    #expect(secrets.removed(from: #"{"x":"a b\"c+d"}"#) == #"{"x":"[redacted]"}"#)
  }

  @Test("The longest must be taken first, and every occurrence")
  func longest() {
    var secrets = SecretValues()
    secrets.insert("abcdef")
    secrets.insert("abcdefgh")
    #expect(secrets.removed(from: "abcdefgh-abcdef-abcde-abcdefgh") == "[redacted]-[redacted]-abcde-[redacted]")
    #expect(secrets.removed(from: "") == "")
  }

  @Test("A value that is found everywhere by chance must be left alone")
  func short() {
    var secrets = SecretValues()
    secrets.insert("dev")
    #expect(secrets.removed(from: "/dev/x") == "/dev/x")
  }

  @Test("With more than can be followed, bodies must not be shown")
  func tooMany() {
    let members = (0...SecretValues.most).map { "{\"token\":\"value-\($0)\"}" }.joined(separator: ",")
    let body = "[\(members)]"
    let json = Bench().record(
      "POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    ).json
    #expect(!json.contains("value-"))
    #expect(json.contains("it holds more secrets than can be followed, so it is not shown"))
  }

  @Test("A secret that a mapping or a template has put elsewhere must not be in the document")
  func elsewhere() {
    let bench = Bench(
      "POST", "/o", .http, uri: "http://o.test/", variables: ["dbPassword": "open sesame", "plain": "seen"]
    ) { _, integration in
      integration.requestParameters = [
        "integration.request.querystring.copy": "method.request.header.Authorization",
        "integration.request.header.X-Api-Key": "'fixed-key-1'",
      ]
      integration.requestTemplates["application/json"] = source(
        "$stageVariables.dbPassword $stageVariables.plain $input.params('Authorization') $input.path('$.token') $input.params('Cookie')"
      )
    }
    let body = #"{"token":"tok-12345","user":"anna-maria"}"#
    let result = bench.record(
      "POST /dev/o?access_token=query-77 HTTP/1.1\r\nHost: c\r\nAuthorization: Bearer top-hat-9\r\nCookie: sid=cookie-5; x=y\r\n"
        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
      origin: "HTTP/1.1 200 OK\r\nSet-Cookie: s=set-cookie-6\r\n\r\nset-cookie-6 top-hat-9")
    for secret in ["open sesame", "top-hat-9", "tok-12345", "cookie-5", "query-77", "set-cookie-6", "fixed-key-1"] {
      #expect(!result.json.contains(secret), "\(secret) is in the document")
    }
    #expect(result.json.contains("anna-maria") && result.json.contains("seen"))

    let open = bench.record(
      "POST /dev/o HTTP/1.1\r\nHost: c\r\nAuthorization: Bearer top-hat-9\r\n\r\n", redaction: .off)
    #expect(open.json.contains("Bearer top-hat-9"))
  }
}
