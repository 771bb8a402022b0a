import Reactor
import Synchronization

/// One look-up of an origin's name with a deadline: the system's resolver has none, and may take half a minute to find out
/// that no name server answers.
///
///     the resolver's answer | the deadline  ──whichever comes first──▶ the waiting task
final class NameLookup: Sendable {
  enum Outcome: Sendable {
    case found([SocketAddress])
    case failed(Resolver.Failure)
    case timedOut
  }

  private enum State {
    case pending
    case waiting(UnsafeContinuation<Outcome, Never>)
    case settled(Outcome)
  }

  private let state = Mutex(State.pending)

  /// - Throws: `unresolvable`, `connectTimedOut`.
  func run(
    _ host: String, port: UInt16, resolver: Resolver, on reactor: Reactor, until deadline: MonotonicTime,
    isolation: isolated (any Actor)? = #isolation
  ) async throws(UpstreamFailure) -> [SocketAddress] {
    Task {
      // On the worker, like the caller: the global pool is nobody's here.
      _ = isolation
      do throws(Resolver.Failure) {
        self.settle(.found(try await resolver.addresses(of: host, port: port)))
      } catch {
        self.settle(.failed(error))
      }
    }
    let timer = LookupTimer(self)
    reactor.arm(timer, deadline: deadline)
    let outcome = await withUnsafeContinuation { wait($0) }
    reactor.remove(timer)
    switch outcome {
    case .found(let addresses): return addresses
    case .timedOut: throw UpstreamFailure(.connectTimedOut)
    case .failed(.notFound(let words)): throw UpstreamFailure(.unresolvable(words))
    case .failed(.tooManyLookups): throw UpstreamFailure(.unresolvable("too many look-ups at once"))
    }
  }

  private func wait(_ continuation: UnsafeContinuation<Outcome, Never>) {
    let settled: Outcome? = state.withLock { state in
      if case .settled(let outcome) = state { return outcome }
      state = .waiting(continuation)
      return nil
    }
    if let settled { continuation.resume(returning: settled) }
  }

  /// The first outcome counts.
  fileprivate func settle(_ outcome: Outcome) {
    let waiting: UnsafeContinuation<Outcome, Never>? = state.withLock { state in
      switch state {
      case .pending:
        state = .settled(outcome)
        return nil
      case .waiting(let continuation):
        state = .settled(outcome)
        return continuation
      case .settled: return nil
      }
    }
    waiting?.resume(returning: outcome)
  }
}

/// The deadline of a look-up.
private final class LookupTimer: TimerEntry {
  private let lookup: NameLookup

  init(_ lookup: NameLookup) { self.lookup = lookup }

  override func fire() { lookup.settle(.timedOut) }
}
