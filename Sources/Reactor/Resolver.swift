import Glibc
import Synchronization

/// Turns host names into addresses without stopping a reactor: look-ups run on threads of their own, and what they found
/// is kept for a while. One for all workers.
///
/// The system's resolver does not tell for how long an answer holds, so answers are kept for `timeToLive`; a look-up that
/// fails then leaves the last good answer in use.
public final class Resolver: Sendable {
  public enum Failure: Error, Hashable, Sendable {
    /// The name has no address, or the name server did not answer: the resolver's words.
    case notFound(String)
    /// `maximumLookups` are under way.
    case tooManyLookups
  }

  private typealias Waiter = CheckedContinuation<Result<[SocketAddress], Failure>, Never>

  private struct Entry {
    var addresses: [SocketAddress] = []
    var failure: Failure?
    var expires = MonotonicTime(nanoseconds: 0)
    var isLookingUp = false
    var waiters: [Waiter] = []
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var lookups = 0
  }

  private let state = Mutex(State())
  private let timeToLive: Int
  private let negativeTimeToLive = 1_000
  private let maximumLookups = 16
  private let maximumEntries = 4_096
  private let lookUp: @Sendable (String) -> Result<[SocketAddress], Failure>

  /// - Parameters:
  ///   - timeToLive: milliseconds for which an answer is used without asking again.
  ///   - lookUp: asks the system; may block. The addresses come with port 0.
  public init(
    timeToLive: Int = 30_000,
    lookUp: @escaping @Sendable (String) -> Result<[SocketAddress], Failure> = Resolver.systemLookUp
  ) {
    self.timeToLive = timeToLive
    self.lookUp = lookUp
  }

  /// The addresses of a host, in the system's order of preference (RFC 6724), never empty.
  /// - Parameter host: a name, or a literal address, which costs no look-up.
  /// - Throws: `Failure`.
  public func addresses(of host: String, port: UInt16) async throws(Failure) -> [SocketAddress] {
    if let literal = SocketAddress(ip: host, port: port) { return [literal] }
    let now = MonotonicTime.current
    if let known = known(host, at: now) { return try known.get().map { $0.with(port: port) } }
    let result = await withCheckedContinuation { waiter in
      switch state.withLock({ Self.join(host, waiter, &$0, maximumLookups, maximumEntries) }) {
      case .waits: break
      case .starts: start(host)
      case .refused: waiter.resume(returning: .failure(.tooManyLookups))
      }
    }
    return try result.get().map { $0.with(port: port) }
  }

  private func known(_ host: String, at now: MonotonicTime) -> Result<[SocketAddress], Failure>? {
    state.withLock { state in
      guard let entry = state.entries[host], entry.expires > now else { return nil }
      if !entry.addresses.isEmpty { return .success(entry.addresses) }
      return entry.failure.map { .failure($0) }
    }
  }

  private enum Joining { case waits, starts, refused }

  private static func join(
    _ host: String, _ waiter: Waiter, _ state: inout State, _ maximumLookups: Int, _ maximumEntries: Int
  ) -> Joining {
    if state.entries[host]?.isLookingUp == true {
      state.entries[host]?.waiters.append(waiter)
      return .waits
    }
    guard state.lookups < maximumLookups else { return .refused }
    if state.entries.count >= maximumEntries { state.entries = state.entries.filter { $0.value.isLookingUp } }
    state.lookups += 1
    state.entries[host, default: Entry()].isLookingUp = true
    state.entries[host]?.waiters.append(waiter)
    return .starts
  }

  private func start(_ host: String) {
    let started = SystemThread.spawn("dns") { self.finish(host, self.lookUp(host)) }
    if !started { finish(host, .failure(.tooManyLookups)) }
  }

  private func finish(_ host: String, _ result: Result<[SocketAddress], Failure>) {
    let now = MonotonicTime.current
    let (waiters, answer) = state.withLock { state -> ([Waiter], Result<[SocketAddress], Failure>) in
      state.lookups -= 1
      var entry = state.entries[host] ?? Entry()
      let waiters = entry.waiters
      entry.waiters = []
      entry.isLookingUp = false
      switch result {
      case .success(let addresses) where !addresses.isEmpty:
        entry.addresses = addresses
        entry.failure = nil
        entry.expires = now.advanced(milliseconds: timeToLive)
      case .success:
        entry.failure = .notFound("no address")
        entry.expires = now.advanced(milliseconds: negativeTimeToLive)
      case .failure(let failure):
        entry.failure = failure
        entry.expires = now.advanced(milliseconds: negativeTimeToLive)
      }
      state.entries[host] = entry
      if !entry.addresses.isEmpty { return (waiters, .success(entry.addresses)) }
      return (waiters, .failure(entry.failure ?? .notFound("no address")))
    }
    for waiter in waiters { waiter.resume(returning: answer) }
  }

  /// Asks `getaddrinfo`, which reads /etc/hosts and asks the name servers. Blocks.
  public static let systemLookUp: @Sendable (String) -> Result<[SocketAddress], Failure> = { host in
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else { return .failure(.notFound(String(cString: gai_strerror(code)))) }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let raw = entry.pointee.ai_addr {
        var storage = sockaddr_storage()
        memcpy(&storage, raw, min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size))
        if let address = SocketAddress(storage, length: entry.pointee.ai_addrlen) { addresses.append(address) }
      }
      next = entry.pointee.ai_next
    }
    return .success(addresses)
  }
}
