import Configuration
import Foundation
import Logging
import TestFolders
import Testing

@testable import Gateway

/// A configuration in a folder of its own, and a gateway that serves it.
final class Project {
  let folder: TemporaryFolder
  var place: ConfigurationPlace { ConfigurationPlace(folder.path(of: "gateway.yaml")) }

  init() throws {
    folder = try TemporaryFolder()
    try write("openapi: 3.0.1\ninfo: { title: t, version: \"1\" }\npaths: {}\n", to: "api.yaml")
    try configure("the first")
  }

  func write(_ text: String, to name: String) throws { try folder.write(name, text) }

  func configure(_ description: String, more: String = "", listener: String = "127.0.0.1:0") throws {
    try write(
      """
      listeners: [{ address: "\(listener)" }]
      apis: [{ name: a, definition: api.yaml, stages: [{ name: dev, description: "\(description)" }] }]
      \(more)

      """, to: "gateway.yaml")
  }

  func publisher(inMemory: Bool = false, overrides: Overrides = Overrides(workers: 1)) throws -> Publisher {
    try Publisher(
      place, environment: [:], state: inMemory ? nil : folder.path(of: "state"), overrides: overrides)
  }

  /// A publisher that publishes on a server.
  func serve(
    inMemory: Bool = false, overrides: Overrides = Overrides(workers: 1)
  ) async throws -> (Publisher, GatewayServer) {
    let publisher = try publisher(inMemory: inMemory, overrides: overrides)
    let opening = try await publisher.open()
    let server = try await GatewayServer(opening.snapshot, workers: overrides.workers, log: Logger(label: "test"))
    await publisher.serve(on: server, log: Logger(label: "test"))
    return (publisher, server)
  }
}

@Suite struct PublisherTests {
  private func refusal(_ body: () async throws(RefusalMessage) -> PublishedMessage) async -> RefusalMessage? {
    do throws(RefusalMessage) {
      _ = try await body()
      return nil
    } catch {
      return error
    }
  }

  @Test("files that are served must make no new number, others the next one")
  func numbers() async throws {
    let project = try Project()
    let (publisher, _) = try await project.serve()
    #expect(try await publisher.deploy().isNew == false)
    try project.configure("the second")
    let published = try await publisher.deploy(description: "why")
    #expect((published.deployment, published.previous, published.isNew) == (2, 1, true))
    #expect(await publisher.list().deployments.map(\.description) == [nil, "why"])
    #expect(publisher.facts.now.deployment == 2)
  }

  @Test("a wrong configuration must change nothing, and use no number up")
  func mistakes() async throws {
    let project = try Project()
    let (publisher, _) = try await project.serve()
    try project.configure("the second", more: "bogus: 1")
    let refusal = await refusal { () throws(RefusalMessage) in try await publisher.deploy() }
    #expect(refusal?.kind == .configuration)
    #expect(refusal?.diagnostics.count == 1)
    #expect(await publisher.list().served == 1)
    #expect(await publisher.list().deployments.map(\.number) == [1])
  }

  @Test("going back must work in memory, too, and say what is not there")
  func rollback() async throws {
    let project = try Project()
    let (publisher, _) = try await project.serve(inMemory: true)
    let before = await refusal { () throws(RefusalMessage) in try await publisher.rollBack(to: nil) }
    #expect(before?.message == "there is no deployment before 1")
    try project.configure("the second")
    _ = try await publisher.deploy()
    let published = try await publisher.rollBack(to: nil)
    #expect((published.deployment, published.previous) == (1, 2))
    #expect(await publisher.list().rolledBackFrom == 2)
    let missing = await refusal { () throws(RefusalMessage) in try await publisher.rollBack(to: 7) }
    #expect(missing?.message == "there is no deployment 7; there are 1, 2")
    _ = try await publisher.rollBack(to: 2)
    #expect(await publisher.list().rolledBackFrom == nil)
  }

  @Test("calls at the same time must be done one after the other")
  func turns() async throws {
    let project = try Project()
    let (publisher, _) = try await project.serve()
    try project.configure("the second")
    let outcomes = try await withThrowingTaskGroup(of: PublishedMessage.self) { group in
      for _ in 0..<8 { group.addTask { try await publisher.deploy() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.map(\.deployment) == Array(repeating: 2, count: 8))
    #expect(outcomes.count(where: \.isNew) == 1)
  }

  @Test("a gateway that ends must take no other configuration")
  func draining() async throws {
    let project = try Project()
    let (publisher, _) = try await project.serve()
    publisher.drain()
    let refusal = await refusal { () throws(RefusalMessage) in try await publisher.deploy() }
    #expect(refusal?.kind == .conflict)
  }

  @Test("what was served last must keep its number at the next start, and what is new get the next one")
  func restarts() async throws {
    let project = try Project()
    #expect(try await project.publisher().open().number == 1)
    #expect(try await project.publisher().open().number == 1)
    try project.configure("the second")
    #expect(try await project.publisher().open().number == 2)
    #expect(try await project.publisher(inMemory: true).open().number == 1)
  }

  @Test("a rollback must outlive a restart until the files change")
  func rollbackAndRestart() async throws {
    let project = try Project()
    let (publisher, _) = try await project.serve()
    try project.configure("the second")
    _ = try await publisher.deploy()
    _ = try await publisher.rollBack(to: nil)
    let opening = try await project.publisher().open()
    #expect((opening.number, opening.rolledBackFrom) == (1, 2))
    #expect(opening.snapshot.deployments.first?.stage.description == "the first")
    try project.configure("the third")
    let next = try await project.publisher().open()
    #expect((next.number, next.rolledBackFrom) == (3, nil))
  }

  @Test("an address that cannot be bound must change nothing")
  func listeners() async throws {
    let project = try Project()
    let (publisher, server) = try await project.serve()
    try project.configure("the second", listener: "127.0.0.1:0\" }, { address: \"unix:\(project.folder.path)/a/b")
    let refusal = await refusal { () throws(RefusalMessage) in try await publisher.deploy() }
    #expect(refusal?.kind == .listener)
    #expect(server.addresses.count == 1)
    try project.configure("the second", listener: "127.0.0.1:0\" }, { address: \"unix:\(project.folder.path)/b")
    _ = try await publisher.deploy()
    #expect(server.addresses.map(\.description) == [server.addresses[0].description, "unix:\(project.folder.path)/b"])
    _ = try await publisher.rollBack(to: nil)
    #expect(server.addresses.count == 1)
    #expect(!FileManager.default.fileExists(atPath: project.folder.path + "/b"))
  }

  @Test("a configuration without the token that its admin listener needs must be refused")
  func tokens() async throws {
    let project = try Project()
    try project.configure("the first", more: "admin: { address: off, token: 0123456789abcdef }")
    let open = AdminSettings(address: .tcp(host: "0.0.0.0", port: 9440), isChosen: true)
    let (publisher, _) = try await project.serve(overrides: Overrides(workers: 1, admin: open))
    try project.configure("the second", more: "admin: { address: off }")
    let refusal = await refusal { () throws(RefusalMessage) in try await publisher.deploy() }
    #expect(refusal?.kind == .configuration)
    try project.configure("the second", more: "admin: { address: off, token: fedcba9876543210 }")
    _ = try await publisher.deploy()
    #expect(publisher.facts.now.token == Array("fedcba9876543210".utf8))
  }
}

@Suite struct RetiredSnapshotsTests {
  @Test("a snapshot must be let go of when nobody else holds it")
  func sweep() throws {
    let retired = RetiredSnapshots()
    var held: Snapshot? = try ConfigurationLoader.load(path: kept.place.path)
    weak let observer = held
    if let held { retired.add(held) }
    #expect(!retired.sweep())
    #expect(!retired.isEmpty)
    withExtendedLifetime(held) {}
    held = nil
    #expect(retired.sweep())
    #expect(retired.isEmpty)
    #expect(observer == nil)
  }

  private let kept: Project
  init() throws { kept = try Project() }
}
