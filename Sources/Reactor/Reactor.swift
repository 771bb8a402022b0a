// The one audited unsafe place of the house. Why each escape from the compiler's checks is sound:
//
// * `Reactor` is `@unchecked Sendable`: `mailbox` is guarded by its mutex, `isStopping` and `thread` are atomic; every other stored
//   property is touched only by the thread that runs `run()`, which `checkIsolated` asserts in debug builds.
// * An epoll registration holds an unretained pointer to its `Socket`. A socket ends its registration and closes its
//   descriptor before it goes, on this thread. Events are turned into jobs first and jobs run afterwards, so no socket
//   goes between `epoll_wait` and the last look at its events.
// * Timer entries are linked without being retained, and take themselves out in `deinit`, or when their owner is closed.

import CLinux
import Glibc
import Synchronization

/// One thread's event loop, and the executor of the actor whose thread it is: it runs the jobs of the actor's tasks and
/// waits for sockets and timers.
///
///     run:  take the mailbox -> run jobs -> epoll_wait -> ready sockets become jobs -> fire timers -> again
public final class Reactor: SerialExecutor, @unchecked Sendable {
  private let poll: Int32
  private let wakeUp: Int32
  private let events: UnsafeMutablePointer<epoll_event>
  private let eventCapacity: Int32 = 256

  private var ready: [UnownedJob] = []
  private var running: [UnownedJob] = []
  private let mailbox = Mutex<[UnownedJob]>([])
  private let isStopping = Atomic<Bool>(false)
  /// Who runs the loop; 0: nobody yet. Everybody compares it with himself, which only its owner can find equal.
  private let thread = Atomic<pthread_t>(0)
  private var wheel: TimerWheel
  private var expired: [TimerEntry] = []
  private let waitingRoom = WaitingRoom()

  /// The monotonic clock, read once each turn of the loop. On the reactor's thread only.
  public private(set) var now: MonotonicTime
  /// Milliseconds since 1970, read once each turn of the loop. On the reactor's thread only.
  public private(set) var epochMilliseconds: Int64 = 0

  /// - Throws: the errno of the call that failed: descriptors have run out.
  public init() throws(SocketError) {
    poll = epoll_create1(CLINUX_EPOLL_CLOEXEC)
    guard poll >= 0 else { throw .failed(errno) }
    wakeUp = eventfd(0, CLINUX_EVENTFD_FLAGS)
    guard wakeUp >= 0 else { throw .failed(errno) }
    events = .allocate(capacity: Int(eventCapacity))
    now = .current
    wheel = TimerWheel(now: now)
    ready.reserveCapacity(256)
    running.reserveCapacity(256)
    var event = epoll_event()
    event.events = CLINUX_EPOLLIN
    event.data.u64 = 0
    epoll_ctl(poll, EPOLL_CTL_ADD, wakeUp, &event)
  }

  deinit {
    close(poll)
    close(wakeUp)
    events.deallocate()
  }

  // MARK: Executor

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      ready.append(job)
    } else {
      mailbox.withLock { $0.append(job) }
      signalWakeUp()
    }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  public func checkIsolated() { assert(isCurrent, "not on this worker's thread") }

  public func isIsolatingCurrentContext() -> Bool? { isCurrent }

  /// Whether the caller runs on this reactor's thread.
  public var isCurrent: Bool { pthread_self() == thread.load(ordering: .relaxed) }

  private func signalWakeUp() {
    var one: UInt64 = 1
    _ = Glibc.write(wakeUp, &one, 8)
  }

  // MARK: Loop

  /// Runs the loop on the calling thread until `stop`.
  public func run() {
    thread.store(pthread_self(), ordering: .relaxed)
    while !isStopping.load(ordering: .relaxed) {
      mailbox.withLock { waiting in
        guard !waiting.isEmpty else { return }
        ready.append(contentsOf: waiting)
        waiting.removeAll(keepingCapacity: true)
      }
      runJobs()
      let count = epoll_wait(poll, events, eventCapacity, ready.isEmpty ? millisecondsToWake() : 0)
      readClocks()
      for index in 0..<Int(max(0, count)) { dispatch(events[index]) }
      // Only now: a timer may end a socket, and none may go before its event was looked at.
      wheel.advance(to: now, expired: &expired)
      if !expired.isEmpty {
        for entry in expired { entry.fire() }
        expired.removeAll(keepingCapacity: true)
      }
    }
  }

  /// Makes `run` return after the current turn. From any thread.
  public func stop() {
    isStopping.store(true, ordering: .relaxed)
    signalWakeUp()
  }

  /// Runs what is ready, and what that makes ready, for a few rounds: then sockets get their turn, so that a busy
  /// connection cannot starve the others.
  private func runJobs() {
    let serial = asUnownedSerialExecutor()
    var rounds = 0
    while !ready.isEmpty && rounds < 8 {
      swap(&ready, &running)
      for job in running { job.runSynchronously(on: serial) }
      running.removeAll(keepingCapacity: true)
      rounds &+= 1
    }
  }

  private func readClocks() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    now = MonotonicTime(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    clock_gettime(CLOCK_REALTIME, &time)
    epochMilliseconds = Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
  }

  /// How long `epoll_wait` may sleep; -1: until a socket or the mailbox wakes it.
  private func millisecondsToWake() -> Int32 {
    guard let wake = wheel.nextWake() else { return -1 }
    // Read the clock rather than take `now`: the jobs that just ran took time.
    let nanoseconds = max(0, wake.nanoseconds &- MonotonicTime.current.nanoseconds)
    return Int32(clamping: (nanoseconds &+ 999_999) / 1_000_000)
  }

  private func dispatch(_ event: epoll_event) {
    guard let pointer = UnsafeRawPointer(bitPattern: UInt(event.data.u64)) else {
      var value: UInt64 = 0
      _ = Glibc.read(wakeUp, &value, 8)
      return
    }
    Unmanaged<Socket>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.handle(event.events) }
  }

  // MARK: Registrations

  /// Connections that are closed but for their last words.
  var farewells = 0 { didSet { if farewells == 0 { alone?.resume() } } }
  /// Who waits until there is none.
  private var alone: Wait?

  /// Suspends the calling task, which runs on this reactor, until the peers of closed connections have had their last words, or
  /// the deadline comes.
  public func seeOff(until deadline: MonotonicTime) async {
    guard farewells > 0 else { return }
    let alone = Wait(on: self)
    self.alone = alone
    _ = await wait(alone, until: deadline)
    self.alone = nil
  }

  /// Watches a socket for both directions, edge-triggered, until its descriptor is closed.
  func register(_ socket: Socket) -> Bool {
    assert(isCurrent)
    var event = epoll_event()
    event.events = CLINUX_EPOLLIN | CLINUX_EPOLLOUT | CLINUX_EPOLLRDHUP | CLINUX_EPOLLET
    event.data.u64 = UInt64(UInt(bitPattern: Unmanaged.passUnretained(socket).toOpaque()))
    return epoll_ctl(poll, EPOLL_CTL_ADD, socket.descriptor, &event) == 0
  }

  /// Ends what `register` began.
  func unregister(_ socket: Socket) {
    var unused = epoll_event()
    epoll_ctl(poll, EPOLL_CTL_DEL, socket.descriptor, &unused)
  }

  /// Sets when `entry` is due. On the reactor's thread; the entry must be removed before it goes.
  public func arm(_ entry: TimerEntry, deadline: MonotonicTime) { wheel.arm(entry, deadline: deadline) }

  /// Takes `entry` out of the wheel.
  public func remove(_ entry: TimerEntry) { wheel.remove(entry) }

  // MARK: Waiting

  /// Suspends the calling task, which runs on this reactor, until `wait` is resumed or its deadline comes.
  @inline(__always)
  public func wait(_ wait: Wait, until deadline: MonotonicTime) async -> Wait.Wake {
    arm(wait, deadline: deadline)
    waitingRoom.keeper.destination = .passUnretained(wait)
    await waitingRoom.enter()
    wait.disarm()
    return wait.wake
  }

  /// Suspends the calling task until `deadline`. On the reactor's thread.
  public func sleep(until deadline: MonotonicTime) async { _ = await wait(Wait(on: self), until: deadline) }

  /// Takes back a job that a `Wait` kept. It was enqueued for the waiting room; run as this reactor's, what it does first is
  /// to switch back to its actor, and that it has then done.
  func makeReady(_ job: UnownedJob) {
    assert(isCurrent)
    ready.append(job)
  }
}
