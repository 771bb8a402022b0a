import Configuration
import Reactor

/// An address that was bound for every worker, before any of them listens there.
struct ListenerBinding {
  /// A listener by the address that gateway.yaml gives it, and by the one that it really has.
  struct Listening {
    let address: Listener.Address
    let bound: SocketAddress
  }

  let address: Listener.Address
  /// One for each worker.
  let descriptors: [ListeningSocket.Bound]

  var listening: Listening { Listening(address: address, bound: descriptors[0].address) }

  /// Binds all addresses, or none.
  static func bind(_ addresses: [Listener.Address], workers: Int) async throws -> [ListenerBinding] {
    var bindings: [ListenerBinding] = []
    do {
      for address in addresses { bindings.append(try await bind(address, workers: workers)) }
    } catch {
      for binding in bindings { binding.release() }
      throw error
    }
    return bindings
  }

  private static func bind(_ listener: Listener.Address, workers: Int) async throws -> ListenerBinding {
    var bound: [ListeningSocket.Bound] = []
    do {
      let address = try await resolve(listener)
      let first = try ListeningSocket.bind(address)
      bound = [first]
      for _ in 1..<max(workers, 1) {
        bound.append(try address.family == .unix ? ListeningSocket.share(first) : ListeningSocket.bind(first.address))
      }
      return ListenerBinding(address: listener, descriptors: bound)
    } catch {
      for descriptor in bound { descriptor.release() }
      switch error {
      case let error as SocketError: throw GatewayServer.StartError(address: "\(listener)", reason: error.reason)
      case let error as Resolver.Failure: throw GatewayServer.StartError(address: "\(listener)", reason: "\(error)")
      default: throw error
      }
    }
  }

  /// The first address that a listener's name stands for.
  static func resolve(_ address: Listener.Address) async throws -> SocketAddress {
    switch address {
    case .unix(let path):
      guard let address = SocketAddress(unixPath: path) else {
        throw GatewayServer.StartError(address: path, reason: "the path is too long")
      }
      return address
    case .tcp(let host, let port):
      let found = try await Resolver().addresses(of: host, port: port)
      guard let first = found.first else { throw GatewayServer.StartError(address: host, reason: "no address") }
      return first
    }
  }

  private func release() {
    for descriptor in descriptors { descriptor.release() }
    descriptors.first?.address.removeSocketFile()
  }
}
