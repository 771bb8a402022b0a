import Configuration
import Logging
import Reactor

/// One of the gateway's threads: an actor whose executor is its own epoll loop. What happens on its connections happens
/// here, from accept to close, without a lock and without a change of thread.
actor Worker {
  nonisolated let reactor: Reactor
  private let state: WorkerState

  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  init(reactor: Reactor, server: ServerState, snapshot: Snapshot, originSecurity: OriginSecurity) {
    self.reactor = reactor
    state = WorkerState(reactor: reactor, server: server, snapshot: snapshot, originSecurity: originSecurity)
  }

  /// Takes connections from a listening descriptor until the worker drains.
  /// - Parameter place: the socket's among those of its address.
  /// - Throws: `SocketError` when the descriptor cannot be watched.
  func listen(
    _ bound: ListeningSocket.Bound, at place: Int, of address: Listener.Address, under terms: ListenerTerms
  ) throws(SocketError) {
    let loop = AcceptLoop(try ListeningSocket(bound, on: reactor), terms, state)
    state.listeners[address, default: [:]][place] = loop
    start(loop)
    if state.isDraining { loop.end(on: self) }
  }

  /// Takes connections from these sockets of an address only: others have been given the rest. The connections that there are
  /// stay.
  func keepListening(on address: Listener.Address, at places: [Int]) {
    for (place, loop) in state.listeners[address] ?? [:] where !places.contains(place) {
      loop.end(on: self)
      state.listeners[address]?[place] = nil
    }
  }

  /// Takes no more connections there. Those that there are stay; where their protocol can say so, they are told to ask
  /// elsewhere from now on.
  func stopListening(on address: Listener.Address) {
    keepListening(on: address, at: [])
    state.listeners[address] = nil
    state.connections.forEach { if $0.terms.address == address { $0.leave() } }
  }

  /// Starts a task of this worker's, beside the one that calls.
  func start(_ activity: any WorkerActivity) {
    // SAFETY: `activity` belongs to this worker. It is run by a method of this actor, whose executor is the reactor, and so
    // on the thread that it was made on; the task only carries it there.
    nonisolated(unsafe) let activity = activity
    Task { await self.run(activity) }
  }

  /// Starts an activity that is over soon, in a task that has run others before where one rests.
  func startShort(_ activity: any ShortActivity) {
    if state.runners.wake(for: activity) { return }
    // SAFETY: as in `start`.
    nonisolated(unsafe) let runner = Runner(activity, on: reactor)
    Task { await self.run(runner) }
  }

  private func run(_ runner: Runner) async {
    let state = state
    // What is over is let go of before the runner rests: it may be used again, if nobody holds it.
    while let activity = runner.activity.take() {
      await activity.run(on: self)
      _ = consume activity
      guard !state.isDraining, state.runners.add(runner) else { return }
      let deadline = reactor.now.advanced(milliseconds: RunnerPool.patience)
      _ = await reactor.wait(runner, until: deadline)
      if runner.activity == nil { state.runners.remove(runner) }
    }
  }

  /// `start` for whoever is on the worker's thread without being isolated to it: the reactor, and what an exchange calls.
  nonisolated func startHere(_ activity: any WorkerActivity) {
    // SAFETY: the caller is on the worker's thread, which `assumeIsolated` checks; nothing is handed to another one.
    nonisolated(unsafe) let activity = activity
    assumeIsolated { $0.start(activity) }
  }

  private func run(_ activity: any WorkerActivity) async { await activity.run(on: self) }

  /// Answers new requests by another configuration.
  /// - Parameter terms: what holds for new connections, by their listener's address.
  func adopt(_ snapshot: Snapshot, _ terms: [Listener.Address: ListenerTerms], _ originSecurity: OriginSecurity) {
    state.adopt(snapshot, originSecurity)
    for (address, loops) in state.listeners {
      if let terms = terms[address] { for loop in loops.values { loop.terms = terms } }
    }
  }

  /// What it has counted. Asked for as a job of its own, so that counting needs neither a lock nor an atomic operation.
  var report: WorkerReport { WorkerReport(state) }

  /// Keeps certificates up to date, until the worker drains.
  func watch(_ shelf: CertificateShelf) { start(CertificateWatch(shelf, state)) }

  /// Stops taking connections and returns when every request that was under way has been answered, or after the given
  /// time.
  /// - Returns: connections that are still open.
  func drain(within milliseconds: Int) async -> Int { await state.drain(within: milliseconds, on: self) }
}

/// Something that goes on beside other things on one worker, as a task of its own.
///
/// What it calls on its way takes a plain `Worker` and stays on its caller's actor (`nonisolated(nonsending)`, the package's
/// default): a parameter that is `isolated` is switched to when a function begins and after each call of it, though it is where
/// the task is already. Each such switch is 40 instructions and a locked one for 16 bytes; a proxied request had ten of them.
protocol WorkerActivity: AnyObject {
  func run(on worker: isolated Worker) async
}
