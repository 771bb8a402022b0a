import CLinux
import Glibc

extension Socket {
  /// Opens a connection.
  /// - Throws: `.refused`, `.timedOut`, `.failed`.
  public static func connect(
    to address: SocketAddress, on reactor: Reactor, until deadline: MonotonicTime
  ) async throws(SocketError) -> Socket {
    try await connect(toAnyOf: [address], on: reactor, until: deadline)
  }

  /// Opens a connection to one of several addresses of the same host: whichever answers first (RFC 8305 § 5).
  ///
  /// An address gets 250 ms before the next one is tried beside it, and the next one is tried at once when one fails.
  /// - Parameter addresses: in order of preference; not empty.
  /// - Throws: `.timedOut`, or what the last failing address said.
  public static func connect(
    toAnyOf addresses: [SocketAddress], on reactor: Reactor, until deadline: MonotonicTime
  ) async throws(SocketError) -> Socket {
    try await ConnectRace(addresses, on: reactor).run(until: deadline)
  }

  /// Starts connecting.
  /// - Returns: a socket whose connection may still be under way.
  static func startConnecting(to address: SocketAddress, on reactor: Reactor) throws(SocketError) -> Socket {
    let descriptor = Glibc.socket(address.domain, CLINUX_STREAM, 0)
    guard descriptor >= 0 else { throw .failed(errno) }
    if address.family != .unix {
      var one: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
    let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
    let code = errno
    // Registering after connect spares an event for the not yet connected socket.
    let socket = try Socket(adopting: descriptor, on: reactor)
    if result != 0 && code != EINPROGRESS { throw SocketError(errno: code) }
    return socket
  }

  /// How connecting stands: nil while it is under way.
  var connectResult: Result<Void, SocketError>? {
    var failure: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
    if failure != 0 { return .failure(SocketError(errno: failure)) }
    var peer = sockaddr_storage()
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let connected = withUnsafeMutablePointer(to: &peer) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) == 0 }
    }
    return connected ? .success(()) : nil
  }
}

/// Connection attempts to the addresses of one host, side by side.
final class ConnectRace {
  private let reactor: Reactor
  private var untried: ArraySlice<SocketAddress>
  private var attempts: [Socket] = []
  private let change: Wait
  private static let headStart = 250  // milliseconds; RFC 8305 § 8

  init(_ addresses: [SocketAddress], on reactor: Reactor) {
    self.reactor = reactor
    change = Wait(on: reactor)
    untried = addresses[...]
  }

  func run(until deadline: MonotonicTime) async throws(SocketError) -> Socket {
    var lastError = SocketError.refused
    var nextStart = reactor.now
    // Each attempt knows the race, and the race its attempts.
    defer { for attempt in attempts { attempt.race = nil } }
    while true {
      if attempts.isEmpty || MonotonicTime.current >= nextStart, let address = untried.popFirst() {
        nextStart = MonotonicTime.current.advanced(milliseconds: Self.headStart)
        do {
          let socket = try Socket.startConnecting(to: address, on: reactor)
          socket.race = self
          attempts.append(socket)
        } catch { lastError = error }
      }
      if let winner = settle(&lastError) { return winner }
      if attempts.isEmpty && untried.isEmpty { throw lastError }
      if attempts.isEmpty { continue }
      if MonotonicTime.current >= deadline { throw .timedOut }
      _ = await reactor.wait(change, until: untried.isEmpty ? deadline : min(deadline, nextStart))
    }
  }

  /// The first attempt that has succeeded; those that have failed are dropped.
  private func settle(_ lastError: inout SocketError) -> Socket? {
    var index = 0
    while index < attempts.count {
      switch attempts[index].connectResult {
      case .success:
        return attempts[index]
      case .failure(let error):
        lastError = error
        attempts.remove(at: index).race = nil
      case nil: index += 1
      }
    }
    return nil
  }

  func somethingHappened() { change.resume() }
}
