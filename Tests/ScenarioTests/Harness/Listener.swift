import Glibc
import Synchronization

/// Where an origin of a scenario accepts connections, on a port that the kernel chose.
final class Listener: Sendable {
  let address: Address
  private let descriptor: Int32
  private let isStopped = Mutex(false)
  /// The connection that fills the queue of a deaf listener.
  private let filler = Mutex<Int32>(-1)

  enum Kind: Sendable {
    /// Accepts connections.
    case open
    /// Nobody listens on the port, and nobody else can take it: connecting is refused.
    case refusing
    /// The queue of the port is full: connecting neither succeeds nor fails.
    case deaf
  }

  init(_ wanted: Address, kind: Kind) throws {
    let descriptor = makeSocket(wanted.family)
    self.descriptor = descriptor
    guard descriptor >= 0, wanted.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else { throw Failure("bind") }
    var bound = sockaddr_in6()  // large enough for both families, and the port stands at the same place
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let named = withUnsafeMutablePointer(to: &bound) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard named == 0 else { throw Failure("getsockname") }
    let port = UInt16(bigEndian: bound.sin6_port)
    let address: Address =
      switch wanted {
      case .ipv4: .ipv4(port: port)
      case .ipv6: .ipv6(port: port)
      case .unix: wanted
      }
    self.address = address
    switch kind {
    case .refusing: break
    case .open: guard listen(descriptor, 64) == 0 else { throw Failure("listen") }
    case .deaf:
      guard listen(descriptor, 0) == 0 else { throw Failure("listen") }
      let filler = makeSocket(wanted.family)
      guard address.withSocketAddress({ connect(filler, $0, $1) }) == 0 else { throw Failure("connect") }
      self.filler.withLock { $0 = filler }
    }
  }

  deinit {
    close(descriptor)
    filler.withLock { if $0 >= 0 { _ = close($0) } }
  }

  /// Waits for the next connection and returns its descriptor. Throws `.closed` when the listener was stopped.
  func accept(until deadline: Deadline) throws -> Int32 {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, deadline.milliseconds) != 0 else { throw ConnectionEnd.timedOut }
    if isStopped.withLock({ $0 }) { throw ConnectionEnd.closed }
    let accepted = Glibc.accept(descriptor, nil, nil)
    guard accepted >= 0 else { throw ConnectionEnd.closed }
    _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
    return accepted
  }

  /// Ends every `accept`, now and later.
  func stop() {
    isStopped.withLock { $0 = true }
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ call: String) { description = "\(call): \(String(cString: strerror(errno)))" }
  }
}

/// A moment on the monotonic clock up to which a step of a scenario may wait.
struct Deadline {
  private let end: ContinuousClock.Instant

  init(seconds: Double) { end = .now + .seconds(seconds) }

  /// What is left, for `poll`.
  var milliseconds: Int32 {
    let left = ContinuousClock.now.duration(to: end).components
    return Int32(clamping: max(0, left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000 + 1))
  }

  var hasPassed: Bool { ContinuousClock.now >= end }
}
