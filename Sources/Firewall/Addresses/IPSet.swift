import Synchronization

/// An IP set that lives: its addresses can be exchanged at any time, whole, while all workers look them up.
///
/// A look-up costs one load of `version` more than one of the addresses themselves: each worker keeps the addresses that it
/// read last (`IPSetView`).
public final class IPSet: Sendable {
  public let name: String
  private let version = Atomic<Int>(0)
  private let content: Mutex<AddressSet>

  public init(name: String, _ addresses: AddressSet = .empty) {
    self.name = name
    content = Mutex(addresses)
  }

  public var addresses: AddressSet { content.withLock { $0 } }

  /// From the return on, every look-up that begins is in the new addresses.
  public func replace(_ addresses: AddressSet) {
    content.withLock { $0 = addresses }
    version.add(1, ordering: .releasing)
  }

  /// Changes the addresses by what they are at this moment.
  public func update(_ change: (AddressSet) -> AddressSet) {
    content.withLock { $0 = change($0) }
    version.add(1, ordering: .releasing)
  }

  fileprivate var currentVersion: Int { version.load(ordering: .acquiring) }
}

/// One worker's view of an IP set.
struct IPSetView {
  let set: IPSet
  private var addresses: AddressSet
  private var version: Int

  init(_ set: IPSet) {
    self.set = set
    version = set.currentVersion
    addresses = set.addresses
  }

  mutating func contains(_ address: IPAddress) -> Bool {
    let current = set.currentVersion
    if current != version {
      version = current
      addresses = set.addresses
    }
    return addresses.contains(address)
  }
}
