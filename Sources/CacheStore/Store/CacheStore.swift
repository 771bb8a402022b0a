import Bytes
import CacheRules
import Synchronization

/// The responses that all workers share, in memory, bounded in bytes.
///
/// Any thread may call anything. A look-up takes the lock of one shard for some tens of nanoseconds and nothing else; what
/// it returns is immutable and lives as long as it is held, whatever becomes of its place here.
public final class CacheStore: Sendable {
  /// Bytes, overhead included.
  public let capacity: Int
  /// A larger body is not stored: bytes.
  public let largestObject: Int
  private let seed: UInt64
  private let shards: [Shard]
  private let shift: UInt64
  private let used = Atomic<Int>(0)
  private let cursor = Atomic<Int>(0)
  let log = InvalidationLog()

  /// - Parameters:
  ///   - capacity: bytes that objects and what is being fetched may take, overhead included.
  ///   - largestObject: bytes; at most a quarter of the capacity.
  ///   - seed: a secret of this process: whoever knows it can make keys that collide.
  public init(capacity: Int, largestObject: Int = 64 * 1024 * 1024, seed: UInt64) {
    self.capacity = max(capacity, 64 * 1024)
    self.largestObject = min(max(largestObject, 0), self.capacity / 4)
    self.seed = seed
    // A megabyte and more to each: with less, a shard holds too few objects to tell which of them matter.
    var bits: UInt64 = 0
    while bits < 8, self.capacity >> Int(bits &+ 21) > 0 { bits &+= 1 }
    shards = (0..<(1 << bits)).map { _ in Shard() }
    shift = 64 &- bits
  }

  /// The hash by which the other calls know a key.
  @inline(__always) public func hash(_ key: UnsafeRawBufferPointer) -> UInt64 { KeyHash.of(key, seed: seed) }

  /// The hash of a tag, within a space.
  public func hash(tag: UnsafeRawBufferPointer, space: UInt32) -> UInt64 {
    KeyHash.of(tag, seed: seed ^ (UInt64(space) &+ 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// The tag under which objects are found by their target whose keys have more to them.
  func hash(target: UnsafeRawBufferPointer, space: UInt32) -> UInt64 {
    KeyHash.of(target, seed: ~seed ^ (UInt64(space) &+ 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  @inline(__always) func shard(_ hash: UInt64) -> Shard {
    // Shifting by 64 gives 0: one shard.
    shards[Int(truncatingIfNeeded: hash >> shift)]
  }

  var allShards: [Shard] { shards }

  // MARK: Look-up

  /// The newest response with this key that the request selects.
  /// - Parameter matches: whether a response's `selection` is the request's. It runs under a lock: it looks and returns.
  @inline(__always)
  public func find(
    _ key: UnsafeRawBufferPointer, hash: UInt64, where matches: (StoredObject) -> Bool
  ) -> Finding {
    shard(hash).find(key, hash: hash, where: matches)
  }

  /// Every response with this key.
  public func variants(_ key: UnsafeRawBufferPointer, hash: UInt64) -> [StoredObject] {
    shard(hash).variants(key, hash: hash)
  }

  // MARK: Storing

  /// Makes an object of a response; it is not in the store yet.
  /// - Parameters:
  ///   - selection: see `Vary`.
  ///   - fields: as they are kept (`StoredFields`).
  public func object(
    key: UnsafeRawBufferPointer, hash: UInt64, selection: UnsafeRawBufferPointer, fields: UnsafeRawBufferPointer,
    record: ResponseRecord, body: StoredBody
  ) -> StoredObject {
    return StoredObject(
      key: key, hash: hash, selection: selection, fields: fields, record: record, body: body,
      tags: tags(of: fields, key: key))
  }

  /// Hashes of everything that a response can be invalidated by beside its key, each once.
  func tags(of fields: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) -> [UInt64] {
    let space = CacheKey.space(of: key)
    var tags: [UInt64] = []
    func add(_ tag: UInt64) { if !tags.contains(tag) { tags.append(tag) } }
    ObjectTags.read(FieldBlock(fields)) { add(self.hash(tag: $0, space: space)) }
    if CacheKey.hasParts(key) { add(self.hash(target: CacheKey.target(of: key), space: space)) }
    return tags
  }

  /// The number of the last invalidation: taken before a response is asked for that will be stored.
  public var epoch: UInt64 { log.sequence }

  /// Stores a response in the place of the one with its key and selection, and makes room.
  /// - Parameter epoch: of before the response was asked for.
  /// - Returns: whether it is stored: not if it has been invalidated since, or is too large.
  @discardableResult
  public func insert(_ object: StoredObject, epoch: UInt64) -> Bool { insert(object, epoch: epoch, credit: 0) }

  /// - Parameter credit: bytes that have been charged for it already.
  func insert(_ object: StoredObject, epoch: UInt64, credit: Int) -> Bool {
    var removed: [StoredObject]?
    if object.body.count <= largestObject {
      removed = shard(object.hash).insert(object) { log.verdict(since: epoch, on: object) }
    }
    let gone = removed?.reduce(0) { $0 &+ $1.cost } ?? 0
    charge((removed == nil ? 0 : object.cost) &- gone &- credit)
    return removed != nil
  }

  /// Takes an object out, if it is still there.
  public func remove(_ object: StoredObject) {
    if shard(object.hash).remove(object) { charge(-object.cost) }
  }

  /// Marks an object as stale: it is not reused without asking the origin.
  public func makeStale(_ object: StoredObject) { object.invalidateSoftly() }

  // MARK: Bytes

  /// Bytes in use.
  public var bytes: Int { used.load(ordering: .relaxed) }

  /// Counts bytes in or out and evicts what is too much.
  func charge(_ bytes: Int) {
    var total = used.wrappingAdd(bytes, ordering: .relaxed).newValue
    var idle = 0
    while total > capacity, idle < shards.count {
      let turn = cursor.wrappingAdd(1, ordering: .relaxed).newValue
      if let evicted = shards[turn & (shards.count &- 1)].evict() {
        total = used.wrappingSubtract(evicted.cost, ordering: .relaxed).newValue
        idle = 0
      } else {
        idle &+= 1
        total = used.load(ordering: .relaxed)
      }
    }
  }

  /// Counts out what an invalidation took out.
  func release(_ objects: [StoredObject]) {
    if !objects.isEmpty { charge(-objects.reduce(0) { $0 &+ $1.cost }) }
  }

  public var statistics: StoreStatistics {
    var statistics = StoreStatistics()
    statistics.capacity = capacity
    statistics.bytes = bytes
    for shard in shards { shard.add(to: &statistics) }
    return statistics
  }
}
