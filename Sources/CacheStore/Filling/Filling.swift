import Bytes
import CacheRules

/// A response that is being fetched, on behalf of everybody who asks for it meanwhile.
///
///     awaiting head ──begin──▶ streaming ──finish──▶ finished, and stored
///        │   │   │                 └──────fail─────▶ failed
///        │   │   └──answer──▶ answered: a stored response was confirmed, or is there already
///        │   └──decline──▶ declined: it cannot be stored, so everybody else fetches for himself
///        └──fail──▶ failed
///
/// One producer writes: it reads from the origin whatever its readers do, so that none of them holds up the others, and one
/// who leaves ends nothing. Readers follow on any worker, each at its own pace (`FillingReader`). Whoever finds nothing new
/// leaves a `FillingWaiter`.
///
/// A body that turns out too large to be stored goes on to those who read it already, and to nobody else: what all of them
/// have read is freed, and the producer waits where it is `window` bytes ahead of the slowest.
// SAFETY: what changes is behind the lock; the bytes behind `keyBase` are written once, before anyone else has the object.
public final class Filling: @unchecked Sendable {
  let hash: UInt64
  /// The number of the last invalidation when it began.
  public let epoch: UInt64
  private let store: CacheStore
  private let keyBase: UnsafeMutableRawPointer
  private let keyCount: Int
  let state = Lock(State())

  /// How far the producer may be ahead of the slowest reader of a body that is not stored: bytes.
  public static let window = 1024 * 1024
  static let firstChunkSize = 8 * 1024
  static let chunkSize = 64 * 1024
  static let largestChunk = 256 * 1024

  enum Phase {
    case awaitingHead, streaming, finished
    case answered(StoredObject)
    case declined, failed
  }

  struct State {
    var phase = Phase.awaitingHead
    var head: FillingHead?
    /// From chunk number `firstChunk` on; those before it have been freed.
    var chunks: [BodyChunk] = []
    var firstChunk = 0
    /// Bytes that have come.
    var count = 0
    /// Whether it will be stored when it is whole.
    var isStored = true
    /// Whether newcomers may follow.
    var isOpen = true
    var waiters: [any FillingWaiter] = []
    /// The producer, where it waits for the slowest reader.
    var producer: (any FillingWaiter)?
    /// Where each reader is: the number of its chunk, and its position in the body.
    var readers: [ObjectIdentifier: ReadingPlace] = [:]
  }

  struct ReadingPlace {
    var chunk = 0
    var position = 0
  }

  init(key: UnsafeRawBufferPointer, hash: UInt64, epoch: UInt64, store: CacheStore) {
    self.hash = hash
    self.epoch = epoch
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
      case .awaitingHead, .streaming: (state.isOpen && state.isStored, state.head)
      case .finished, .answered, .declined, .failed: (false, nil)
      }
    }
    guard isOpen else { return false }
    return head?.selection.withUnsafeBytes(selects) ?? true
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
    guard length ?? 0 <= store.largestObject else {
      decline(now: now)
      return false
    }
    let head = FillingHead(
      record: record, selection: Array(selection), fields: Array(fields), length: length,
      tags: store.tags(of: fields, key: key))
    wake { state in
      state.phase = .streaming
      state.head = head
    }
    return true
  }

  public enum Progress: Sendable {
    case goOn
    /// Too far ahead of the slowest reader: call `waitForReaders`.
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
    var waiters: [any FillingWaiter] = []
    state.withLock { state in
      if state.isStored, state.count &+ bytes.count > store.largestObject {
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
      if !state.isStored {
        Self.freeRead(&state)
        if state.readers.isEmpty { progress = .abandon } else if Self.isAhead(state) { progress = .wait }
      }
      swap(&waiters, &state.waiters)
    }
    if isTooLarge { shut() }
    if hasGrown { store.makeRoom() }
    for waiter in waiters { waiter.wake() }
    return progress
  }

  /// Leaves word to be woken when the slowest reader has come nearer.
  /// - Returns: false where that has happened already.
  public func waitForReaders(_ waiter: any FillingWaiter) -> Bool {
    state.withLock { state in
      guard Self.isAhead(state) else { return false }
      state.producer = waiter
      return true
    }
  }

  /// The body is whole: it is stored, unless it has been invalidated since it began or is too large.
  /// - Returns: the object, stored or not; nil where the body is too large to have been kept.
  @discardableResult
  public func finish() -> (object: StoredObject, isStored: Bool)? {
    let (head, chunks, isStored) = state.withLock { ($0.head, $0.chunks, $0.isStored) }
    var result: (object: StoredObject, isStored: Bool)?
    if isStored, let head {
      let object = head.selection.withUnsafeBytes { selection in
        head.fields.withUnsafeBytes { fields in
          StoredObject(
            key: key, hash: hash, selection: selection, fields: fields, record: head.record,
            body: StoredBody(chunks: Self.trimmed(chunks)), tags: head.tags, account: store.memory)
        }
      }
      result = (object, store.insert(object, epoch: epoch))
    }
    // Stored first, so that a newcomer finds the one or the other.
    store.close(self)
    wake { $0.phase = .finished }
    return result
  }

  /// The response cannot be stored. Those who wait fetch for themselves, all at once; and for a while nobody waits for this
  /// key.
  public func decline(now: Int64) {
    store.rememberUncacheable(self, now: now)
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
  }

  /// Whether anybody reads it.
  public var hasReaders: Bool { state.withLock { !$0.readers.isEmpty } }

  private func wake(_ change: (inout State) -> Void) {
    var waiters: [any FillingWaiter] = []
    state.withLock { state in
      change(&state)
      swap(&waiters, &state.waiters)
    }
    for waiter in waiters { waiter.wake() }
  }

  // MARK: Chunks

  private static func capacity(of state: State, atLeast count: Int) -> Int {
    if let length = state.head?.length, length > state.count { return min(length &- state.count, largestChunk) }
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
    guard !state.isStored, let slowest = state.readers.values.map(\.position).min() else { return false }
    return state.count &- slowest > window
  }

  /// Lets go of the chunks that every reader has behind it.
  static func freeRead(_ state: inout State) {
    let needed = state.readers.values.map(\.chunk).min() ?? state.firstChunk &+ state.chunks.count
    while state.firstChunk < needed, state.chunks.count > 1 {
      state.chunks.removeFirst()
      state.firstChunk &+= 1
    }
  }
}
