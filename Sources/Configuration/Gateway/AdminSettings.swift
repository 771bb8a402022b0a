/// Where a running gateway listens to its operators, and how they prove that they are.
public struct AdminSettings: Sendable, Equatable {
  /// Where it listens when nobody says anything else: this machine only.
  public static let standardAddress = Listener.Address.tcp(host: "127.0.0.1", port: 9440)

  /// Nil: nowhere.
  public var address: Listener.Address?
  /// Whether somebody chose the address, so that a gateway that cannot listen there must not start.
  public var isChosen: Bool
  /// What `Authorization: Bearer …` must say. Nil: everybody who reaches the address may.
  public var token: String?

  public init(address: Listener.Address? = standardAddress, isChosen: Bool = false, token: String? = nil) {
    self.address = address
    self.isChosen = isChosen
    self.token = token
  }

  /// What is wrong with listening at `address` with this token; nil: nothing. Who reaches the listener can put anything
  /// in front of an origin, so that another machine must at least know a secret.
  public var flaw: String? {
    guard token == nil, let address, !address.isOfThisMachine else { return nil }
    return "other machines reach `\(address)`: the admin listener needs a `token` there"
  }
}

extension Listener.Address {
  /// Whether nobody but this machine's own users and programs can connect.
  public var isOfThisMachine: Bool {
    switch self {
    case .unix: true
    case .tcp("localhost", _), .tcp("::1", _): true
    case .tcp(let host, _): host.wholeMatch(of: /127(\.\d{1,3}){3}/) != nil
    }
  }
}
