/// The store in numbers: `sluice cache stats`.
public struct StoreStatistics: Equatable, Sendable {
  /// The bound and what counts against it, in bytes: objects with their overhead, what is being fetched, and what has left
  /// the store and is still being read.
  public var capacity = 0
  public var bytes = 0
  public var objectBytes = 0
  /// In the queue that new objects enter.
  public var smallBytes = 0
  public var keys = 0
  public var objects = 0
  /// Of the objects, those whose bodies lie on disk; the bound there, the bytes there, and how often something could not be
  /// written. Zero without a disk tier.
  public var filedObjects = 0
  public var diskCapacity = 0
  public var diskBytes = 0
  public var diskFailures = 0
  /// Fetches that others may join.
  public var fillings = 0
  /// Look-ups, by whether they found a response.
  public var found = 0
  public var missed = 0
  /// Responses stored, and those that left by eviction and by invalidation.
  public var stored = 0
  public var evicted = 0
  public var invalidated = 0
  /// Requests that another one's fetch was to answer.
  public var collapsed = 0

  public init() {}
}

struct ShardCounters {
  var found = 0
  var missed = 0
  var stored = 0
  var invalidated = 0
  var collapsed = 0
}
