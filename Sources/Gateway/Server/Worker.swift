import Configuration
import Logging
import Reactor
import Upstream

/// One of the gateway's threads: an actor whose executor is its own epoll loop. What happens on its connections happens
/// here, from accept to close, without a lock and without a change of thread.
actor Worker {
  nonisolated let reactor: Reactor
  private let state: WorkerState

  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init(reactor: Reactor, server: ServerState, snapshot: Snapshot) {
    self.reactor = reactor
    let upstream = UpstreamPool(reactor: reactor, resolver: server.resolver, limits: UpstreamLimits(snapshot.limits))
    state = WorkerState(reactor: reactor, server: server, snapshot: snapshot, upstream: upstream)
  }

  /// Takes connections from a listening descriptor until the worker drains.
  /// - Throws: `SocketError` when the descriptor cannot be watched.
  func listen(_ bound: ListeningSocket.Bound) throws(SocketError) {
    let listener = try ListeningSocket(bound, on: reactor)
    state.listeners.append(listener)
    Task(executorPreference: reactor) { await accept(from: listener) }
  }

  private func accept(from listener: ListeningSocket) async {
    while true {
      do {
        let accepted = try await listener.accept()
        serve(accepted)
        while state.server.isFull { await reactor.sleep(until: reactor.now.advanced(milliseconds: 10)) }
      } catch .interrupted {
        break
      } catch {
        state.server.log.warning("cannot accept connections", metadata: ["reason": "\(error.reason)"])
        await reactor.sleep(until: reactor.now.advanced(milliseconds: 100))
      }
    }
    // Those that the kernel has already taken for us are ours to answer.
    while let accepted = try? listener.acceptNow() { serve(accepted) }
    listener.close()
  }

  private func serve(_ accepted: ListeningSocket.Accepted) {
    let connection = ClientConnection(accepted, on: state)
    Task(executorPreference: reactor) { await connection.serve() }
  }

  /// Answers new requests by another configuration.
  func adopt(_ snapshot: Snapshot) {
    state.snapshot = snapshot
    state.deadlines = Deadlines(snapshot.limits)
  }

  /// Stops taking connections and returns when every request that was under way has been answered, or after the given
  /// time.
  /// - Returns: connections that are still open.
  func drain(within milliseconds: Int) async -> Int { await state.drain(within: milliseconds) }
}

extension ServerState {
  var isFull: Bool { connections.load(ordering: .relaxed) >= maximumConnections }
}
