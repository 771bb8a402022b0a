import Foundation
import Synchronization
import Testing

@testable import Gateway
@testable import Reactor

extension Worker {
  /// Drains behind what a client does meanwhile: all on the worker's thread, which so cannot have heard of it from the kernel.
  fileprivate func drain(behind client: @Sendable () -> Void) async -> Int {
    client()
    return await drain(within: 60_000)
  }
}

/// A client that does not wait for anything: on a loopback connection, what was sent has come.
private struct Client: Sendable {
  private let descriptor: Int32

  init(_ address: SocketAddress) {
    descriptor = socket(address.domain, Int32(SOCK_STREAM.rawValue), 0)
    #expect(address.withSockaddr { connect(descriptor, $0, $1) } == 0)
  }

  func ask() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(send(descriptor, request, request.utf8.count, 0) == request.utf8.count)
  }

  /// - Parameter flags: MSG_DONTWAIT for what has come by now.
  func answer(_ flags: Int32 = 0) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, flags)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  func end() { close(descriptor) }
}

@Suite struct DrainTests {
  /// A gateway of one worker, which answers every request with a 403.
  private func withWorker(_ body: (Worker, SocketAddress) async throws -> Void) async throws {
    let project = try Project()
    let (_, server) = try await project.serve()
    try await body(try #require(server.crew.all.first), try #require(server.addresses.first))
    withExtendedLifetime(project) {}
  }

  @Test("a request on a connection that nobody has accepted yet must be answered before a drain ends")
  func queued() async throws {
    try await withWorker { worker, address in
      let client = Mutex<Client?>(nil)
      let cutOff = await worker.drain(behind: {
        let new = Client(address)
        new.ask()
        client.withLock { $0 = new }
      })
      #expect(cutOff == 0)
      let answer = client.withLock { $0?.answer(Int32(MSG_DONTWAIT)) }
      #expect(answer?.hasPrefix("HTTP/1.1 403 ") == true)
      #expect(answer?.contains("Connection: close") == true)
      client.withLock { $0?.end() }
    }
  }

  @Test("a request that has come on an idle connection must be answered before a drain ends")
  func unseen() async throws {
    try await withWorker { worker, address in
      let client = Client(address)
      client.ask()
      #expect(client.answer().hasPrefix("HTTP/1.1 403 "))
      #expect(await worker.drain(behind: { client.ask() }) == 0)
      let answer = client.answer(Int32(MSG_DONTWAIT))
      #expect(answer.hasPrefix("HTTP/1.1 403 "))
      #expect(answer.contains("Connection: close"))
      client.end()
    }
  }

  @Test("an idle connection must be ended by a drain, and not be waited for")
  func idle() async throws {
    try await withWorker { worker, address in
      let client = Client(address)
      client.ask()
      #expect(client.answer().hasPrefix("HTTP/1.1 403 "))
      #expect(await worker.drain(behind: {}) == 0)
      #expect(client.answer() == "")
      client.end()
    }
  }
}
