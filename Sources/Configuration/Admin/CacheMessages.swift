/// What an operator wants to be rid of in the cache.
public struct InvalidationRequest: AdminMessage {
  public enum Mode: String, Codable, Sendable {
    /// It is gone.
    case hard
    /// It is stale: the origin is asked whether it still holds.
    case soft
    /// Nothing happens; what would go is counted.
    case dryRun
  }

  /// As in `AdminRequest`.
  public var configuration: String?
  /// In CloudFront's syntax: `/a.jpg`, `/a.jpg?x=1`, `/img/*`.
  public var paths: [String]
  public var tags: [String]
  public var everything: Bool
  public var mode: Mode
  /// An alias of the distribution that is meant; nil: all of them.
  public var distribution: String?
  /// `comments/dev`: everything that the cache of this stage of this API has, instead of what distributions have.
  public var stage: String?

  public init(
    configuration: String? = nil, paths: [String] = [], tags: [String] = [], everything: Bool = false,
    mode: Mode = .hard, distribution: String? = nil, stage: String? = nil
  ) {
    self.configuration = configuration
    self.paths = paths
    self.tags = tags
    self.everything = everything
    self.mode = mode
    self.distribution = distribution
    self.stage = stage
  }
}

/// What an invalidation hit, or would have. No client is given any of it from now on.
public struct InvalidationMessage: AdminMessage {
  public var mode: InvalidationRequest.Mode
  public var objects: Int
  public var bytes: Int
  /// Path and query of the first hundred of them.
  public var targets: [String]

  public init(mode: InvalidationRequest.Mode, objects: Int, bytes: Int, targets: [String]) {
    self.mode = mode
    self.objects = objects
    self.bytes = bytes
    self.targets = targets
  }
}

/// The cache in numbers, since the gateway was started.
public struct CacheMessage: AdminMessage {
  /// Bytes of memory, overhead included; `bytes` also counts what is being fetched, and what has left and is still being sent.
  public var capacity, bytes, objectBytes: Int
  public var keys, objects, fetches: Int
  /// Look-ups by what they found, and requests that another's fetch answered.
  public var found, missed, collapsed: Int
  public var stored, evicted, invalidated: Int
  /// What of it lies on disk; nil: there is no disk tier.
  public var disk: Disk?

  public struct Disk: Codable, Sendable, Equatable {
    /// Bytes of bodies.
    public var capacity, bytes: Int
    public var objects: Int
    /// How often something could not be written.
    public var failures: Int

    public init(capacity: Int, bytes: Int, objects: Int, failures: Int) {
      self.capacity = capacity
      self.bytes = bytes
      self.objects = objects
      self.failures = failures
    }
  }

  public init(
    capacity: Int, bytes: Int, objectBytes: Int, keys: Int, objects: Int, fetches: Int, found: Int, missed: Int,
    collapsed: Int, stored: Int, evicted: Int, invalidated: Int, disk: Disk? = nil
  ) {
    self.capacity = capacity
    self.bytes = bytes
    self.objectBytes = objectBytes
    self.keys = keys
    self.objects = objects
    self.fetches = fetches
    self.found = found
    self.missed = missed
    self.collapsed = collapsed
    self.stored = stored
    self.evicted = evicted
    self.invalidated = invalidated
    self.disk = disk
  }
}

/// What the cache has for a URL, and what it would do with a plain GET for it now.
public struct CacheLookupMessage: AdminMessage {
  public struct Stored: Codable, Sendable {
    public var status: Int
    public var bytes: Int
    /// What requests for it have, a line for each: by the key, and by `Vary`; empty where nothing but the path matters.
    public var selection: String
    /// Seconds.
    public var age, lifetime, remaining: Int
    /// What says how long it is fresh.
    public var lifetimeFrom: String
    /// What would become of a request that selects it: `hit`, or why the origin is asked.
    public var verdict: String

    public init(
      status: Int, bytes: Int, selection: String, age: Int, lifetime: Int, remaining: Int, lifetimeFrom: String,
      verdict: String
    ) {
      self.status = status
      self.bytes = bytes
      self.selection = selection
      self.age = age
      self.lifetime = lifetime
      self.remaining = remaining
      self.lifetimeFrom = lifetimeFrom
      self.verdict = verdict
    }
  }

  public var url: String
  /// The first alias of the distribution that answers; nil: none does.
  public var distribution: String?
  /// The path pattern of its behaviour, `*` for the default one.
  public var behavior: String?
  /// In one sentence.
  public var verdict: String
  public var stored: [Stored]

  public init(url: String, distribution: String?, behavior: String?, verdict: String, stored: [Stored]) {
    self.url = url
    self.distribution = distribution
    self.behavior = behavior
    self.verdict = verdict
    self.stored = stored
  }
}
