import Dispatch
import Foundation
import Synchronization

/// A program run by a scenario: the sluice binary itself, with its standard output and error in one list of lines.
final class ChildProcess: Sendable {
  enum Exit: Equatable, CustomStringConvertible {
    case code(Int32), signal(Int32)
    var description: String {
      switch self {
      case .code(let code): "exit \(code)"
      case .signal(let signal): "killed by signal \(signal) (\(String(cString: strsignal(signal))))"
      }
    }
  }

  private struct State {
    var lines: [String] = []
    var exit: Exit?
    /// Signalled at every new line and at the exit.
    var watchers: [DispatchSemaphore] = []
  }

  private let pid: pid_t
  private let output: FileHandle
  private let state = Mutex(State())

  init(_ executable: String, _ arguments: [String], environment: [String: String], directory: String, input: String)
    throws
  {
    // One at a time: another child must not inherit our end of the pipe before it is marked.
    (pid, output) = try Self.oneAtATime.withLock { _ throws(Failure) in
      try Self.spawn(["/usr/bin/env", "-C", directory, executable] + arguments, environment, input)
    }
    Thread.detachNewThread { self.watch() }
  }

  private static let oneAtATime = Mutex(())

  private static func spawn(
    _ arguments: [String], _ environment: [String: String], _ input: String
  ) throws(Failure) -> (pid_t, FileHandle) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure("pipe: \(String(cString: strerror(errno)))") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    // The child starts with the default action for every signal, whatever the test process ignores.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var child: pid_t = 0
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    let failed = posix_spawn(&child, arguments[0], &actions, &attributes, argv, envp)
    close(ends[1])
    guard failed == 0 else {
      close(ends[0])
      throw Failure("\(arguments[0]): \(String(cString: strerror(failed)))")
    }
    return (child, FileHandle(fileDescriptor: ends[0], closeOnDealloc: true))
  }

  /// Collects the lines of the output up to its end, then the exit.
  private func watch() {
    var unfinished = Data()
    while case let data = output.availableData, !data.isEmpty {
      unfinished += data
      while let end = unfinished.firstIndex(of: 10) {
        let line = String(decoding: unfinished[..<end], as: UTF8.self)
        unfinished = unfinished[(end + 1)...]
        change { $0.lines.append(line) }
      }
    }
    if !unfinished.isEmpty {
      let line = String(decoding: unfinished, as: UTF8.self)
      change { $0.lines.append(line) }
    }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    let exit: Exit = status & 0x7f == 0 ? .code((status >> 8) & 0xff) : .signal(status & 0x7f)
    change { $0.exit = exit }
  }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      for watcher in state.watchers { watcher.signal() }
    }
  }

  var lines: [String] { state.withLock { $0.lines } }
  var exit: Exit? { state.withLock { $0.exit } }

  /// Sends a signal, unless the process has ended.
  func send(signal: Int32) { state.withLock { if $0.exit == nil { _ = kill(pid, signal) } } }

  /// Waits until `found` gives a value for the lines and the exit so far; nil when it did not in time.
  func wait<Found>(until deadline: Deadline, for found: ([String], Exit?) -> Found?) -> Found? {
    let watcher = DispatchSemaphore(value: 0)
    state.withLock { $0.watchers.append(watcher) }
    defer { state.withLock { $0.watchers.removeAll { $0 === watcher } } }
    while true {
      let (lines, exit) = state.withLock { ($0.lines, $0.exit) }
      if let found = found(lines, exit) { return found }
      let left = Int(deadline.milliseconds)
      guard !deadline.hasPassed, watcher.wait(timeout: .now() + .milliseconds(left)) == .success else { return nil }
    }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
