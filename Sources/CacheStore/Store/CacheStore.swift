import Bytes
import CacheRules
import HTTPSemantics
import Synchronization

/// The responses that all workers share, in memory and, where there is a disk tier, on disk; bounded in bytes.
///
/// Any thread may call anything. A look-up takes the lock of one shard for some tens of nanoseconds and nothing else; what
/// it returns is immutable and lives as long as it is held, whatever becomes of its place here.
public final class CacheStore: Sendable {
  private let largest: Atomic<Int>
  private let seed: UInt64
  private let shards: [Shard]
  private let shift: UInt64
  let memory: MemoryAccount
  private let cursor = Atomic<Int>(0)
  let log = InvalidationLog()
  /// Where large bodies go; nil: they stay in memory.
  let disk: DiskTier?

  /// - Parameters:
  ///   - capacity: bytes that objects and what is being fetched may take, overhead included.
  ///   - largestObject: bytes; at most a quarter of the capacity.
  ///   - seed: a secret of this process: whoever knows it can make keys that collide.
  ///   - disk: where large bodies go; nil: they stay in memory. `restore` takes in what is there.
  public init(capacity: Int, largestObject: Int = 64 * 1024 * 1024, seed: UInt64, disk: DiskTier? = nil) {
    self.disk = disk
    let capacity = max(capacity, Self.leastCapacity)
    memory = MemoryAccount(capacity: capacity)
    largest = Atomic(Self.largest(largestObject, in: capacity))
    self.seed = seed
    // A megabyte and more to each: with less, a shard holds too few objects to tell which of them matter.
    var bits: UInt64 = 0
    while bits < 8, capacity >> Int(bits &+ 21) > 0 { bits &+= 1 }
    shards = (0..<(1 << bits)).map { _ in Shard() }
    shift = 64 &- bits
  }

  /// Bytes, overhead included.
  public var capacity: Int { memory.capacity }
  /// A larger body is not kept in memory: bytes.
  public var largestObject: Int { largest.load(ordering: .relaxed) }

  private static let leastCapacity = 64 * 1024
  private static func largest(_ wanted: Int, in capacity: Int) -> Int { min(max(wanted, 0), capacity / 4) }

  /// Takes other sizes over while it is in use, and evicts what is too much. The number of shards stays as it was made for the
  /// first capacity: a much smaller one tells less well which objects matter, until the next start.
  /// - Parameters:
  ///   - capacity, largestObject: as for `init`.
  ///   - diskCapacity, smallestOnDisk, largestOnDisk: as in `DiskSettings`, where there is a disk tier.
  public func resize(
    capacity: Int, largestObject: Int, diskCapacity: Int, smallestOnDisk: Int, largestOnDisk: Int = .max
  ) {
    let capacity = max(capacity, Self.leastCapacity)
    memory.capacity = capacity
    largest.store(Self.largest(largestObject, in: capacity), ordering: .relaxed)
    makeRoom()
    disk?.resize(
      capacity: diskCapacity, smallestObject: smallestOnDisk, largestObject: largestOnDisk, of: self)
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

  /// A larger body is not stored: bytes.
  public var largestBody: Int { max(largestObject, disk?.largestObject ?? 0) }

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

  /// Every response for a target, whatever else tells their keys apart; so many at most with keys that have more to them.
  public func stored(for target: UnsafeRawBufferPointer, space: UInt32, most: Int = 256) -> [StoredObject] {
    let key = ByteBuffer(capacity: target.count &+ 16)
    CacheKey.write(space: space, target: target, into: key)
    var objects = variants(key.readable, hash: hash(key.readable))
    let tag = hash(target: target, space: space)
    for shard in shards {
      for object in shard.tagged(tag, most: most)
      where CacheKey.space(of: object.key) == space && CacheKey.target(of: object.key).isSame(as: target) {
        objects.append(object)
      }
    }
    return objects
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
      tags: tags(of: fields, key: key), account: memory)
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
  public func insert(_ object: StoredObject, epoch: UInt64) -> Bool {
    guard object.body.file != nil || object.body.count <= largestObject,
      let removed = shard(object.hash).insert(object, verdict: { log.verdict(since: epoch, on: object) })
    else { return false }
    clear(removed)
    makeRoom()
    disk?.take(object, of: self)
    return true
  }

  /// Takes an object out, if it is still there.
  public func remove(_ object: StoredObject) {
    if shard(object.hash).remove(object) { clear([object]) }
  }

  /// Makes an object's form in a content coding and keeps it with the object.
  /// - Parameters:
  ///   - fields: of the form.
  ///   - body: the object's, in that coding.
  /// - Returns: the form that is kept, which may be another's.
  @discardableResult
  public func keep(
    _ coding: ContentCoding, of object: StoredObject, fields: UnsafeRawBufferPointer, body: StoredBody
  ) -> StoredObject {
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    let form = StoredObject(
      key: nothing, hash: object.hash, selection: nothing, fields: fields, record: object.record.of(form: fields),
      body: body, tags: [], account: memory)
    shard(object.hash).attach(form, coding, to: object)
    makeRoom()
    return object.form(coding) ?? form
  }

  /// Marks an object as stale: it is not reused without asking the origin.
  public func makeStale(_ object: StoredObject) {
    object.invalidateSoftly()
    object.body.file?.forget()
  }

  // MARK: Bytes

  /// Bytes in use.
  public var bytes: Int { memory.bytes }

  /// Evicts until the bytes are within the capacity. What somebody still reads goes on counting when it has left.
  func makeRoom() {
    var idle = 0
    while memory.isOverdrawn, idle < shards.count {
      let turn = cursor.wrappingAdd(1, ordering: .relaxed).newValue
      if let evicted = shards[turn & (shards.count &- 1)].evict() {
        clear([evicted])
        idle = 0
      } else {
        idle &+= 1
      }
    }
  }

  /// Follows up on objects that have left the store.
  func clear(_ objects: [StoredObject]) {
    guard let disk else { return }
    for object in objects { if let file = object.body.file { disk.dropIfUnused(file) } }
  }

  public var statistics: StoreStatistics {
    var statistics = StoreStatistics()
    statistics.capacity = capacity
    statistics.bytes = bytes
    for shard in shards { shard.add(to: &statistics) }
    if let disk {
      statistics.diskCapacity = disk.capacity
      statistics.diskBytes = disk.bytes
      statistics.diskFailures = disk.failureCount
      statistics.evicted += disk.evictionCount
    }
    return statistics
  }
}
