import Firewall

/// The firewall's part of a configuration, compiled.
public struct FirewallSetup: Sendable {
  /// In the order declared, by which stages and distributions name them.
  public let acls: [ACLPlan]
  public let ipSets: [IPSetSource]
  /// Nil: there are no databases of countries and networks.
  public let geography: GeographySetup?

  init(acls: [ACLPlan], ipSets: [IPSetSource], geography: GeographySetup? = nil) {
    self.acls = acls
    self.ipSets = ipSets
    self.geography = geography
  }

  /// Whether some of it is in files that are followed.
  public var hasFiles: Bool { ipSets.contains { $0.file != nil } || !(geography?.sources.isEmpty ?? true) }

  /// The web ACL of this name.
  public func acl(named name: String) -> ACLPlan? { acls.first { $0.acl.name == name } }

  /// Gives a memory what the sets are declared to hold. A set whose declaration is what it was keeps what operators have made of
  /// it since.
  public func fill(_ memory: FirewallMemory, since before: FirewallSetup?) {
    for source in ipSets {
      if let known = before?.ipSets.first(where: { $0.name == source.name }), known == source { continue }
      memory.set(named: source.name).replace(source.addresses)
    }
    memory.geography.change { maps in
      maps = Geography.Maps(countries: geography?.map(of: .countries), networks: geography?.map(of: .networks))
    }
    memory.keep(for: acls, sets: Set(ipSets.map(\.name)))
  }
}

/// An IP set as it is declared.
public struct IPSetSource: Sendable, Equatable {
  public let name: String
  public let addresses: AddressSet
  /// The file that the addresses are from, as it is opened; nil: they stand in the configuration.
  public let file: String?

  public static func == (one: IPSetSource, other: IPSetSource) -> Bool {
    one.name == other.name && one.file == other.file && one.addresses.blocks == other.addresses.blocks
  }
}
