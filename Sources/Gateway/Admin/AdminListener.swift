import Configuration
import Glibc
import Reactor

/// Where a running gateway listens to its operators: an HTTP/1.1 server of its own, on a thread of its own, so that it
/// answers whatever the workers and the `Publisher` are busy with.
public final class AdminListener: Sendable {
  /// Where it listens; a port of 0 has become one that the kernel chose.
  public let address: SocketAddress

  /// Binds `address` and answers from then on.
  /// - Throws: `GatewayServer.StartError` when it cannot be bound.
  public init(on listener: Listener.Address, publisher: Publisher) async throws {
    let wanted = try await ListenerBinding.resolve(listener)
    do {
      // Not shared: two gateways that take turns on one port would each do half of what their operators ask for.
      // Whoever may connect to a Unix-domain socket may change what is served: its owner alone.
      let mask = umask(0o177)
      defer { umask(mask) }
      let bound = try ListeningSocket.bind(wanted, isShared: false)
      address = bound.address
      let reactor = try Reactor()
      let desk = AdminDesk(reactor: reactor, routes: AdminRoutes(publisher: publisher))
      guard SystemThread.spawn("sluice-admin", { reactor.run() }) else { throw SocketError.failed(EAGAIN) }
      try await desk.listen(bound)
    } catch let error as SocketError {
      throw GatewayServer.StartError(address: "\(listener)", reason: error.reason)
    }
  }
}

/// The one thread of it.
private actor AdminDesk {
  nonisolated let reactor: Reactor
  private let routes: AdminRoutes
  private var connections: [Int: AdminConnection] = [:]
  private var nextNumber = 0

  /// Connections at once; a stranger who opens many keeps operators out, but harms nobody else.
  private static let mostConnections = 64

  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init(reactor: Reactor, routes: AdminRoutes) {
    self.reactor = reactor
    self.routes = routes
  }

  func listen(_ bound: ListeningSocket.Bound) throws(SocketError) {
    let listener = try ListeningSocket(bound, on: reactor)
    Task { await self.accept(from: listener) }
  }

  private func accept(from listener: ListeningSocket) async {
    while true {
      do {
        let accepted = try await listener.accept()
        if connections.count < Self.mostConnections { serve(accepted) } else { accepted.socket.close() }
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
    connections[number] = AdminConnection(accepted.socket, routes)
    Task { await self.serve(number) }
  }

  private func serve(_ number: Int) async {
    await connections[number]?.serve()
    connections[number] = nil
  }
}
