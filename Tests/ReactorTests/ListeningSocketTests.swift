import Glibc
import Testing

@testable import Reactor

@Suite struct ListeningSocketTests {
  private let loopback: SocketAddress
  private let first: ListeningSocket.Bound

  init() throws {
    loopback = try #require(SocketAddress(ip: "127.0.0.1", port: 0))
    first = try ListeningSocket.bind(loopback)
  }

  private func listens(at address: SocketAddress) -> Bool {
    let descriptor = socket(address.domain, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return address.withSockaddr { connect(descriptor, $0, $1) } == 0
  }

  @Test("an address must not be had twice, whoever shares it with himself")
  func exclusive() throws {
    let taken = SocketError.failed(EADDRINUSE)
    #expect(throws: taken) { try ListeningSocket.bind(first.address) }
    let second = try ListeningSocket.bind(first.address, beside: [first])
    // As another gateway would, in the same way.
    #expect(throws: taken) { try ListeningSocket.bind(first.address) }
    #expect(throws: taken) { try ListeningSocket.bind(first.address.with(host: "0.0.0.0")) }
    for bound in [first, second] { bound.release() }
  }

  @Test("sockets beside the first one must each get their share of the connections")
  func shared() async throws {
    let all = [first] + (try (0..<2).map { _ in try ListeningSocket.bind(first.address, beside: [first]) })
    var clients: [Int32] = []
    // The kernel chooses by a hash of both ends, whose ports differ: 64 connections at one of three is no chance.
    for _ in 0..<64 {
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      #expect(first.address.withSockaddr { connect(client, $0, $1) } == 0)
      clients.append(client)
    }
    let worker = try TestWorker()
    let counts = try await worker.countConnections(of: all)
    #expect(counts.reduce(0, +) == 64)
    #expect(counts.allSatisfy { $0 > 0 })
    for client in clients { close(client) }
  }

  @Test("an address may overlap one of ours on the same port, which may then go")
  func overlapping() throws {
    let everywhere = try ListeningSocket.bind(first.address.with(host: "127.0.0.2"), beside: [first])
    let all = try ListeningSocket.bind(first.address.with(host: "0.0.0.0"), beside: [first, everywhere])
    first.release()
    #expect(listens(at: first.address))
    for bound in [everywhere, all] { bound.release() }
    #expect(!listens(at: first.address))
  }

  @Test("an address that was given up must be free, though connections to it stay")
  func again() throws {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(client) }
    #expect(first.address.withSockaddr { connect(client, $0, $1) } == 0)
    let accepted = accept(first.descriptor, nil, nil)
    #expect(accepted >= 0)
    defer { close(accepted) }
    first.release()
    try ListeningSocket.bind(first.address).release()
  }
}

extension TestWorker {
  /// Takes every connection that has come, and closes them and the sockets.
  fileprivate func countConnections(of sockets: [ListeningSocket.Bound]) throws -> [Int] {
    try sockets.map { bound in
      let listener = try ListeningSocket(bound, on: reactor)
      defer { listener.close() }
      var count = 0
      while try listener.acceptNow() != nil { count += 1 }
      return count
    }
  }
}

extension SocketAddress {
  /// The same port of another IPv4 address.
  fileprivate func with(host: String) throws -> SocketAddress {
    try #require(SocketAddress(ip: host, port: port))
  }
}
