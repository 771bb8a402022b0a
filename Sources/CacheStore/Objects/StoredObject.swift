import CacheRules
import HTTPSemantics
import Synchronization

/// One stored response: what decisions look at, its fields, its body, and its place in the store.
///
/// Everything that a reader sees is immutable. A response that is freshened becomes a new object with the same body.
// SAFETY: what is `let` is set before the object is shared, as are the bytes behind `blob`; `standing`, `frequency`,
// `beginnings` and the two forms are atomic; `links` belongs to the shard that holds the object and is touched under its
// lock, and by whoever has taken the object out.
public final class StoredObject: @unchecked Sendable {
  // In this order, so that a look-up finds what it needs in the first lines of memory.

  /// key | selection | fields | body, if it is small
  private let blob: UnsafeMutableRawPointer
  private let keyCount: Int32
  private let selectionCount: Int32
  private let fieldsCount: Int32
  private let standing = Atomic<UInt8>(Standing.valid.rawValue)
  /// Hits since it was last looked at for eviction, up to three.
  let frequency = Atomic<UInt8>(0)
  /// Which forms somebody has begun to make: see `beginForm`.
  private let beginnings = Atomic<UInt8>(0)
  /// What it takes of the store's bytes without its forms.
  let cost: Int
  public let record: ResponseRecord
  public let body: StoredBody
  private let gzip = AtomicLazyReference<StoredObject>()
  private let brotli = AtomicLazyReference<StoredObject>()
  /// Of the key, with the store's seed.
  let hash: UInt64
  /// Hashes of the tags that it can be invalidated by, each once.
  let tags: [UInt64]
  private let account: MemoryAccount?
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
    /// What its forms take: bytes.
    var formsCost = 0
  }

  init(
    key: UnsafeRawBufferPointer, hash: UInt64, selection: UnsafeRawBufferPointer, fields: UnsafeRawBufferPointer,
    record: ResponseRecord, body: StoredBody, tags: [UInt64], account: MemoryAccount? = nil
  ) {
    self.record = record
    self.hash = hash
    self.tags = tags
    self.account = account
    keyCount = Int32(clamping: key.count)
    selectionCount = Int32(clamping: selection.count)
    fieldsCount = Int32(clamping: fields.count)
    let isBeside = body.count <= StoredBody.besideAtMost && body.file == nil
    let heads = key.count &+ selection.count &+ fields.count
    let count = heads &+ (isBeside ? body.count : 0)
    blob = .allocate(byteCount: max(count, 1), alignment: 8)
    var end = blob
    for part in [key, selection, fields] {
      guard let source = part.baseAddress else { continue }
      end.copyMemory(from: source, byteCount: part.count)
      end += part.count
    }
    if isBeside {
      var at = 0
      while let piece = body.piece(at: at, until: body.count), let source = piece.baseAddress {
        (end + at).copyMemory(from: source, byteCount: piece.count)
        at &+= piece.count
      }
      self.body = StoredBody(beside: UnsafeRawBufferPointer(start: end, count: at))
    } else {
      self.body = body
    }
    ownCost = Self.overhead &+ count &+ tags.count &* Self.overheadOfTag
    cost = ownCost &+ self.body.cost
    if let account {
      account.take(ownCost)
      if case .chunks(let chunks) = self.body.place { for chunk in chunks { chunk.charge(account) } }
    }
  }

  /// `cost` without what is counted with the body.
  private let ownCost: Int

  deinit {
    blob.deallocate()
    account?.give(ownCost)
  }

  @inline(__always) public var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: blob, count: Int(keyCount)) }
  /// See `Vary`; empty where the response does not vary.
  public var selection: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: blob + Int(keyCount), count: Int(selectionCount))
  }
  /// A field block: the lines as they are sent, without `Age` and without what frames the body. Valid while the object is
  /// held.
  public var fields: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: blob + Int(keyCount) + Int(selectionCount), count: Int(fieldsCount))
  }

  // MARK: Standing

  /// What invalidations have made of it; only ever worse.
  private enum Standing: UInt8 { case valid, stale, gone }

  /// Whether a soft invalidation has hit it.
  public var isInvalidated: Bool { standing.load(ordering: .acquiring) != Standing.valid.rawValue }
  /// Whether a hard one has: it is found no more, and waits to be taken out.
  @inline(__always) public var isGone: Bool { standing.load(ordering: .acquiring) == Standing.gone.rawValue }

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

  // MARK: Forms

  /// The same response with its body in a content coding, if it has been made: an object that is in no table and lives as
  /// long as this one.
  @inline(__always) public func form(_ coding: ContentCoding) -> StoredObject? {
    switch coding {
    case .gzip: gzip.load()
    case .brotli: brotli.load()
    case .deflate: nil
    }
  }

  /// Takes it on to make a form, which each is once: who is told false sends the response as it is.
  public func beginForm(_ coding: ContentCoding) -> Bool {
    let bit: UInt8 = coding == .gzip ? 1 : 2
    return beginnings.bitwiseOr(bit, ordering: .relaxed).oldValue & bit == 0
  }

  /// Gives the task back: it was not done, and may be tried again.
  public func abandonForm(_ coding: ContentCoding) {
    beginnings.bitwiseAnd(coding == .gzip ? ~1 : ~2, ordering: .relaxed)
  }

  /// - Returns: whether it is the first of its coding.
  func keep(_ form: StoredObject, _ coding: ContentCoding) -> Bool {
    switch coding {
    case .gzip: gzip.storeIfNil(form) === form
    case .brotli: brotli.storeIfNil(form) === form
    case .deflate: false
    }
  }

  /// Becomes what another object has been, that it is to stand for: as well known, as stale, with the same forms. Called
  /// before it is shared, under the lock of the other one's shard.
  func take(over other: StoredObject) {
    frequency.store(other.frequency.load(ordering: .relaxed), ordering: .relaxed)
    if other.isInvalidated { invalidateSoftly() }
    for coding in [ContentCoding.gzip, .brotli] {
      guard let form = other.form(coding), keep(form, coding) else { continue }
      _ = beginForm(coding)
      links.formsCost &+= form.cost
    }
  }

  // MARK: Cost

  /// What eviction weighs it by: bytes. Read by its shard.
  var weight: Int { cost &+ links.formsCost }

  /// What an object costs beside its bytes: the instance and its two or three allocations, a slot of the table at its
  /// emptiest, a fingerprint of the ghosts.
  static let overhead = 512
  /// A hash and a place here, a reference there, and a share of the index.
  static let overheadOfTag = 64
}
