/// Something that one task waits for, with a deadline: a socket's next bytes, another task's end, the passing of time.
///
///     idle --Reactor.wait--> waiting --resume--> idle, and the task goes on with `.ready`
///                               |---deadline---> idle, and the task goes on with `.timedOut`
///                               `---interrupt--> idle, and the task goes on with `.interrupted`
///
/// Belongs to one reactor's thread.
open class Wait: TimerEntry {
  /// What ended a wait.
  public enum Wake: Sendable { case ready, timedOut, interrupted }

  let reactor: Reactor
  var job: UnownedJob?
  /// Who is woken where no task waits.
  var sleeper: (any Sleeper)?
  var wake = Wake.ready

  public init(on reactor: Reactor) { self.reactor = reactor }

  deinit { if isInWheel { reactor.remove(self) } }

  /// Whether a task waits.
  public var isWaiting: Bool { job != nil }

  /// Lets the waiting task go on, if there is one.
  public func resume(_ reason: Wake = .ready) {
    if let job {
      self.job = nil
      wake = reason
      reactor.makeReady(job)
    } else if let sleeper {
      self.sleeper = nil
      disarm()
      sleeper.wake(reason)
    }
  }

  public final override func fire() { resume(.timedOut) }
}

/// Something that waits for long, and keeps no task meanwhile: a task's memory is several times a socket's.
public protocol Sleeper: AnyObject {
  /// Called once, on the reactor's thread but in no task: what it has to do for long it does in a task that it starts.
  func wake(_ reason: Wait.Wake)
}

/// How a task leaves the reactor without leaving its thread: it switches to this actor, whose executor does not run the
/// task's job but keeps it in the `Wait` that the task named.
///
/// A continuation of the standard library's would do the same, but is resumed on the global pool unless the task prefers
/// an executor, and that preference is looked up under a lock at every switch: 0.5 µs a request.
actor WaitingRoom {
  nonisolated let keeper = JobKeeper()
  nonisolated var unownedExecutor: UnownedSerialExecutor { keeper.asUnownedSerialExecutor() }

  /// The switch to this actor is all. It must not be optimised away with an empty body.
  @inline(never)
  func enter() { keeper.entered() }
}

/// Keeps jobs where an executor would run them.
// SAFETY: used by one reactor's thread alone: a task sets `destination` and switches at once, on that thread, and
// `enqueue` is called within the switch.
final class JobKeeper: SerialExecutor, @unchecked Sendable {
  // SAFETY: who waits holds it until the switch is over, and it is looked at no later.
  var destination: Unmanaged<Wait>?

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    destination?._withUnsafeGuaranteedRef { wait in
      assert(wait.job == nil, "two tasks wait for one thing")
      wait.job = job
    }
  }

  func entered() {}

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
