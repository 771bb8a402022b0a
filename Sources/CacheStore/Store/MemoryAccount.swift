import Synchronization

/// The bytes that a store is answerable for, counted where they are allocated and where they are freed: objects, bodies and
/// fetches, also those that have left the store and that somebody still reads.
final class MemoryAccount: Sendable {
  private let most: Atomic<Int>
  private let used = Atomic<Int>(0)

  init(capacity: Int) { most = Atomic(capacity) }

  /// Bytes.
  var capacity: Int {
    get { most.load(ordering: .relaxed) }
    set { most.store(newValue, ordering: .relaxed) }
  }

  var bytes: Int { used.load(ordering: .relaxed) }
  var isOverdrawn: Bool { bytes > capacity }

  func take(_ bytes: Int) { used.add(bytes, ordering: .relaxed) }
  func give(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}
