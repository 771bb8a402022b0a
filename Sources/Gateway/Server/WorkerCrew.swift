import Configuration
import Reactor
import Synchronization

/// The gateway's workers, and which of them takes connections where. Both may change while it serves, and no connection is
/// lost over it: what can fail comes first (`extend`), and nothing is taken away before others have it (`settle`).
///
///     more workers    those that are at rest go on, then new ones are started; each gets sockets of its own
///     fewer workers   the sockets of those that are too many go to the others, with what the kernel has queued in them; their
///                     connections stay with them until they end, then they are at rest
final class WorkerCrew: Sendable {
  fileprivate struct State {
    /// Those that have ever been started; a thread that is at rest costs nothing, and what it has counted counts.
    var workers: [Worker] = []
    /// How many of them take connections: the first.
    var count = 0
    var bindings: [ListenerBinding] = []
  }

  private let state = Mutex(State())

  /// Every worker, those at rest among them.
  var all: [Worker] { state.withLock { $0.workers } }
  /// How many take connections.
  var count: Int { state.withLock { $0.count } }
  /// What is listened on, in the configuration's order.
  var bindings: [ListenerBinding] { state.withLock { $0.bindings } }

  /// What is to become of the crew.
  struct Change: Sendable {
    fileprivate var workers: [Worker]
    fileprivate let count: Int
    fileprivate let bindings: [ListenerBinding]
  }

  /// Has everybody listen where it is to, beside where it does already.
  /// - Parameters:
  ///   - count: of workers.
  ///   - terms: of the addresses that are new.
  ///   - make: starts a worker, which is told its number.
  /// - Throws: `StartError`; nothing has changed then.
  func extend(
    to addresses: [Listener.Address], workers count: Int, under terms: [Listener.Address: ListenerTerms],
    make: (Int) throws(SocketError) -> Worker
  ) async throws(GatewayServer.StartError) -> Change {
    let before = state.withLock { $0 }
    let bindings = try await ListenerBinding.bind(addresses, workers: count, keeping: before.bindings)
    var change = Change(workers: before.workers, count: count, bindings: bindings)
    do throws(SocketError) {
      while change.workers.count < count { change.workers.append(try make(change.workers.count)) }
      for (number, worker) in change.workers.prefix(count).enumerated() {
        for binding in bindings {
          let known = before.places(of: number, at: binding.address)
          for place in binding.places(of: number, of: count) where !known.contains(place) {
            try await worker.listen(
              try binding.share(place), at: place, of: binding.address, under: terms[binding.address] ?? .plain)
          }
        }
      }
    } catch {
      // Workers that were started stay, at rest.
      state.withLock { $0.workers = change.workers }
      for (number, worker) in change.workers.enumerated() {
        for binding in bindings {
          await worker.keepListening(on: binding.address, at: before.places(of: number, at: binding.address))
        }
      }
      ListenerBinding.release(bindings, keeping: before.bindings)
      throw GatewayServer.StartError(address: nil, reason: "the workers cannot be started: \(error.reason)")
    }
    // From now on they hear of configurations with the others.
    state.withLock { $0.workers = change.workers }
    return change
  }

  /// Ends what nobody is to do any more.
  /// - Returns: what is listened on since, and what no more.
  func settle(_ change: Change) async -> (come: [SocketAddress], gone: [SocketAddress]) {
    let before = state.withLock { state in
      defer { (state.count, state.bindings) = (change.count, change.bindings) }
      return state
    }
    for (number, worker) in change.workers.enumerated() {
      for binding in change.bindings {
        await worker.keepListening(on: binding.address, at: binding.places(of: number, of: change.count))
      }
    }
    let gone = before.bindings.filter { known in !change.bindings.contains { $0.address == known.address } }
    for binding in gone {
      for worker in change.workers { await worker.stopListening(on: binding.address) }
    }
    ListenerBinding.release(gone)
    let come = change.bindings.filter { new in !before.bindings.contains { $0.address == new.address } }
    return (come.map(\.bound), gone.map(\.bound))
  }

  /// Lets go of what is listened on: with the workers' own copies the sockets are closed.
  func releaseSockets() {
    let bindings = state.withLock { state in
      defer { state.bindings = [] }
      return state.bindings
    }
    for socket in bindings.flatMap(\.sockets) { socket.release() }
  }
}

extension WorkerCrew.State {
  /// Which sockets of an address a worker takes connections from.
  fileprivate func places(of worker: Int, at address: Listener.Address) -> [Int] {
    bindings.first { $0.address == address }?.places(of: worker, of: count) ?? []
  }
}
