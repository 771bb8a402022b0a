import Bytes
import CacheRules
import Synchronization

/// A part of the store with a lock of its own. Keys are spread over shards by their hash, so that workers seldom meet.
///
/// Under the lock nothing is freed and nothing waits: what is removed is handed out, and goes when its holder lets go.
// SAFETY: every stored `var` is touched only inside `lock.withLock`; `fetches` is atomic.
final class Shard: @unchecked Sendable {
  private let lock = Lock(())
  private var table = ObjectTable()
  private var queues = EvictionQueues()
  private var tags = TagIndex()
  private var fillings: [UInt64: [Filling]] = [:]
  private var uncacheable = UncacheableMemory()
  private var counters = ShardCounters()
  /// What invalidations have hit and nobody has taken out yet.
  private var graves: [StoredObject] = []

  /// How many fetches there are, for whoever has nothing to do where there are none.
  let fetches = Atomic<Int>(0)

  /// So many responses to one key are kept apart by `Vary`; the oldest gives way.
  static let mostVariants = 64

  deinit { table.deallocate() }

  // MARK: Look-up

  /// The first response with this key that `matches`. The hot path.
  @inline(__always)
  func find(
    _ key: UnsafeRawBufferPointer, hash: UInt64, where matches: (StoredObject) -> Bool
  ) -> Finding {
    lock.withLock { _ in
      let finding = look(key, hash: hash, where: matches)
      if case .found = finding { counters.found &+= 1 } else { counters.missed &+= 1 }
      return finding
    }
  }

  @inline(__always)
  private func look(
    _ key: UnsafeRawBufferPointer, hash: UInt64, where matches: (StoredObject) -> Bool
  ) -> Finding {
    guard var object = table.find(key, hash: hash) else { return .absent }
    while true {
      if !object.isGone, matches(object) {
        object.touch()
        return .found(object)
      }
      guard let next = object.links.nextVariant else { return .otherVariants }
      object = next
    }
  }

  func variants(_ key: UnsafeRawBufferPointer, hash: UInt64) -> [StoredObject] {
    lock.withLock { _ in
      var list: [StoredObject] = []
      var next = table.find(key, hash: hash)
      while let object = next {
        if !object.isGone { list.append(object) }
        next = object.links.nextVariant
      }
      return list
    }
  }

  // MARK: Change

  /// Adds a response in the place of the one with its key and selection.
  /// - Parameter verdict: asked under the lock whether an invalidation has hit the response meanwhile.
  /// - Returns: what had to leave for it; nil where the verdict was against it.
  func insert(_ object: StoredObject, verdict: () -> InvalidationLog.Verdict) -> [StoredObject]? {
    lock.withLock { _ in
      switch verdict() {
      case .untouched: break
      case .softly: object.invalidateSoftly()
      case .hard: return nil
      }
      var removed: [StoredObject] = []
      if let present = table.find(object.key, hash: object.hash) {
        var next: StoredObject? = present
        var count = 0
        while let variant = next {
          next = variant.links.nextVariant
          count &+= 1
          if variant.selection.isSame(as: object.selection) || count >= Self.mostVariants {
            unlink(variant)
            removed.append(variant)
          }
        }
      }
      // Each store takes a few of those along that wait to be taken out.
      for _ in 0..<4 {
        guard let grave = graves.popLast() else { break }
        guard grave.links.queue != .none else { continue }
        unlink(grave)
        removed.append(grave)
      }
      object.links.nextVariant = table.find(object.key, hash: object.hash)
      table.set(object)
      queues.add(object)
      tags.add(object)
      uncacheable.remove(object.hash)
      counters.stored &+= 1
      return removed
    }
  }

  /// - Returns: whether the object was still there.
  func remove(_ object: StoredObject) -> Bool {
    lock.withLock { _ in
      guard object.links.queue != .none else { return false }
      unlink(object)
      return true
    }
  }

  /// Removes an object that nobody finds any more, or else the one that eviction chooses; nil where there is none.
  func evict() -> StoredObject? {
    lock.withLock { _ in
      while let object = graves.popLast() {
        guard object.links.queue != .none else { continue }
        unlink(object)
        return object
      }
      guard let object = queues.choose() else { return nil }
      unlink(object)
      return object
    }
  }

  private func unlink(_ object: StoredObject) {
    queues.remove(object)
    tags.remove(object)
    guard let newest = table.find(object.key, hash: object.hash) else { return }
    if newest === object {
      if let next = object.links.nextVariant {
        // Its key's bytes are the same, so it takes the slot over.
        table.set(next)
      } else {
        table.remove(object)
      }
    } else {
      var before = newest
      while let next = before.links.nextVariant {
        if next === object {
          before.links.nextVariant = next.links.nextVariant
          break
        }
        before = next
      }
    }
    object.links.nextVariant = nil
  }

  // MARK: Invalidation

  /// Invalidates the objects that a pattern matches.
  ///
  /// They are marked, which is quick, and found no more from then on; `reclaim` takes them out.
  func invalidate(
    _ mode: InvalidationMode, where matches: (StoredObject) -> Bool, report: inout InvalidationReport
  ) {
    lock.withLock { _ in
      var hit: [StoredObject] = []
      table.forEach { newest in
        guard matches(newest) else { return }
        var next: StoredObject? = newest
        while let object = next {
          hit.append(object)
          next = object.links.nextVariant
        }
      }
      apply(mode, to: hit, report: &report)
    }
  }

  /// The same for one key.
  func invalidate(
    _ mode: InvalidationMode, key: UnsafeRawBufferPointer, hash: UInt64, report: inout InvalidationReport
  ) {
    lock.withLock { _ in
      var hit: [StoredObject] = []
      var next = table.find(key, hash: hash)
      while let object = next {
        hit.append(object)
        next = object.links.nextVariant
      }
      apply(mode, to: hit, report: &report)
    }
  }

  /// The same for up to `batch` objects with a tag, from the end of their list.
  /// - Parameter end: where the objects that are still to be looked at end; moved on. New objects come in behind it, and
  ///   one that is moved before it has been looked at, so none is missed.
  func invalidate(
    _ mode: InvalidationMode, tag: UInt64, before end: inout Int, batch: Int, report: inout InvalidationReport
  ) {
    lock.withLock { _ in
      end = min(end, tags.count(tag))
      let hit = tags.objects(tag, before: end, limit: batch)
      apply(mode, to: hit, report: &report)
      end &-= hit.count
    }
  }

  private func apply(
    _ mode: InvalidationMode, to hit: [StoredObject], report: inout InvalidationReport
  ) {
    for object in hit where !object.isGone {
      report.count(object)
      switch mode {
      case .dryRun: break
      case .soft: object.invalidateSoftly()
      case .hard:
        object.invalidate()
        graves.append(object)
      }
      if mode != .dryRun { counters.invalidated &+= 1 }
    }
  }

  /// Takes out up to `limit` objects that invalidations have hit.
  /// - Returns: those that were still there.
  func reclaim(_ limit: Int) -> [StoredObject] {
    lock.withLock { _ in
      var removed: [StoredObject] = []
      while removed.count < limit, let object = graves.popLast() {
        guard object.links.queue != .none else { continue }
        unlink(object)
        removed.append(object)
      }
      return removed
    }
  }

  // MARK: Fillings

  /// Who fetches what is not stored: the one that asked first, on behalf of all.
  func join(
    _ key: UnsafeRawBufferPointer, hash: UInt64, unlike seen: StoredObject?, now: Int64,
    matches: (StoredObject) -> Bool, joins: (UnsafeRawBufferPointer) -> Bool, make: () -> Filling
  ) -> Joining {
    lock.withLock { _ in
      // It may have been stored since it was looked for.
      if case .found(let object) = look(key, hash: hash, where: matches), object !== seen { return .found(object) }
      for filling in fillings[hash] ?? [] where filling.key.isSame(as: key) && filling.accepts(joins) {
        counters.collapsed &+= 1
        return .follow(filling)
      }
      if uncacheable.contains(hash, now: now) { return .alone }
      return .lead(add(make()))
    }
  }

  /// Takes note of a fetch.
  func begin(_ make: () -> Filling) -> Filling { lock.withLock { _ in add(make()) } }

  private func add(_ filling: Filling) -> Filling {
    fillings[filling.hash, default: []].append(filling)
    fetches.add(1, ordering: .relaxed)
    return filling
  }

  /// Forgets a fetch that has ended.
  func close(_ filling: Filling) {
    lock.withLock { _ in
      guard var list = fillings[filling.hash], let place = list.firstIndex(where: { $0 === filling }) else { return }
      list.remove(at: place)
      fillings[filling.hash] = list.isEmpty ? nil : list
      fetches.subtract(1, ordering: .relaxed)
    }
  }

  func rememberUncacheable(_ hash: UInt64, now: Int64) { lock.withLock { _ in uncacheable.insert(hash, now: now) } }

  /// Lets no one join fetches any more that an invalidation has hit, or may have.
  /// - Returns: how many there are.
  func shutFillings(where isHit: (Filling) -> Bool) -> Int {
    lock.withLock { _ in
      var count = 0
      for list in fillings.values {
        for filling in list where isHit(filling) {
          filling.shut()
          count &+= 1
        }
      }
      return count
    }
  }

  // MARK: Numbers

  func add(to statistics: inout StoreStatistics) {
    lock.withLock { _ in
      statistics.keys += table.count
      statistics.objects += queues.count
      statistics.objectBytes += queues.bytes
      statistics.smallBytes += queues.small.bytes
      statistics.evicted += queues.evicted
      statistics.fillings += fillings.values.reduce(0) { $0 + $1.count }
      statistics.found += counters.found
      statistics.missed += counters.missed
      statistics.stored += counters.stored
      statistics.invalidated += counters.invalidated
      statistics.collapsed += counters.collapsed
    }
  }
}

/// What a look-up found.
public enum Finding: Sendable {
  case found(StoredObject)
  /// Responses with this key, but none that matches.
  case otherVariants
  case absent
}

/// How a request gets what is not stored.
public enum Joining: Sendable {
  /// It has been stored meanwhile.
  case found(StoredObject)
  /// This request fetches it, on behalf of those who follow.
  case lead(Filling)
  /// Another request is fetching it.
  case follow(Filling)
  /// Recent answers could not be stored: everybody fetches for himself.
  case alone
}
