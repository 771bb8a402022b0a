import Firewall
import JSON

/// What is to become of an IP set's addresses.
public struct IPSetRequest: AdminMessage {
  public enum Change: String, Codable, Sendable, CaseIterable {
    /// These and no others.
    case put
    case add
    /// Blocks as they were given: one is not carved out of a larger one.
    case remove
  }

  /// As in `AdminRequest`.
  public var configuration: String?
  public var change: Change
  /// In CIDR notation.
  public var addresses: [String]

  public init(configuration: String? = nil, change: Change, addresses: [String]) {
    self.configuration = configuration
    self.change = change
    self.addresses = addresses
  }

  /// Through our own parser: a hundred thousand addresses are read in a third of the time.
  public init?(json: [UInt8]) {
    guard let document = try? JSONDocument(parsing: json), let name = document.root.member("change"),
      name.kind == .string, let change = Change(rawValue: name.string), let list = document.root.member("addresses"),
      list.kind == .array
    else { return nil }
    self.init(change: change, addresses: [])
    if let path = document.root.member("configuration"), path.kind != .null {
      guard path.kind == .string else { return nil }
      configuration = path.string
    }
    addresses.reserveCapacity(list.count)
    for element in list.elements {
      guard element.kind == .string else { return nil }
      addresses.append(element.string)
    }
  }
}

/// An IP set as it is now.
public struct IPSetMessage: AdminMessage {
  public var name: String
  /// The file that it follows; nil: it is declared in the configuration.
  public var file: String?
  public var count: Int
  /// Nil in a list of sets.
  public var addresses: [String]?

  public init(name: String, file: String?, count: Int, addresses: [String]?) {
    self.name = name
    self.file = file
    self.count = count
    self.addresses = addresses
  }
}

public struct IPSetsMessage: AdminMessage {
  public var sets: [IPSetMessage]

  public init(sets: [IPSetMessage]) { self.sets = sets }
}

/// What web ACLs did since the gateway was started.
public struct FirewallMessage: AdminMessage {
  public struct ACL: Codable, Sendable {
    public var name: String
    /// Web ACL capacity units, as AWS counts them.
    public var capacity: Int
    public var rules: [Rule]

    public init(name: String, capacity: Int, rules: [Rule]) {
      self.name = name
      self.capacity = capacity
      self.rules = rules
    }
  }

  public struct Rule: Codable, Sendable {
    /// `Default_Action` where no rule decided.
    public var name: String
    public var allowed, blocked, counted: Int

    public init(_ tally: ACLJournal.Tally) {
      name = tally.rule
      allowed = tally.allowed
      blocked = tally.blocked
      counted = tally.counted
    }
  }

  public var acls: [ACL]

  public init(acls: [ACL]) { self.acls = acls }
}

/// Requests of the last three hours that web ACLs decided or counted.
public struct SamplesMessage: AdminMessage {
  public struct Sample: Codable, Sendable {
    public var time, acl, rule, action, reason, client, method, host, target, userAgent: String
    public var labels: [String]
    public var ja3Fingerprint, ja4Fingerprint: String?

    public init(_ sample: RequestSample, acl: String, time: String) {
      self.time = time
      self.acl = acl
      rule = sample.rule
      action = sample.action.rawValue
      reason = sample.reason
      client = sample.client
      method = sample.method
      host = sample.host
      target = sample.target
      userAgent = sample.userAgent
      labels = sample.labels
      ja3Fingerprint = sample.ja3
      ja4Fingerprint = sample.ja4
    }
  }

  /// The newest first.
  public var samples: [Sample]

  public init(samples: [Sample]) { self.samples = samples }
}
