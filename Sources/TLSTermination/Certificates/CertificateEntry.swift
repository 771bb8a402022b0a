import COpenSSL

/// What one folder of certificates holds for its hosts: a pair for each kind of key, and the answers of its issuer that are
/// stapled to them.
public final class CertificateEntry: Sendable {
  public struct Item: Sendable {
    public let pair: CertificatePair
    /// The issuer's signed word that the certificate has not been revoked, from a file; nil: there is none.
    public let staple: StapledResponse?

    /// What clients are given: the file's word before the responder's.
    public var shownStaple: StapledResponse? { staple ?? pair.fetchedStaple }
  }

  /// The folder's name.
  public let name: String
  /// Not empty; one for each kind of key.
  public let items: [Item]
  /// What clients may ask for: those names that all its certificates have.
  public let names: [String]

  init(name: String, items: [Item]) {
    self.name = name
    self.items = items
    let all = items.map { Set($0.pair.leaf.names) }
    names = (items.first?.pair.leaf.names ?? []).filter { name in all.allSatisfy { $0.contains(name) } }
  }

  /// Whether clients that ask for `host`, a name or a wildcard, are shown one that is for it.
  public func covers(_ host: String) -> Bool {
    var table = HostTable<Bool>()
    for name in names { table.add(name, true) }
    let host = host.lowercased()
    return names.contains(host) || table.find(host) != nil
  }

  /// When the first of its certificates expires: seconds since 1970.
  public var notAfter: Int64 { items.map(\.pair.leaf.notAfter).min() ?? 0 }
}
