import Configuration
import Glibc
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct AdminListenerTests {
  private func listens(at address: SocketAddress) -> Bool {
    let descriptor = socket(address.domain, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return address.withSockaddr { connect(descriptor, $0, $1) } == 0
  }

  @Test("it may move to an address that overlaps the one before on the same port, and back")
  func overlapping() async throws {
    let listener = try AdminListener(publisher: try Project().publisher())
    try await listener.listen(at: .tcp(host: "127.0.0.1", port: 0))
    let narrow = try #require(listener.address)
    let another = try #require(SocketAddress(ip: "127.0.0.2", port: narrow.port))
    for (host, hasAnother) in [("0.0.0.0", true), ("127.0.0.1", false), ("0.0.0.0", true)] {
      try await listener.listen(at: .tcp(host: host, port: narrow.port))
      #expect(listener.address?.description == "\(host):\(narrow.port)")
      #expect(listens(at: narrow))
      #expect(listens(at: another) == hasAnother)
    }
    await listener.move(to: .away)
  }

  @Test("an address that another gateway's operators are answered at must not be had")
  func taken() async throws {
    let publisher = try Project().publisher()
    let first = try AdminListener(publisher: publisher)
    let second = try AdminListener(publisher: publisher)
    try await first.listen(at: .tcp(host: "127.0.0.1", port: 0))
    let port = try #require(first.address).port
    for host in ["127.0.0.1", "0.0.0.0"] {
      await #expect(throws: GatewayServer.StartError.self) { try await second.listen(at: .tcp(host: host, port: port)) }
    }
    #expect(second.address == nil)
    await first.move(to: .away)
  }
}
