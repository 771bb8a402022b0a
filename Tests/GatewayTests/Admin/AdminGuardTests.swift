import Bytes
import HTTPWire
import Testing

@testable import Gateway

@Suite struct AdminGuardTests {
  private func refusal(_ head: String, token: String? = nil) throws -> AdminGuard.Refusal? {
    let head = try RequestHead(text: head)
    do throws(AdminGuard.Refusal) {
      try AdminGuard.check(head, token: token.map { Array($0.utf8) })
      return nil
    } catch {
      return error
    }
  }

  private let json = "Content-Type: application/json\r\n"

  @Test(
    "a host that is an address or localhost must be let in",
    arguments: ["127.0.0.1", "127.0.0.1:9440", "localhost", "LOCALHOST:9440", "[::1]", "[::1]:9440", "10.1.2.3:80"])
  func addresses(host: String) throws {
    #expect(try refusal("GET /deployments HTTP/1.1\r\nHost: \(host)\r\n") == nil)
  }

  @Test(
    "a host that somebody could have registered must be kept out",
    arguments: ["evil.example", "evil.example:9440", "127.0.0.1.evil.example", "localhost.evil.example", "1e.example"])
  func names(host: String) throws {
    #expect(try refusal("GET /deployments HTTP/1.1\r\nHost: \(host)\r\n") == .foreignHost)
    #expect(try refusal("POST /reload HTTP/1.1\r\nHost: \(host)\r\n\(json)") == .foreignHost)
  }

  @Test(
    "a request with an origin must be kept out, whatever else it has",
    arguments: ["http://a", "null", "http://127.0.0.1"])
  func origins(origin: String) throws {
    let head =
      "POST /reload HTTP/1.1\r\nHost: 127.0.0.1\r\n\(json)Authorization: Bearer secret\r\nOrigin: \(origin)\r\n"
    #expect(try refusal(head) == .hasOrigin)
    #expect(try refusal(head, token: "secret") == .hasOrigin)
  }

  @Test("what changes something must be of a type that a page cannot send without asking")
  func contentTypes() throws {
    let head = "POST /reload HTTP/1.1\r\nHost: localhost\r\n"
    #expect(try refusal(head) == .wrongContentType)
    #expect(try refusal(head + "Content-Type: text/plain\r\n") == .wrongContentType)
    #expect(try refusal(head + "Content-Type: application/jsonx\r\n") == .wrongContentType)
    #expect(try refusal(head + "Content-Type: application/JSON ; charset=utf-8\r\n") == nil)
  }

  @Test(
    "whoever does not say the token must be kept out",
    arguments: [
      "", "Authorization: Bearer\r\n", "Authorization: Bearer \r\n", "Authorization: Bearer secre\r\n",
      "Authorization: Bearer secrets\r\n", "Authorization: Basic secret\r\n", "Authorization: secret\r\n",
    ])
  func strangers(field: String) throws {
    #expect(try refusal("GET /deployments HTTP/1.1\r\nHost: localhost\r\n\(field)", token: "secret") == .noToken)
  }

  @Test("whoever says the token must be let in, by whatever name the machine is called")
  func operators() throws {
    let head = "GET /deployments HTTP/1.1\r\nHost: gateway.example\r\nAuthorization: bearer secret\r\n"
    #expect(try refusal(head, token: "secret") == nil)
  }

  @Test("only how the gateway is must be told to everybody")
  func health() throws {
    #expect(try refusal("GET /health HTTP/1.1\r\nHost: a\r\n", token: "secret") == nil)
    #expect(try refusal("POST /health HTTP/1.1\r\nHost: a\r\n\(json)", token: "secret") == .noToken)
    #expect(try refusal("GET /health/ HTTP/1.1\r\nHost: a\r\n", token: "secret") == .noToken)
  }
}

extension RequestHead {
  /// A head as a client would send it, without the blank line.
  convenience init(text: String) throws {
    let buffer = ByteBuffer()
    buffer.write(text + "\r\n")
    self.init(buffer: buffer)
    var parser = RequestHeadParser()
    guard case .complete = parser.parse(buffer: buffer, into: self) else { throw NotAHead() }
  }

  struct NotAHead: Error {}
}
