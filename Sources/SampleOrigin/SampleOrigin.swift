import Glibc
import Reactor

/// A small HTTP server with data of its own: what `sluice demo` puts behind the gateway, and tests do too.
///
/// It serves posts, comments and users as JSON, takes what is written to them without keeping it, waits on demand
/// (`?delay=250`), fails on demand (`?status=503`), gives bodies back (`/echo`) and makes large ones (`/bytes/N`).
public final class SampleOrigin: Sendable {
  /// Where it listens; a port of 0 has become one that the kernel chose.
  public let address: SocketAddress
  private let worker: SampleWorker

  /// Binds `address` and serves on a thread of its own.
  /// - Throws: `SocketError` when the address cannot be bound or the system has no thread or descriptor to give.
  public init(listeningOn address: SocketAddress) async throws(SocketError) {
    let bound = try ListeningSocket.bind(address)
    self.address = bound.address
    let reactor = try Reactor()
    worker = SampleWorker(reactor: reactor)
    guard SystemThread.spawn("sample-origin", { reactor.run() }) else { throw .failed(EAGAIN) }
    try await worker.listen(bound)
  }

  /// Ends its thread; connections break off.
  public func stop() { worker.reactor.stop() }
}

/// The origin's one thread.
private actor SampleWorker {
  nonisolated let reactor: Reactor
  private let documents = SampleDocuments(SampleData())
  private var connections: [Int: SampleConnection] = [:]
  private var nextNumber = 0

  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init(reactor: Reactor) { self.reactor = reactor }

  func listen(_ bound: ListeningSocket.Bound) throws(SocketError) {
    let listener = try ListeningSocket(bound, on: reactor)
    Task { await self.accept(from: listener) }
  }

  private func accept(from listener: ListeningSocket) async {
    while true {
      do {
        serve(try await listener.accept())
      } catch .interrupted {
        return
      } catch {
        // Descriptors have run out: some will be given back.
        await reactor.sleep(until: reactor.now.advanced(milliseconds: 100))
      }
    }
  }

  /// A connection belongs to this actor; its task is told only its number.
  private func serve(_ accepted: ListeningSocket.Accepted) {
    nextNumber &+= 1
    let number = nextNumber
    connections[number] = SampleConnection(accepted.socket, documents: documents)
    Task { await self.serve(number) }
  }

  private func serve(_ number: Int) async {
    await connections[number]?.serve()
    connections[number] = nil
  }
}
