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
  private let log: Logger
  /// The addresses really bound, with the ports that the kernel chose for port 0.
  public let addresses: [SocketAddress]

  /// Binds every listener of the configuration and starts the workers.
  /// - Parameters:
  ///   - workers: threads; nil: as many as the configuration says, or one for each processor.
  ///   - explaining: nil to serve; else the only listener is 127.0.0.1, on a port that the kernel chooses.
  /// - Throws: `StartError` when an address cannot be bound; nothing has been started then.
  public init(_ snapshot: Snapshot, workers: Int?, log: Logger, explaining: Explaining? = nil) async throws {
    let files = Machine.raiseOpenFileLimit()
    let count = workers ?? snapshot.workers ?? Machine.processorCount
    let listeners =
      explaining == nil ? snapshot.listeners : snapshot.listeners.prefix(1).map { $0.moved(to: "127.0.0.1") }
    let bound = try await Self.bind(listeners, workers: count)
    // Half of the files at most are for clients: each may need one for an origin.
    let maximum = snapshot.limits.connections > 0 ? snapshot.limits.connections : max(64, files / 2)
    let server = ServerState(maximumConnections: maximum, log: log, explaining: explaining)
    var started: [Worker] = []
    for index in 0..<count {
      let reactor = try Reactor()
      let worker = Worker(reactor: reactor, server: server, snapshot: snapshot)
      SystemThread.spawn("sluice-\(index)") { reactor.run() }
      for listener in bound { try await worker.listen(listener[index]) }
      started.append(worker)
    }
    self.workers = started
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
  public func adopt(_ snapshot: Snapshot) async {
    for worker in workers { await worker.adopt(snapshot) }
  }

  /// Stops taking connections, lets running requests finish, and returns when they have or the drain limit is reached.
  /// - Returns: connections that were cut off.
  public func drain() async -> Int {
    log.info("draining")
    return await withTaskGroup(of: Int.self) { group in
      for worker in workers { group.addTask { [drainTimeout] in await worker.drain(within: drainTimeout) } }
      return await group.reduce(0, +)
    }
  }
}

extension Listener {
  /// The same, on a port that the kernel chooses.
  fileprivate func moved(to host: String) -> Listener {
    var listener = self
    listener.address = .tcp(host: host, port: 0)
    return listener
  }
}
