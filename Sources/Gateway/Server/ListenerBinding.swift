import Configuration
import Reactor

/// An address that is listened on, and its sockets. The server keeps them for as long as it listens there, and workers take
/// connections by copies of their descriptors, so that a socket and what the kernel has queued in it can change hands.
///
///     TCP      a socket for each worker, over which the kernel spreads connections; where workers have been taken away since,
///              those that are left share the sockets of the others
///     Unix     one socket, which all workers share
struct ListenerBinding: Sendable {
  /// As gateway.yaml has it.
  let address: Listener.Address
  /// Not empty, once it is bound.
  private(set) var sockets: [ListeningSocket.Bound] = []

  private init(_ address: Listener.Address) { self.address = address }

  /// The address that it really has.
  var bound: SocketAddress { sockets[0].address }

  private var isUnix: Bool { sockets.first?.address.family == .unix }

  /// Which of the sockets a worker takes connections from.
  /// - Parameters:
  ///   - worker: its number.
  ///   - count: of workers.
  func places(of worker: Int, of count: Int) -> [Int] {
    if worker >= count { return [] }
    if isUnix { return [0] }
    return [worker] + (count..<max(count, sockets.count))
  }

  /// A descriptor for one of the sockets, to be handed to a worker.
  func share(_ place: Int) throws(SocketError) -> ListeningSocket.Bound { try ListeningSocket.share(sockets[place]) }

  // MARK: Binding

  /// Binds what is missing, or nothing.
  /// - Parameters:
  ///   - addresses: what is to be listened on.
  ///   - workers: how many are to have sockets of their own.
  ///   - known: what is listened on already.
  /// - Returns: a binding for each address.
  static func bind(
    _ addresses: [Listener.Address], workers: Int, keeping known: [ListenerBinding] = []
  ) async throws(GatewayServer.StartError) -> [ListenerBinding] {
    var bindings: [ListenerBinding] = []
    do throws(GatewayServer.StartError) {
      for address in addresses {
        bindings.append(known.first { $0.address == address } ?? ListenerBinding(address))
        let others = (known + bindings.dropLast()).flatMap(\.sockets)
        try await bindings[bindings.count - 1].grow(to: workers, beside: others)
      }
    } catch {
      release(bindings, keeping: known)
      throw error
    }
    return bindings
  }

  /// - Parameter others: sockets that the gateway has already. What overlaps them is no stranger's, be it that the old one goes
  ///   when the new one is there.
  private mutating func grow(
    to workers: Int, beside others: [ListeningSocket.Bound]
  ) async throws(GatewayServer.StartError) {
    let known = sockets.first?.address
    let wanted = if let known { known } else { try await Self.resolve(address) }
    do throws(SocketError) {
      if sockets.isEmpty { sockets.append(try ListeningSocket.bind(wanted, beside: others)) }
      while !isUnix, sockets.count < workers {
        sockets.append(try ListeningSocket.bind(bound, beside: others + sockets))
      }
    } catch {
      throw GatewayServer.StartError(address: "\(address)", reason: error.reason)
    }
  }

  /// Gives up what was bound beyond `known`.
  static func release(_ bindings: [ListenerBinding], keeping known: [ListenerBinding] = []) {
    for binding in bindings {
      let kept = known.first { $0.address == binding.address }?.sockets.count ?? 0
      for socket in binding.sockets.dropFirst(kept) { socket.release() }
      if kept == 0 { binding.sockets.first?.address.removeSocketFile() }
    }
  }

  /// The first address that a listener's name stands for.
  static func resolve(_ address: Listener.Address) async throws(GatewayServer.StartError) -> SocketAddress {
    switch address {
    case .unix(let path):
      guard let address = SocketAddress(unixPath: path) else {
        throw GatewayServer.StartError(address: path, reason: "the path is too long")
      }
      return address
    case .tcp(let host, let port):
      do {
        guard let first = try await Resolver().addresses(of: host, port: port).first else {
          throw GatewayServer.StartError(address: host, reason: "no address")
        }
        return first
      } catch let error as GatewayServer.StartError {
        throw error
      } catch {
        throw GatewayServer.StartError(address: "\(address)", reason: "\(error)")
      }
    }
  }
}
