/// A run of a body's bytes in one allocation, shared by whoever reads it: filled from the front by one producer, never
/// changed where it is filled, freed when its last reader lets go; until then it counts.
// SAFETY: the one producer of a body writes behind what it has published; how far it has come is published under the lock
// of the `Filling`, or by storing the finished body, so a reader's bytes were written before it heard of them. `account` is
// set by the producer, too, at the latest when the body becomes an object's.
public final class BodyChunk: @unchecked Sendable {
  let storage: UnsafeMutableRawPointer
  public let capacity: Int
  /// Bytes filled. The producer's; readers go by the ranges that they are given.
  var count = 0
  private var account: MemoryAccount?

  init(capacity: Int, account: MemoryAccount? = nil) {
    self.capacity = capacity
    storage = .allocate(byteCount: max(capacity, 1), alignment: 16)
    if let account { charge(account) }
  }

  deinit {
    storage.deallocate()
    account?.give(cost)
  }

  /// Counts its bytes, unless they are counted already.
  func charge(_ account: MemoryAccount) {
    guard self.account == nil else { return }
    self.account = account
    account.take(cost)
  }

  /// What it takes of the account, in bytes.
  var cost: Int { capacity &+ Self.overhead }

  /// Copies as many of the bytes as there is room for.
  /// - Returns: how many.
  func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    let taken = min(bytes.count, capacity &- count)
    if taken > 0, let source = bytes.baseAddress {
      (storage + count).copyMemory(from: source, byteCount: taken)
      count &+= taken
    }
    return taken
  }

  /// The bytes of a range that was handed out with this chunk. Valid while the chunk is held.
  public subscript(range: Range<Int>) -> UnsafeRawBufferPointer {
    assert(range.lowerBound >= 0 && range.upperBound <= capacity)
    return UnsafeRawBufferPointer(start: storage + range.lowerBound, count: range.count)
  }

  /// What an instance costs beside its bytes: its own allocation, and what the allocator adds to both.
  static let overhead = 96
}
