import Configuration
import Glibc
import Reactor
import Synchronization

/// Where a running gateway listens to its operators: an HTTP/1.1 server of its own, on a thread of its own, so that it
/// answers whatever the workers and the `Publisher` are busy with. It listens at one address or at none, and may move.
public final class AdminListener: Sendable {
  private let desk: AdminDesk
  /// The desk closes the descriptor when it listens at the next one, or nowhere.
  private let bound = Mutex<ListeningSocket.Bound?>(nil)

  /// Where it listens; a port of 0 has become one that the kernel chose. Nil: nowhere.
  public var address: SocketAddress? { bound.withLock { $0?.address } }

  /// It listens nowhere yet.
  /// - Throws: `StartError` when the system has no thread or descriptors for it.
  public init(publisher: Publisher) throws(GatewayServer.StartError) {
    do throws(SocketError) {
      let reactor = try Reactor()
      desk = AdminDesk(reactor: reactor, routes: AdminRoutes(publisher: publisher))
      guard SystemThread.spawn("sluice-admin", { reactor.run() }) else { throw .failed(EAGAIN) }
    } catch {
      throw GatewayServer.StartError(address: nil, reason: "operators cannot be listened to: \(error.reason)")
    }
  }

  /// Listens there from now on.
  /// - Throws: `StartError` when the address cannot be bound.
  public func listen(at address: Listener.Address) async throws(GatewayServer.StartError) {
    await move(to: try await bind(address))
  }

  /// What a move comes to.
  enum Move: Sendable {
    /// It listens there already, under another name perhaps.
    case stay
    case away
    case to(ListeningSocket.Bound)

    /// Gives up a move that is not made.
    func abandon() {
      guard case .to(let bound) = self else { return }
      bound.release()
      bound.address.removeSocketFile()
    }
  }

  /// Binds an address, which may overlap the one before on the same port; nobody is answered there before `move`. One call at a
  /// time, and none during a `move`.
  /// - Parameter listener: nil: nowhere.
  /// - Throws: `StartError` when it cannot be bound.
  func bind(_ listener: Listener.Address?) async throws(GatewayServer.StartError) -> Move {
    guard let listener else { return .away }
    let wanted = try await ListenerBinding.resolve(listener)
    if wanted == address { return .stay }
    // Whoever may connect to a Unix-domain socket may change what is served: its owner alone.
    let mask = umask(0o177)
    defer { umask(mask) }
    do throws(SocketError) {
      return .to(try ListeningSocket.bind(wanted, beside: bound.withLock { $0.map { [$0] } ?? [] }))
    } catch {
      throw GatewayServer.StartError(address: "\(listener)", reason: error.reason)
    }
  }

  /// Listens there, and where it was before no more. Who has connected is answered all the same.
  func move(to move: Move) async {
    let target: ListeningSocket.Bound?
    switch move {
    case .stay: return
    case .away: target = nil
    case .to(let bound): target = bound
    }
    guard await desk.listen(on: target) else { return }
    let before = bound.withLock { bound in
      defer { bound = target }
      return bound
    }
    before?.address.removeSocketFile()
  }

  /// Leaves nothing behind, as the process ends.
  public func removeSocketFile() { address?.removeSocketFile() }
}

/// The one thread of it.
private actor AdminDesk {
  nonisolated let reactor: Reactor
  private let routes: AdminRoutes
  /// By a number: the one that is listened on, if any.
  private var listeners: [Int: ListeningSocket] = [:]
  private var connections: [Int: AdminConnection] = [:]
  private var nextNumber = 0

  /// Connections at once; a stranger who opens many keeps operators out, but harms nobody else.
  private static let mostConnections = 64

  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init(reactor: Reactor, routes: AdminRoutes) {
    self.reactor = reactor
    self.routes = routes
  }

  /// - Returns: false where the descriptor cannot be watched; it listens where it did, then.
  func listen(on bound: ListeningSocket.Bound?) -> Bool {
    var next: ListeningSocket?
    if let bound {
      guard let listener = try? ListeningSocket(bound, on: reactor) else { return false }
      next = listener
    }
    for listener in listeners.values { end(listener) }
    listeners.removeAll()
    if let next {
      let number = newNumber()
      listeners[number] = next
      Task { await self.accept(from: number) }
    }
    return true
  }

  private func newNumber() -> Int {
    nextNumber &+= 1
    return nextNumber
  }

  /// Listeners and connections belong to this actor; a task is told only their numbers.
  private func accept(from number: Int) async {
    guard let listener = listeners[number] else { return }
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

  /// Those that the kernel has taken for us already are ours to answer.
  private func end(_ listener: ListeningSocket) {
    while let accepted = try? listener.acceptNow() { serve(accepted) }
    listener.close()
  }

  private func serve(_ accepted: ListeningSocket.Accepted) {
    guard connections.count < Self.mostConnections else { return accepted.socket.close() }
    let number = newNumber()
    connections[number] = AdminConnection(accepted.socket, routes)
    Task { await self.serve(number) }
  }

  private func serve(_ number: Int) async {
    await connections[number]?.serve()
    connections[number] = nil
  }
}
