import Configuration
import Foundation
import Logging
import TestFolders
import Testing

@testable import Gateway
@testable import Reactor

@Suite struct WorkerCrewTests {
  /// A binding that workers take connections from.
  private func binding(_ address: Listener.Address, workers: Int) async throws -> ListenerBinding {
    try #require(try await ListenerBinding.bind([address], workers: workers).first)
  }

  @Test("each worker must have a socket of its own, and those that are left must share the sockets of the others")
  func places() async throws {
    let binding = try await binding(.tcp(host: "127.0.0.1", port: 0), workers: 4)
    defer { ListenerBinding.release([binding]) }
    #expect(Set(binding.sockets.map(\.address)).count == 1)
    #expect((0..<5).map { binding.places(of: $0, of: 4) } == [[0], [1], [2], [3], []])
    #expect((0..<3).map { binding.places(of: $0, of: 2) } == [[0, 2, 3], [1, 2, 3], []])
  }

  @Test("workers must share the one socket of a path")
  func paths() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "crew")
    let binding = try await binding(.unix(path: path), workers: 3)
    #expect(binding.sockets.count == 1)
    #expect((0..<3).map { binding.places(of: $0, of: 2) } == [[0], [0], []])
    ListenerBinding.release([binding])
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("what is bound already must be kept, and only what is new be given up where something cannot be bound")
  func growth() async throws {
    let address = Listener.Address.tcp(host: "127.0.0.1", port: 0)
    let binding = try await binding(address, workers: 1)
    let grown = try await ListenerBinding.bind([address], workers: 3, keeping: [binding])
    #expect(grown.first?.sockets.map(\.descriptor).first == binding.sockets[0].descriptor)
    #expect(grown.first?.sockets.count == 3)
    let descriptors = grown[0].sockets.map(\.descriptor)
    await #expect(throws: GatewayServer.StartError.self) {
      try await ListenerBinding.bind(
        [address, .unix(path: "/nowhere/at/all")], workers: 4, keeping: grown)
    }
    #expect(descriptors.allSatisfy { fcntl($0, F_GETFD) >= 0 })
    ListenerBinding.release(grown)
  }

  @Test("a server must have as many workers as the configuration in use says, and count on with those at rest")
  func server() async throws {
    let project = try Project()
    try project.configure("the first", more: "workers: 2")
    let (publisher, server) = try await project.serve(overrides: Overrides())
    #expect(await server.counts.workers == 2)
    let address = server.addresses
    for workers in [5, 1, 3] {
      try project.configure("of \(workers)", more: "workers: \(workers)")
      #expect(try await publisher.deploy().notes == [])
      #expect(await server.counts.workers == workers)
      #expect(server.addresses == address)
    }
  }

  @Test("what whoever started the gateway has said must count before the file")
  func overrides() async throws {
    let project = try Project()
    let (publisher, server) = try await project.serve(overrides: Overrides(workers: 2))
    try project.configure("the second", more: "workers: 5\nlogLevel: trace\nadmin: { address: off }")
    _ = try await publisher.deploy()
    #expect(await server.counts.workers == 2)
    let snapshot = try ConfigurationLoader.load(path: project.place.path)
    #expect(
      Overrides().logLevel(for: snapshot) == .trace && Overrides(logLevel: .error).logLevel(for: snapshot) == .error)
    let chosen = AdminSettings(address: .unix(path: "/tmp/x"), isChosen: true, token: "unknown")
    #expect(Overrides().admin(for: snapshot).address == nil)
    #expect(
      Overrides(admin: chosen).admin(for: snapshot) == AdminSettings(address: .unix(path: "/tmp/x"), isChosen: true))
  }
}
