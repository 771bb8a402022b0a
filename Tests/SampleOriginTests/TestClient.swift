import Bytes
import Reactor

/// A client as small as it can be: it sends bytes and reads the answer up to its end.
actor TestClient {
  nonisolated let reactor: Reactor
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init() throws {
    let reactor = try Reactor()
    self.reactor = reactor
    SystemThread.spawn("test-client") { reactor.run() }
  }

  deinit { reactor.stop() }

  /// Sends `requests`, which must make the origin close, and gives everything that came back.
  func exchange(_ requests: String, with address: SocketAddress) async throws -> String {
    let socket = try await Socket.connect(to: address, on: reactor, until: reactor.now.advanced(milliseconds: 5_000))
    let buffer = ByteBuffer()
    buffer.write(requests)
    try await socket.write(buffer, until: .never)
    buffer.clear()
    repeat { buffer.reserve(16_384) } while try await socket.read(into: buffer, until: .never) > 0
    return buffer.readable.text
  }
}

/// A response taken apart.
struct Received {
  let status: String
  let head: String
  let body: String

  init(_ text: String) {
    let end = text.firstRange(of: "\r\n\r\n") ?? text.endIndex..<text.endIndex
    head = String(text[..<end.lowerBound]) + "\r\n"
    body = String(text[end.upperBound...])
    status = String(head.split(separator: " ").dropFirst().first ?? "")
  }

  func has(_ line: String) -> Bool { head.contains("\r\n\(line)\r\n") }
}
