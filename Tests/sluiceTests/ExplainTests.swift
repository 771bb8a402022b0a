import Foundation
import Pipeline
import Testing

/// `explain` of requests to an API that passes everything on, a file in the place of the origin.
struct Explained {
  static let files = [
    "gateway.yaml": """
    listeners: [{ address: "127.0.0.1:8080" }]
    apis: [{ name: api, definition: api.yaml, stages: [{ name: dev }] }]
    domains: [{ name: api.test, mappings: [{ path: /, api: api, stage: dev }] }]

    """,
    "api.yaml": """
    openapi: 3.0.1
    info: { title: t, version: "1" }
    paths:
      /{proxy+}:
        x-amazon-apigateway-any-method:
          parameters: [{ name: proxy, in: path, required: true, schema: { type: string } }]
          responses: { "200": { description: as it comes } }
          x-amazon-apigateway-integration:
            type: http_proxy
            httpMethod: ANY
            uri: "http://origin.test/{proxy}"
            requestParameters: { integration.request.path.proxy: method.request.path.proxy }

    """,
    "answer": "HTTP/1.1 200 OK\n\nfine",
  ]

  let outcome: Command.Outcome
  let record: ExchangeRecord?

  init(
    _ arguments: String..., answer: String = "answer", files: [String: String] = [:], input: String = ""
  ) throws {
    let command = try Command(files: Self.files.merging(files) { $1 })
    let standard = ["--config", "gateway.yaml", "--json", "--integration-response", answer]
    outcome = try command(["explain"] + arguments + standard, input: input)
    record = try? JSONDecoder().decode(ExchangeRecord.self, from: Data(outcome.output.utf8))
  }

  var sent: MessageRecord? { record?[.integrationRequest]?.request }
  func field(_ name: String) -> String? { record?.request.fields.first { $0.name == name }?.value }
}

@Suite struct ExplainTests {
  @Test("What is sent must be what curl sends for the same words")
  func likeCurl() throws {
    let plain = try Explained("GET", "/dev/a?x=1")
    #expect(plain.record?.request.fields.map(\.name) == ["Host", "User-Agent", "Accept"])
    #expect(plain.field("Host") == "127.0.0.1:8080")
    #expect(plain.sent?.url == "http://origin.test/a?x=1")

    let own = try Explained(
      "GET", "http://api.test:81/a", "-H", "accept: text/csv", "-H", "User-Agent:", "-H", "X-A: b")
    #expect(own.record?.request.fields.map(\.name) == ["Host", "accept", "X-A"])
    #expect(own.field("Host") == "api.test:81")
    #expect(own.record?[.route]?.decisions?.first?.because == "the domain `api.test:81` maps `/` to it")
  }

  @Test("A body must come from the line, a file or standard input")
  func bodies() throws {
    let text = try Explained("POST", "/dev/a", "-d", "a=1")
    #expect(text.record?.request.body?.text == "a=1")
    #expect(text.field("Content-Type") == "application/x-www-form-urlencoded")
    #expect(text.sent?.body?.text == "a=1")
    let file = try Explained(
      "PUT", "/dev/a", "-d", "@body", "-H", "Content-Type: text/plain", files: ["body": "in a file\n"])
    #expect(file.record?.request.body?.text == "in a file\n")
    #expect(file.field("Content-Type") == "text/plain")
    let input = try Explained("POST", "/dev/a", "--data", "-", input: "read")
    #expect(input.record?.request.body?.text == "read")
    #expect(try Explained("POST", "/dev/a", "-d", "@nowhere").outcome.code == 66)
  }

  @Test("Secrets must be hidden unless they are asked for")
  func secrets() throws {
    #expect(try Explained("GET", "/dev/a", "-H", "Authorization: Bearer abc").field("Authorization") == "[redacted]")
    #expect(
      try Explained("GET", "/dev/a", "-H", "Authorization: Bearer abc", "--show-secrets").field("Authorization")
        == "Bearer abc")
  }

  @Test(
    "Words that are no request must be refused with what to write",
    arguments: [
      (["G T", "/a"], "`G T` is not a method."), (["GET", "ftp://a/b"], "`ftp://a/b` is not a URL"),
      (["GET", "/a b"], "`/a b` is not a URL"), (["GET", "http://a:x/"], "`http://a:x/` is not a URL"),
      (["GET", "/a", "-H", "no colon"], "`no colon` is not a header field; write 'Name: value'."),
      (["GET", "/a", "-H", "X-Sluice-Explain: 1"], "X-Sluice-Explain is for this command to send; see --token."),
      (["GET", "/a", "--token", "t"], "--token is for --server."),
      (["GET", "/a", "--server", "http://a", "--show-secrets"], "--show-secrets cannot be used with --server"),
      (["GET", "/a", "--server", "http://a", "--integration-response", "f"], "--integration-response cannot be used"),
    ])
  func usage(_ arguments: [String], _ message: String) throws {
    let outcome = try Command(files: Explained.files)(["explain"] + arguments)
    #expect(outcome.code == 64)
    #expect(outcome.error.contains(message))
    #expect(outcome.output == "")
  }

  @Test("A server that is not there, or has no known token, must be named")
  func noServer() throws {
    let command = try Command(files: Explained.files)
    let silent = try command("explain", "GET", "/a", "--server", "http://127.0.0.1:1", "--token", "t")
    #expect(silent.code == 69)
    #expect(silent.error == "sluice: no gateway answers at 127.0.0.1:1: Connection refused\n")
    let unknown = try command("explain", "GET", "/a", "--server", "http://127.0.0.1:1", "--config", "gateway.yaml")
    #expect(unknown.code == 64)
    #expect(unknown.error.contains("is not known: give --token or SLUICE_ADMIN_TOKEN"))
  }

  @Test("A request that comes to no stage must be said to be refused")
  func refused() throws {
    let long = "/dev/" + String(repeating: "x", count: 20_000)
    let outcome = try Explained("GET", long).outcome
    #expect(outcome.code == 1)
    #expect(outcome.error.contains("refused before the first stage: HTTP/1.1 414"))
  }
}
