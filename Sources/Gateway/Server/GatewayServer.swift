import Configuration
import Logging
import Reactor

/// The running gateway: listeners, workers, and the way to end them without losing a request.
public final class GatewayServer: Sendable {
  /// Why the server could not start.
  public struct StartError: Error, CustomStringConvertible {
    /// As gateway.yaml has it.
    public let address: String
    public let reason: String

    public var description: String { "cannot listen on \(address): \(reason)" }
  }

  private let workers: [Worker]
  private let drainTimeout: Int
  private let server: ServerState
  private let log: Logger
  /// The addresses really bound, with the ports that the kernel chose for port 0.
  public let addresses: [SocketAddress]

  /// Binds every listener of the configuration and starts the workers.
  /// - Parameters:
  ///   - workers: threads; nil: as many as the configuration says, or one for each processor.
  /// - Throws: `StartError` when an address cannot be bound, `AccessLogError` when a log cannot be written; nothing has been
  ///   started then.
  public init(_ snapshot: Snapshot, workers: Int?, log: Logger) async throws {
    let files = Machine.raiseOpenFileLimit()
    let count = workers ?? snapshot.workers ?? Machine.processorCount
    // Half of the files at most are for clients: each may need one for an origin.
    let server = ServerState(
      maximumConnections: snapshot.limits.connections > 0 ? snapshot.limits.connections : max(64, files / 2), log: log)
    try server.logFiles.open(for: snapshot)
    let bound = try await Self.bind(snapshot.listeners, workers: count)
    var started: [Worker] = []
    for index in 0..<count {
      let reactor = try Reactor()
      let worker = Worker(reactor: reactor, server: server, snapshot: snapshot)
      SystemThread.spawn("sluice-\(index)") { reactor.run() }
      for listener in bound { try await worker.listen(listener[index]) }
      started.append(worker)
    }
    self.workers = started
    self.server = server
    self.log = log
    addresses = bound.map { $0[0].address }
    drainTimeout = snapshot.limits.drainTimeout.wholeMilliseconds
  }

  /// One descriptor for each listener and worker.
  private static func bind(_ listeners: [Listener], workers: Int) async throws -> [[ListeningSocket.Bound]] {
    var all: [[ListeningSocket.Bound]] = []
    for listener in listeners {
      let name = listener.address.description
      do {
        let address = try await resolve(listener.address)
        let first = try ListeningSocket.bind(address)
        var bound = [first]
        for _ in 1..<max(workers, 1) {
          bound.append(try address.family == .unix ? ListeningSocket.share(first) : ListeningSocket.bind(first.address))
        }
        all.append(bound)
      } catch let error as SocketError {
        throw StartError(address: name, reason: error.reason)
      } catch let error as Resolver.Failure {
        throw StartError(address: name, reason: "\(error)")
      }
    }
    return all
  }

  private static func resolve(_ address: Listener.Address) async throws -> SocketAddress {
    switch address {
    case .unix(let path):
      guard let address = SocketAddress(unixPath: path) else {
        throw StartError(address: path, reason: "the path is too long")
      }
      return address
    case .tcp(let host, let port):
      let found = try await Resolver().addresses(of: host, port: port)
      guard let first = found.first else { throw StartError(address: host, reason: "no address") }
      return first
    }
  }

  /// Answers new requests by `snapshot`; requests under way finish on the one that they started with.
  /// - Throws: `AccessLogError` when a log cannot be written; nothing has changed then.
  public func adopt(_ snapshot: Snapshot) async throws(AccessLogError) {
    try server.logFiles.open(for: snapshot)
    for worker in workers { await worker.adopt(snapshot) }
  }

  /// Stops taking connections, lets running requests finish, and returns when they have or the drain limit is reached.
  /// - Returns: connections that were cut off.
  public func drain() async -> Int {
    log.info("draining")
    let cutOff = await withTaskGroup(of: Int.self) { group in
      for worker in workers { group.addTask { [drainTimeout] in await worker.drain(within: drainTimeout) } }
      return await group.reduce(0, +)
    }
    if await !server.logFiles.close(within: 5000) { log.warning("access log lines lost: their destination takes none") }
    return cutOff
  }

  /// Opens the access logs anew: their files have been moved away.
  public func reopenLogs() { server.logFiles.reopen() }
}
