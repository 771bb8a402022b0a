import CLinux
import Glibc
import Reactor
import Synchronization

/// One destination of log lines: a file, or standard output, that every worker's lines go to.
///
///     worker: lines -> LogChannel --whole lines, in batches--> pending --a thread of its own--> write(2)
///
/// Workers never wait for it: they leave their batches under a lock that is held for a copy of memory, and the thread
/// writes what has gathered with one call. Where the disk is slower than the workers are, no more than `limit` bytes
/// gather; what comes beyond is dropped, counted and told of. Lines stay whole: the file is appended to (`O_APPEND`), by
/// batches of whole lines.
public final class LogFile: Sendable {
  public enum Target: Hashable, Sendable {
    case standardOutput
    case file(path: String)
  }

  /// What an operator should hear of.
  public enum Event: Sendable, Equatable {
    /// Lines are being dropped from now on: the destination takes less than there is to write.
    case fallingBehind
    /// The destination takes lines again; so many were dropped meanwhile.
    case dropped(lines: Int)
    /// Lines could not be written; the `errno`.
    case failed(lines: Int, code: Int32)
    /// The file could not be opened anew, so that the old one is written on; the `errno`.
    case notReopened(code: Int32)
  }

  /// Why a file cannot be written.
  public struct OpenError: Error, Sendable {
    public let path: String
    public let code: Int32

    public var reason: String { LogFile.reason(code) }
  }

  private struct State {
    var pending: [UInt8] = []
    var lines = 0
    var dropped = 0
    /// Lines that were lost since the destination was opened: dropped, or refused by the disk.
    var lost = 0
    /// Whether the thread has been told that there is something to do.
    var isSignalled = false
    var mustReopen = false
    var isClosing = false
    var hasEnded = false
    var waiters: [CheckedContinuation<Bool, Never>] = []
  }

  public let target: Target
  /// Bytes that may wait to be written.
  private let limit: Int
  private let report: @Sendable (Event) -> Void
  private let state = Mutex(State())
  /// An eventfd that the thread sleeps on.
  private let wakeUp: Int32

  /// Opens the destination and starts its thread.
  /// - Parameter report: is called on the thread, or on a worker that has just dropped lines.
  /// - Throws: `OpenError` for a file that cannot be opened for appending.
  public init(
    _ target: Target, limit: Int = 16 << 20, report: @escaping @Sendable (Event) -> Void
  ) throws(OpenError) {
    self.target = target
    self.limit = limit
    self.report = report
    let descriptor = Self.open(target)
    guard descriptor >= 0 else { throw OpenError(path: Self.path(of: target), code: errno) }
    wakeUp = eventfd(0, CLINUX_EVENTFD_BLOCKING)
    guard wakeUp >= 0, SystemThread.spawn("sluice-log", { [self] in run(descriptor) }) else {
      let code = errno
      if target != .standardOutput { Glibc.close(descriptor) }
      throw OpenError(path: Self.path(of: target), code: code)
    }
  }

  deinit { Glibc.close(wakeUp) }

  // MARK: From workers

  /// Takes whole lines, or drops them if too much waits already. Never waits.
  /// - Parameter lines: how many there are.
  public func append(_ bytes: UnsafeRawBufferPointer, lines: Int) {
    var wakes = false
    var beginsToDrop = false
    state.withLock { state in
      if state.hasEnded || bytes.count > limit &- state.pending.count {
        beginsToDrop = state.dropped == 0
        state.dropped += lines
        state.lost += lines
      } else {
        state.pending.append(contentsOf: bytes)
        state.lines += lines
      }
      wakes = !state.isSignalled
      state.isSignalled = true
    }
    if wakes { signal() }
    if beginsToDrop { report(.fallingBehind) }
  }

  /// Lines that were lost since the destination was opened: there was no room for them, or the disk refused them.
  public var lostLines: Int { state.withLock { $0.lost } }

  /// Closes the file behind what waits to be written, and opens it anew: it has been moved away, and another begins
  /// where it was.
  public func reopen() {
    state.withLock { $0.mustReopen = true }
    signal()
  }

  /// Writes all there is and ends the thread. What comes afterwards is dropped.
  /// - Parameter milliseconds: how long a destination that takes nothing is waited for.
  /// - Returns: whether all was written, or has failed to be.
  public func close(within milliseconds: Int) async -> Bool {
    await withCheckedContinuation { continuation in
      let hasEnded = state.withLock { state in
        state.isClosing = true
        if !state.hasEnded { state.waiters.append(continuation) }
        return state.hasEnded
      }
      if hasEnded { return continuation.resume(returning: true) }
      signal()
      Task { [self] in
        try? await Task.sleep(for: .milliseconds(milliseconds))
        resumeWaiters(false)
      }
    }
  }

  private func resumeWaiters(_ isWritten: Bool) {
    let waiters = state.withLock { state in
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: isWritten) }
  }

  private func signal() {
    var one: UInt64 = 1
    _ = Glibc.write(wakeUp, &one, 8)
  }

  // MARK: The thread

  private func run(_ first: Int32) {
    var descriptor = first
    var batch: [UInt8] = []
    while true {
      var lines = 0
      var dropped = 0
      var mustReopen = false
      var isClosing = false
      state.withLock { state in
        swap(&state.pending, &batch)
        (lines, dropped, mustReopen, isClosing) = (state.lines, state.dropped, state.mustReopen, state.isClosing)
        state.lines = 0
        state.dropped = 0
        state.mustReopen = false
        state.isSignalled = !batch.isEmpty || dropped > 0 || mustReopen
        if isClosing, !state.isSignalled { state.hasEnded = true }
      }
      if !batch.isEmpty, let code = Self.write(batch, to: descriptor) {
        state.withLock { $0.lost += lines }
        report(.failed(lines: lines, code: code))
      }
      if dropped > 0 { report(.dropped(lines: dropped)) }
      if mustReopen { descriptor = reopened(descriptor) }
      if batch.capacity > 1 << 20 { batch = [] } else { batch.removeAll(keepingCapacity: true) }
      guard lines == 0, dropped == 0, !mustReopen else { continue }
      if isClosing { break }
      var count: UInt64 = 0
      _ = Glibc.read(wakeUp, &count, 8)
    }
    if target != .standardOutput { Glibc.close(descriptor) }
    resumeWaiters(true)
  }

  private func reopened(_ old: Int32) -> Int32 {
    guard target != .standardOutput else { return old }
    let fresh = Self.open(target)
    guard fresh >= 0 else {
      report(.notReopened(code: errno))
      return old
    }
    Glibc.close(old)
    return fresh
  }

  private static func open(_ target: Target) -> Int32 {
    switch target {
    case .standardOutput: STDOUT_FILENO
    case .file(let path): Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    }
  }

  private static func path(of target: Target) -> String {
    switch target {
    case .standardOutput: "stdout"
    case .file(let path): path
    }
  }

  /// - Returns: the `errno` of what failed; nil: all is written.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
        if count > 0 {
          rest = rest.dropFirst(count)
        } else if count < 0, errno == EAGAIN {
          // Somebody has made standard output non-blocking: this thread waits for it all the same.
          var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&entry, 1, -1)
        } else if count < 0, errno != EINTR {
          return errno
        }
      }
      return nil
    }
  }

  /// What an `errno` means.
  public static func reason(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
