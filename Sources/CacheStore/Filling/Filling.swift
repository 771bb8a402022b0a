import Bytes
import CacheRules

/// A response that is being fetched, on behalf of everybody who asks for it meanwhile.
///
///     awaiting head ──begin──▶ streaming ──finish──▶ (filing, where it goes to disk ──▶) finished, and stored
///        │   │   │                 └──────fail─────▶ failed
///        │   │   └──answer──▶ answered: a stored response was confirmed, or is there already
///        │   └──decline──▶ declined: it cannot be stored, so everybody else fetches for himself (or looks for another
///        │                 fetch, where this one stands aside)
///        └──fail──▶ failed
///
/// One producer writes: it reads from the origin whatever its readers do, so that none of them holds up the others, and one
/// who leaves ends nothing. Readers follow on any worker, each at its own pace (`FillingReader`). Whoever finds nothing new
/// leaves a `FillingWaiter`.
///
/// A large body goes to disk as it comes (`Filing`): what has been written is freed, who has not read it yet reads it from the
/// file, and the producer waits where it is `diskWindow` bytes ahead of the disk.
///
/// A body that turns out too large to be stored goes on to those who read it already, and to nobody else: what all of them
/// have read is freed, and the producer waits where it is `window` bytes ahead of the slowest.
// SAFETY: what changes is behind the lock; the bytes behind `keyBase` are written once, before anyone else has the object.
public final class Filling: @unchecked Sendable {
  let hash: UInt64
  /// The number of the last invalidation when it began.
  public let epoch: UInt64
  let store: CacheStore
  private let keyBase: UnsafeMutableRawPointer
  private let keyCount: Int
  /// The selection that the answer will have, where that is known before it comes.
  private let expected: [UInt8]?
  let state = Lock(State())

  /// How far the producer may be ahead of the slowest reader of a body that is not stored: bytes.
  public static let window = 1024 * 1024
  static let firstChunkSize = 8 * 1024
  static let chunkSize = 64 * 1024
  static let largestChunk = 256 * 1024

  enum Phase {
    case awaitingHead, streaming
    /// All of it has come, and is not all on disk yet.
    case filing
    case finished
    case answered(StoredObject)
    case declined, failed
  }

  struct State {
    var phase = Phase.awaitingHead
    var head: FillingHead?
    /// From chunk number `firstChunk` on; those before it have been freed.
    var chunks: [BodyChunk] = []
    var firstChunk = 0
    /// Where the first of them begins in the body. What is before it lies in the file, or has been read by all.
    var firstPosition = 0
    /// A body of more bytes than this goes to disk as it comes.
    var filedFrom = Int.max
    /// Nil: it is gathered in memory.
    var filing: Filing?
    /// Bytes that have come.
    var count = 0
    /// Whether it will be stored when it is whole.
    var isStored = true
    /// Whether newcomers may follow.
    var isOpen = true
    var waiters: [any FillingWaiter] = []
    /// The producer, where it waits for the disk or for the slowest reader.
    var producer: (any FillingWaiter)?
    /// Where each reader is: the number of its chunk, and its position in the body.
    var readers: [ObjectIdentifier: ReadingPlace] = [:]
  }

  struct ReadingPlace {
    var chunk = 0
    var position = 0
  }

  init(key: UnsafeRawBufferPointer, hash: UInt64, epoch: UInt64, expected: [UInt8]? = nil, store: CacheStore) {
    self.hash = hash
    self.epoch = epoch
    self.expected = expected
    self.store = store
    keyCount = key.count
    keyBase = .allocate(byteCount: max(key.count, 1), alignment: 8)
    if let source = key.baseAddress { keyBase.copyMemory(from: source, byteCount: key.count) }
  }

  deinit { keyBase.deallocate() }

  public var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: keyBase, count: keyCount) }

  // MARK: Who may join

  /// Whether a newcomer may follow. Called under the shard's lock.
  /// - Parameter selects: whether the newcomer's request matches a selection.
  func accepts(_ selects: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    let (isOpen, head) = state.withLock { state in
      switch state.phase {
      case .awaitingHead, .streaming, .filing: (state.isOpen && state.isStored, state.head)
      case .finished, .answered, .declined, .failed: (false, nil)
      }
    }
    guard isOpen else { return false }
    return (head?.selection ?? expected)?.withUnsafeBytes(selects) ?? true
  }

  /// Lets nobody follow any more.
  func shut() { state.withLock { $0.isOpen = false } }

  /// Whether the response has a tag, as far as is known.
  func mayHave(tag: UInt64) -> Bool { state.withLock { $0.head.map { $0.tags.contains(tag) } ?? true } }

  // MARK: The producer

  /// The head has come, and the response will be stored.
  /// - Parameters:
  ///   - length: of the body in bytes, where it is known.
  /// - Returns: false where the body is too large for that: then it is declined.
  public func begin(
    record: ResponseRecord, selection: UnsafeRawBufferPointer, fields: UnsafeRawBufferPointer, length: Int?, now: Int64
  ) -> Bool {
    let filedFrom = filedFrom(record)
    let isFiled = length ?? 0 > filedFrom
    guard length ?? 0 <= (isFiled ? store.largestBody : store.largestObject) else {
      decline(now: now)
      return false
    }
    let head = FillingHead(
      record: record, selection: Array(selection), fields: Array(fields), length: length,
      tags: store.tags(of: fields, key: key))
    wake { state in
      state.phase = .streaming
      state.head = head
      state.filedFrom = filedFrom
      if isFiled { state.filing = Filing() }
    }
    return true
  }

  public enum Progress: Sendable {
    case goOn
    /// Too far ahead of the disk, or of the slowest reader: call `waitForRoom`.
    case wait
    /// Nobody reads any more, and it is not to be stored.
    case abandon
  }

  /// The next bytes of the body.
  public func append(_ bytes: UnsafeRawBufferPointer) -> Progress {
    var rest = bytes
    var isTooLarge = false
    var hasGrown = false
    var progress = Progress.goOn
    var full: [BodyChunk] = []
    var waiters: [any FillingWaiter] = []
    state.withLock { state in
      let total = state.count &+ bytes.count
      if state.isStored, state.filing == nil, total > state.filedFrom { state.filing = Filing() }
      if state.isStored, total > (state.filing == nil ? store.largestObject : store.largestBody) {
        state.isStored = false
        isTooLarge = true
      }
      while !rest.isEmpty {
        if state.chunks.last.map({ $0.count == $0.capacity }) ?? true {
          state.chunks.append(
            BodyChunk(capacity: Self.capacity(of: state, atLeast: rest.count), account: store.memory))
          hasGrown = true
        }
        guard let taken = state.chunks.last?.append(rest) else { break }
        state.count &+= taken
        rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
      }
      if state.isStored {
        full = state.handOver()
      } else {
        Self.freeRead(&state)
        if state.readers.isEmpty { progress = .abandon }
      }
      if case .goOn = progress, Self.isAhead(state) { progress = .wait }
      swap(&waiters, &state.waiters)
    }
    if isTooLarge { stopStoring() }
    file(full)
    if hasGrown { store.makeRoom() }
    for waiter in waiters { waiter.wake() }
    return progress
  }

  /// Leaves word to be woken when there is room for more.
  /// - Returns: false where there is already.
  public func waitForRoom(_ waiter: any FillingWaiter) -> Bool {
    state.withLock { state in
      guard Self.isAhead(state) else { return false }
      state.producer = waiter
      return true
    }
  }

  /// How a whole body is kept.
  public enum Ending {
    /// In memory: stored, unless it has been invalidated since it began.
    case object(StoredObject, isStored: Bool)
    /// On disk: it is stored when the rest has been written, and can be followed until then.
    case filing
    /// Not at all: it is too large, or could not be written.
    case notKept
  }

  /// The body is whole.
  @discardableResult
  public func finish() -> Ending {
    if finishOnDisk() { return .filing }
    let (head, chunks, isStored) = state.withLock { ($0.head, $0.chunks, $0.isStored) }
    var result = Ending.notKept
    if isStored, let head {
      let object = object(head, StoredBody(chunks: Self.trimmed(chunks)))
      result = .object(object, isStored: store.insert(object, epoch: epoch))
    }
    // Stored first, so that a newcomer finds the one or the other.
    store.close(self)
    wake { $0.phase = .finished }
    return result
  }

  func object(_ head: FillingHead, _ body: StoredBody) -> StoredObject {
    head.selection.withUnsafeBytes { selection in
      head.fields.withUnsafeBytes { fields in
        StoredObject(
          key: key, hash: hash, selection: selection, fields: fields, record: head.record, body: body, tags: head.tags,
          account: store.memory)
      }
    }
  }

  /// The response cannot be stored. Those who wait fetch for themselves, all at once; and for a while nobody waits for this
  /// key.
  public func decline(now: Int64) {
    store.rememberUncacheable(self, now: now)
    store.close(self)
    wake { $0.phase = .declined }
    removeFile()
  }

  /// It is asked for elsewhere, and by another fetch: those who wait look for that one.
  public func standAside() {
    store.close(self)
    wake { $0.phase = .declined }
  }

  /// There is nothing to fetch: this is the answer. A stored response that a 304 has confirmed.
  public func answer(_ object: StoredObject) {
    store.close(self)
    wake { $0.phase = .answered(object) }
  }

  /// The origin gave no answer, or not all of it. Nothing is stored.
  public func fail() {
    store.close(self)
    wake { $0.phase = .failed }
    removeFile()
  }

  /// Whether anybody reads it.
  public var hasReaders: Bool { state.withLock { !$0.readers.isEmpty } }

  func wake(_ change: (inout State) -> Void) {
    var waiters: [any FillingWaiter] = []
    state.withLock { state in
      change(&state)
      swap(&waiters, &state.waiters)
    }
    for waiter in waiters { waiter.wake() }
  }

  // MARK: Chunks

  private static func capacity(of state: State, atLeast count: Int) -> Int {
    // On disk sums are made over blocks: chunks that end where these do need not be copied for it.
    let most = state.filing == nil ? largestChunk : BodySum.block &- state.count % BodySum.block
    if let length = state.head?.length, length > state.count { return min(length &- state.count, most) }
    if state.filing != nil { return most }
    return max(state.count == 0 ? firstChunkSize : chunkSize, min(count, largestChunk))
  }

  /// A last chunk that is mostly empty is copied into one that fits; what is copied beside its object is left as it is.
  private static func trimmed(_ chunks: [BodyChunk]) -> [BodyChunk] {
    guard let last = chunks.last, last.count < last.capacity &- last.capacity / 8,
      chunks.count > 1 || last.count > StoredBody.besideAtMost
    else { return chunks }
    var chunks = chunks
    chunks.removeLast()
    if last.count > 0 {
      let copy = BodyChunk(capacity: last.count)
      _ = copy.append(last[0..<last.count])
      chunks.append(copy)
    }
    return chunks
  }

  private static func isAhead(_ state: State) -> Bool {
    if state.isStored { return state.filing.map { $0.waiting > diskWindow } ?? false }
    guard let slowest = state.readers.values.map(\.position).min() else { return false }
    return state.count &- slowest > window
  }

  /// Lets go of the chunks that every reader has behind it.
  static func freeRead(_ state: inout State) {
    let needed = state.readers.values.map(\.chunk).min() ?? state.firstChunk &+ state.chunks.count
    while state.firstChunk < needed, state.chunks.count > 1 { state.freeFirst() }
  }
}
