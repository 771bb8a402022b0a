import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("Connection options")
struct ConnectionOptionsTests {
  private func head(_ fields: String, version: Int = 1) -> RequestHead {
    Wire.request("GET / HTTP/1.\(version)\r\nHost: a\r\n\(fields)\r\n\r\n").1
  }

  @Test(
    "an HTTP/1.1 connection must be kept unless close is among the options",
    arguments: [
      ("X: y", true), ("Connection: keep-alive", true), ("Connection: close", false), ("Connection: CLOSE", false),
      ("Connection: x, close", false),
      ("Connection: x\r\nConnection: ,close,", false), ("Connection: closed", true),
      ("Connection: keep-alive, close", false), ("Connection:", true),
      ("Proxy-Connection: close", true),
    ])
  func keepsAlive(_ fields: String, _ expected: Bool) {
    #expect(head(fields).keepsAlive == expected)
  }

  @Test(
    "an upgrade must be asked for by both fields, in HTTP/1.1",
    arguments: [
      ("Connection: Upgrade\r\nUpgrade: websocket", "websocket" as String?),
      ("Connection: keep-alive, upgrade\r\nUpgrade: WebSocket/13, foo", "WebSocket/13, foo"),
      ("Upgrade: websocket", nil), ("Connection: upgrade", nil), ("Connection: upgrade\r\nUpgrade:", nil),
      ("Connection: upgrade\r\nUpgrade: ,", nil),
      ("Connection: upgrade\r\nUpgrade: h2c", nil),
      ("Connection: upgrade, HTTP2-Settings\r\nUpgrade: H2C\r\nHTTP2-Settings: x", nil),
      ("Connection: upgrade\r\nUpgrade: websocket, h2c", nil), ("Connection: upgrade\r\nUpgrade: h2c-14", nil),
      ("Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: foo", nil),
      ("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5", nil),
      ("Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked", nil),
    ])
  func upgrade(_ fields: String, _ expected: String?) {
    let head = head(fields)
    #expect(head.upgrade.map { head.value(of: $0).text } == expected)
  }

  @Test("an HTTP/1.0 client cannot upgrade")
  func upgradeInHTTP10() {
    #expect(head("Connection: upgrade\r\nUpgrade: websocket", version: 0).upgrade == nil)
  }

  @Test(
    "options that are not the connection's own must be known as nominations",
    arguments: [
      ("Connection: close", false), ("Connection: Keep-Alive, Upgrade", false), ("Connection: close, X-A", true),
      ("X: y", false),
    ])
  func nominations(_ fields: String, _ expected: Bool) {
    #expect(head(fields).nominatesFields == expected)
  }
}
