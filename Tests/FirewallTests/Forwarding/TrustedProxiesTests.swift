import Bytes
import HTTPWire
import Testing

@testable import Firewall

struct TrustedProxiesTests {
  private func finding(
    _ fields: String, from peer: String? = "10.0.0.1", header: TrustedProxies.Header = .xForwardedFor,
    unix: Bool = false
  ) throws -> TrustedProxies.Finding? {
    let trusted = TrustedProxies(
      AddressSet([try AddressBlock("10.0.0.0/8"), try AddressBlock("fd00::/8")]), includesUnix: unix, header: header)
    let buffer = ByteBuffer(capacity: 512)
    buffer.write("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    guard case .complete = parser.parse(buffer: buffer, into: head, limits: HeadLimits()) else {
      Issue.record("the request does not parse")
      return nil
    }
    return trusted.finding(of: head, from: peer.flatMap { IPAddress($0) })
  }

  private func client(_ fields: String, from peer: String? = "10.0.0.1", header: TrustedProxies.Header = .xForwardedFor)
    throws -> String?
  {
    try finding(fields, from: peer, header: header)?.client.description
  }

  @Test("a peer that is not trusted must not be believed")
  func untrusted() throws {
    #expect(try client("X-Forwarded-For: 192.0.2.1\r\n", from: "203.0.113.9") == nil)
    #expect(try client("Forwarded: for=192.0.2.1\r\n", from: "203.0.113.9", header: .forwarded) == nil)
    #expect(try finding("X-Forwarded-For: 192.0.2.1\r\n", from: nil) == nil)
  }

  @Test("a Unix-domain client must be believed where it is trusted")
  func unix() throws {
    #expect(try finding("X-Forwarded-For: 192.0.2.1\r\n", from: nil, unix: true)?.client.description == "192.0.2.1")
  }

  @Test("the client must be the first address from the end that is no trusted proxy's")
  func chain() throws {
    #expect(try client("X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1")
    #expect(try client("X-Forwarded-For: 198.51.100.7, 192.0.2.1, 10.2.3.4, fd00::1\r\n") == "192.0.2.1")
    #expect(try client("X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 192.0.2.1,10.2.3.4\r\n") == "192.0.2.1")
  }

  @Test("what a client writes in front must not make it somebody else")
  func spoofed() throws {
    #expect(try client("X-Forwarded-For: 127.0.0.1, 10.0.0.9, 192.0.2.66\r\n") == "192.0.2.66")
    #expect(try client("Forwarded: for=127.0.0.1\r\nX-Forwarded-For: 192.0.2.66\r\n") == "192.0.2.66")
    #expect(
      try client("X-Forwarded-For: 127.0.0.1\r\nForwarded: for=192.0.2.66\r\n", header: .forwarded) == "192.0.2.66")
  }

  @Test("where all are trusted, the client must be the first of them")
  func allTrusted() throws {
    #expect(try client("X-Forwarded-For: 10.1.1.1, 10.2.2.2\r\n") == "10.1.1.1")
  }

  @Test("an address must be read bare, with a port and in brackets")
  func forms() throws {
    #expect(try client("X-Forwarded-For: 192.0.2.1:5678\r\n") == "192.0.2.1")
    #expect(try client("X-Forwarded-For: [2001:db8::1]:5678\r\n") == "2001:db8::1")
    #expect(try client("X-Forwarded-For: [2001:db8::1]\r\n") == "2001:db8::1")
    #expect(try client("X-Forwarded-For: 2001:db8::1\r\n") == "2001:db8::1")
    #expect(try client("X-Forwarded-For: ::ffff:192.0.2.1\r\n") == "192.0.2.1")
  }

  @Test("what cannot be read must end the chain at the last proxy that said something")
  func malformed() throws {
    #expect(try client("X-Forwarded-For: 192.0.2.1, oops, 10.2.3.4\r\n") == "10.2.3.4")
    #expect(try client("X-Forwarded-For: oops\r\n") == nil)
    #expect(try client("X-Forwarded-For: [::1\r\n") == nil)
    #expect(try client("X-Forwarded-For: [::1]x\r\n") == nil)
    #expect(try client("X-Forwarded-For: 192.0.2.1,, ,\r\n") == "192.0.2.1")
    #expect(try client("X-Forwarded-For:\r\n") == nil)
    #expect(try client("") == nil)
  }

  @Test("Forwarded must be read with its quotes, cases and lists")
  func forwarded() throws {
    func read(_ value: String) throws -> String? { try client("Forwarded: \(value)\r\n", header: .forwarded) }
    #expect(try read("for=192.0.2.60;proto=http;by=203.0.113.43") == "192.0.2.60")
    #expect(try read("For=\"[2001:db8:cafe::17]:4711\"") == "2001:db8:cafe::17")
    #expect(try read("for=192.0.2.43, for=198.51.100.17, for=10.0.0.3") == "198.51.100.17")
    #expect(try read("by=\"a,b;c\\\"\";for=192.0.2.60 ; host=x") == "192.0.2.60")
    #expect(try read("for=192.0.2.1:80") == "192.0.2.1")
    #expect(try read("for=unknown") == nil)
    #expect(try read("for=192.0.2.1, for=_hidden") == nil)
    #expect(try read("for=192.0.2.1, for=_hidden, for=10.0.0.3") == "10.0.0.3")
  }

  @Test(
    "a Forwarded that breaks the grammar must say nothing",
    arguments: ["for", "for=", "=1", "for=\"192.0.2.1", "for=192.0.2.1 x", "for=\"1\\", "for==192.0.2.1", "\"for\"=1"])
  func malformedForwarded(_ value: String) throws {
    #expect(try client("Forwarded: \(value)\r\n", header: .forwarded) == nil)
    #expect(try client("Forwarded: for=192.0.2.9\r\nForwarded: \(value)\r\n", header: .forwarded) == nil)
  }

  @Test("the scheme must be the one that the client's proxy names")
  func scheme() throws {
    #expect(try finding("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n")?.isSecure == true)
    #expect(try finding("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: HTTP\r\n")?.isSecure == false)
    #expect(try finding("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: gopher\r\n")?.isSecure == nil)
    #expect(try finding("Forwarded: for=192.0.2.1;proto=https\r\n", header: .forwarded)?.isSecure == true)
    #expect(try finding("X-Forwarded-For: 192.0.2.1\r\n")?.isSecure == nil)
  }
}
