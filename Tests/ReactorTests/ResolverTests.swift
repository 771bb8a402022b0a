import Synchronization
import Testing

@testable import Reactor

@Suite struct ResolverTests {
  private static let address = SocketAddress(ip: "192.0.2.1", port: 0)

  @Test("A literal address must cost no look-up")
  func literal() async throws {
    let resolver = Resolver(lookUp: { _ in .failure(.notFound("asked")) })
    #expect(try await resolver.addresses(of: "127.0.0.1", port: 80).map(\.description) == ["127.0.0.1:80"])
    #expect(try await resolver.addresses(of: "::1", port: 80).map(\.description) == ["[::1]:80"])
  }

  @Test("An answer must be used again while it is fresh")
  func cached() async throws {
    let asked = Counter()
    let known = try #require(Self.address)
    let resolver = Resolver(lookUp: { _ in
      asked.add()
      return .success([known])
    })
    for port in [80, 81] as [UInt16] {
      #expect(try await resolver.addresses(of: "origin.test", port: port).map(\.port) == [port])
    }
    #expect(asked.value == 1)
  }

  @Test("Several who ask for one name at once should share one look-up")
  func shared() async throws {
    let asked = Counter()
    let gate = Gate()
    let known = try #require(Self.address)
    let resolver = Resolver(lookUp: { _ in
      asked.add()
      gate.wait()
      return .success([known])
    })
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<10 { group.addTask { try await resolver.addresses(of: "origin.test", port: 1).count } }
      group.addTask {
        gate.open()
        return 1
      }
      for try await count in group { #expect(count == 1) }
    }
    #expect(asked.value >= 1 && asked.value <= 10)
  }

  @Test("A name without an address must fail with the resolver's words")
  func notFound() async {
    let resolver = Resolver(lookUp: { _ in .failure(.notFound("Name or service not known")) })
    await #expect(throws: Resolver.Failure.notFound("Name or service not known")) {
      try await resolver.addresses(of: "nowhere.test", port: 1)
    }
  }

  @Test("A look-up that fails must leave the last good answer in use")
  func staleAnswer() async throws {
    let asked = Counter()
    let known = try #require(Self.address)
    let resolver = Resolver(
      timeToLive: 0,
      lookUp: { _ in
        asked.add()
        return asked.value == 1 ? .success([known]) : .failure(.notFound("server went away"))
      })
    #expect(try await resolver.addresses(of: "origin.test", port: 1).count == 1)
    #expect(try await resolver.addresses(of: "origin.test", port: 1).count == 1)
    #expect(asked.value == 2)
  }

  @Test("The system's resolver must know localhost")
  func localhost() async throws {
    #expect(try await !Resolver().addresses(of: "localhost", port: 1).isEmpty)
  }
}

final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func add() { count.withLock { $0 += 1 } }
}

/// Holds a thread until it is opened.
final class Gate: Sendable {
  private let pipe = makePipe()
  func wait() { readByte(pipe.0) }
  func open() { closeDescriptor(pipe.1) }
}
