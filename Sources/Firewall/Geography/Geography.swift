import Synchronization

/// Where addresses are and whose networks they are in: maps that can be exchanged at any time, whole, while all workers look
/// addresses up in them. Like ``IPSet``, a look-up costs one load of a version number more than the map itself.
public final class Geography: Sendable {
  /// What is known; nil: no database is configured.
  public struct Maps: Sendable {
    /// To ``Place/packed``.
    public var countries: AddressMap?
    /// To numbers of autonomous systems.
    public var networks: AddressMap?

    public init(countries: AddressMap? = nil, networks: AddressMap? = nil) {
      self.countries = countries
      self.networks = networks
    }
  }

  private let version = Atomic<Int>(0)
  private let content = Mutex(Maps())

  init() {}

  public var maps: Maps { content.withLock { $0 } }

  /// From the return on, every look-up that begins is in the new maps.
  public func change(_ change: (inout Maps) -> Void) {
    content.withLock { change(&$0) }
    version.add(1, ordering: .releasing)
  }

  fileprivate var currentVersion: Int { version.load(ordering: .acquiring) }
}

/// One worker's view of what is known of addresses.
struct GeographyView {
  private let geography: Geography
  private var maps: Geography.Maps
  private var version: Int

  init(_ geography: Geography) {
    self.geography = geography
    version = geography.currentVersion
    maps = geography.maps
  }

  private mutating func refresh() {
    let current = geography.currentVersion
    if current != version {
      version = current
      maps = geography.maps
    }
  }

  mutating func place(of address: IPAddress) -> Place {
    refresh()
    return Place(packed: maps.countries?.value(of: address) ?? 0)
  }

  /// The number of the autonomous system; 0 where it is not known.
  mutating func network(of address: IPAddress) -> UInt32 {
    refresh()
    return maps.networks?.value(of: address) ?? 0
  }
}
