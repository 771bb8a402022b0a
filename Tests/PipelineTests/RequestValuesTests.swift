import Bytes
import HTTPWire
import Testing

@testable import Pipeline

@Suite("Names of headers")
struct HeaderNameTests {
  private let bench = Bench("ANY", "/a", .http, uri: "http://o.test/a") { method, integration in
    method.requestParameters = ["method.request.header.X-Tenant": false]
    integration.requestParameters = [
      "integration.request.header.X-One": "method.request.header.X-Tenant",
      "integration.request.header.X-All": "method.request.multivalueheader.X-Tenant",
    ]
    integration.requestTemplates = [
      "application/json": source("$input.params('X-Tenant')|$input.params().header.X-Tenant|$input.params('x-tenant')")
    ]
    integration.responses[0].responseParameters = [
      "method.response.header.X-Out": "integration.response.header.X-Their"
    ]
  }

  private func sent(_ name: String, lowercase: Bool) throws -> String {
    let exchange = bench.exchange("GET /dev/a HTTP/1.1\r\nHost: c\r\n\(name): t1\r\n\(name): t2\r\n\r\n")
    exchange.head.hasLowercaseNames = lowercase
    let out = ByteBuffer()
    _ = try IntegrationRequest.run(try exchange.route(in: bench.plan, from: 4), exchange, into: out)
    let mapped = out.readable.text.split(separator: "\r\n").filter { $0.hasPrefix("X-") && !$0.hasPrefix("X-Amzn") }
    return (mapped + [exchange.integrationBody.readable.text[...]]).joined(separator: " ")
  }

  @Test("A request of HTTP/1 must be asked for its headers with regard to capital letters")
  func strict() throws {
    #expect(try sent("X-Tenant", lowercase: false) == "X-All: t1,t2 X-One: t2 t2|t2|")
    #expect(try sent("x-tenant", lowercase: false) == "||t2")
  }

  @Test("A request of HTTP/2, whose names have no capital letters, must be asked without")
  func lowercase() throws {
    #expect(try sent("x-tenant", lowercase: true) == "X-All: t1,t2 X-One: t2 t2|t2|t2")
  }

  @Test("An answer of HTTP/2 must be asked without regard to capital letters, one of HTTP/1 with")
  func answers() throws {
    for (lowercase, expected) in [(true, "X-Out: 7\r\n"), (false, "")] {
      let exchange = bench.exchange("GET /dev/a HTTP/1.1\r\nHost: c\r\n\r\n")
      let (head, payload) = Bench.answer("HTTP/1.1 200 OK\r\nx-their: 7\r\n\r\n")
      head.hasLowercaseNames = lowercase
      let fields = ByteBuffer()
      _ = try Pipeline.IntegrationResponse.run(
        try exchange.route(in: bench.plan, from: 4), exchange, status: 200, head: head, body: payload, fields: fields,
        into: ByteBuffer())
      #expect(fields.readable.text == expected)
    }
  }
}
