import CacheRules
import Synchronization

/// One stored response: what decisions look at, its fields, its body, and its place in the store.
///
/// Everything that a reader sees is immutable. A response that is freshened becomes a new object with the same body.
// SAFETY: `record`, `body`, `tags`, `hash` and the bytes behind `blob` are set before the object is shared and never again;
// `frequency` and `invalidated` are atomic; `links` belongs to the shard that holds the object and is touched under its lock.
public final class StoredObject: @unchecked Sendable {
  public let record: ResponseRecord
  public let body: StoredBody
  /// Of the key, with the store's seed.
  let hash: UInt64
  /// Hashes of the tags that it can be invalidated by, each once.
  let tags: [UInt64]
  /// What it takes of the store's bytes.
  let cost: Int

  /// key | selection | fields
  private let blob: UnsafeMutableRawPointer
  private let keyCount: Int
  private let selectionCount: Int
  private let fieldsCount: Int

  /// Hits since it was last looked at for eviction, up to three.
  let frequency = Atomic<UInt8>(0)
  private let standing = Atomic<UInt8>(Standing.valid.rawValue)
  var links = Links()

  /// What the shard knows of an object that it holds.
  struct Links {
    var queue = EvictionQueues.Name.none
    /// Neighbours in the queue. Not retained: the shard retains what is in its table.
    var newer: Unmanaged<StoredObject>?
    var older: Unmanaged<StoredObject>?
    /// The next response with the same key and another selection.
    var nextVariant: StoredObject?
    /// Where the object stands in the list of each of its tags.
    var tagPlaces: [Int32] = []
  }

  init(
    key: UnsafeRawBufferPointer, hash: UInt64, selection: UnsafeRawBufferPointer, fields: UnsafeRawBufferPointer,
    record: ResponseRecord, body: StoredBody, tags: [UInt64]
  ) {
    self.record = record
    self.body = body
    self.hash = hash
    self.tags = tags
    keyCount = key.count
    selectionCount = selection.count
    fieldsCount = fields.count
    let count = key.count &+ selection.count &+ fields.count
    blob = .allocate(byteCount: max(count, 1), alignment: 8)
    var end = blob
    for part in [key, selection, fields] {
      guard let source = part.baseAddress else { continue }
      end.copyMemory(from: source, byteCount: part.count)
      end += part.count
    }
    cost = Self.overhead + count + tags.count * Self.overheadOfTag + body.cost
  }

  deinit { blob.deallocate() }

  public var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: blob, count: keyCount) }
  /// See `Vary`; empty where the response does not vary.
  public var selection: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: blob + keyCount, count: selectionCount) }
  /// A field block: the lines as they are sent, without `Age` and without what frames the body. Valid while the object is
  /// held.
  public var fields: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: blob + keyCount + selectionCount, count: fieldsCount)
  }

  /// What invalidations have made of it; only ever worse.
  private enum Standing: UInt8 { case valid, stale, gone }

  /// Whether a soft invalidation has hit it.
  public var isInvalidated: Bool { standing.load(ordering: .acquiring) != Standing.valid.rawValue }
  /// Whether a hard one has: it is found no more, and waits to be taken out.
  @inline(__always) var isGone: Bool { standing.load(ordering: .acquiring) == Standing.gone.rawValue }

  func invalidateSoftly() {
    _ = standing.compareExchange(
      expected: Standing.valid.rawValue, desired: Standing.stale.rawValue, ordering: .releasing)
  }
  func invalidate() { standing.store(Standing.gone.rawValue, ordering: .releasing) }

  /// Counts a hit for eviction.
  @inline(__always) func touch() {
    let count = frequency.load(ordering: .relaxed)
    // Two hits at once may count as one: the number is a hint.
    if count < 3 { frequency.store(count &+ 1, ordering: .relaxed) }
  }

  /// What an object costs beside its bytes: the instance and its two or three allocations, a slot of the table at its
  /// emptiest, a fingerprint of the ghosts.
  static let overhead = 448
  /// A hash and a place here, a reference there, and a share of the index.
  static let overheadOfTag = 64
}
