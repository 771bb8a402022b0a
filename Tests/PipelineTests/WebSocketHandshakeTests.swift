import Bytes
import HTTPWire
import Testing

@testable import Pipeline

@Suite("WebSocket handshakes")
struct WebSocketHandshakeTests {
  private func key(_ lines: String, method: String = "GET") -> String? {
    let buffer = ByteBuffer()
    buffer.write("\(method) /chat HTTP/1.1\r\nHost: a\r\n\(lines)\r\n")
    let head = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    guard case .complete = parser.parse(buffer: buffer, into: head, limits: .standard) else { return nil }
    return WebSocketHandshake.key(of: head)?.text
  }

  private static let asks = "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
  private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

  @Test("the key of a handshake must be found")
  func found() { #expect(key(Self.asks + Self.key) == "dGhlIHNhbXBsZSBub25jZQ==") }

  @Test("what is no handshake, or one that nobody could answer, must have no key")
  func none() {
    #expect(key(Self.key) == nil)
    #expect(key(Self.asks) == nil)
    #expect(key(Self.asks + Self.key + Self.key) == nil)
    #expect(key(Self.asks + "Sec-WebSocket-Key: short\r\n") == nil)
    #expect(key("Connection: Upgrade\r\nUpgrade: other\r\n" + Self.key) == nil)
    #expect(key("Connection: Upgrade\r\nUpgrade: websocket, other\r\n" + Self.key) == nil)
    #expect(key(Self.asks + Self.key, method: "POST") == nil)
  }

  @Test("a key must be answered as RFC 6455 § 1.3 shows")
  func accept() {
    let out = ByteBuffer()
    let key = ByteBuffer()
    key.write("dGhlIHNhbXBsZSBub25jZQ==")
    WebSocketHandshake.writeAccept(of: key.readable, into: out)
    #expect(out.readable.text == "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
  }

  @Test(
    "digests must be SHA-1's (RFC 3174 § 7.3, and lengths around a block's end)",
    arguments: [
      ("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
      ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
      ("a", 1_000_000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
      (
        "0123456701234567012345670123456701234567012345670123456701234567", 10,
        "dea356a2cddd90c7a7ecedc5ebb563934f460452"
      ),
    ])
  func digest(_ text: String, _ times: Int, _ expected: String) {
    let digest = SHA1.digest(Array(String(repeating: text, count: times).utf8))
    let hexadecimal = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hexadecimal == expected)
  }
}
