import Bytes
import CacheRules
import HTTPSemantics
import Synchronization

/// A part of the store with a lock of its own. Keys are spread over shards by their hash, so that workers seldom meet.
///
/// Under the lock nothing is freed and nothing waits: what is removed is handed out, and goes when its holder lets go.
// SAFETY: every stored `var` is touched only inside `lock.withLock`; `fetches` is atomic.
final class Shard: @unchecked Sendable {
  private let lock = Lock(())
  private var table = ObjectTable()
  private var queues = EvictionQueues()
  /// Of objects whose bodies lie in files: they weigh little here, and are dear to lose.
  private var filed = EvictionQueues()
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

  /// Responses with a tag, so many at most.
  func tagged(_ tag: UInt64, most: Int) -> [StoredObject] {
    lock.withLock { _ in
      var list: [StoredObject] = []
      _ = tags.forEach(tag, before: .max, limit: most) { object in
        if !object.isGone { list.append(object) }
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
      link(object)
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
  ///
  /// What lies in files keeps its head in memory. Its turn comes where there is nothing else, or where the heads have
  /// become more than the rest.
  func evict() -> StoredObject? {
    lock.withLock { _ in
      while let object = graves.popLast() {
        guard object.links.queue != .none else { continue }
        unlink(object)
        return object
      }
      let isFiled = filed.bytes > queues.bytes
      guard let object = isFiled ? filed.choose() : queues.choose() ?? filed.choose() else { return nil }
      unlink(object)
      return object
    }
  }

  /// Puts an object in the place of another that is the same, but for where its body lies.
  /// - Returns: false where the other one has left, or is found no more.
  func replace(_ object: StoredObject, with other: StoredObject) -> Bool {
    lock.withLock { _ in
      guard object.links.queue != .none, !object.isGone else { return false }
      other.take(over: object)
      unlink(object)
      link(other)
      return true
    }
  }

  /// Adds an object that is known from an earlier process, unless another one has its place.
  func restore(_ object: StoredObject) -> Bool {
    lock.withLock { _ in
      var next = table.find(object.key, hash: object.hash)
      while let variant = next {
        if variant.selection.isSame(as: object.selection) { return false }
        next = variant.links.nextVariant
      }
      link(object)
      return true
    }
  }

  /// Whether the object still stands in its place and may be found.
  func holds(_ object: StoredObject) -> Bool {
    lock.withLock { _ in object.links.queue != .none && !object.isInvalidated }
  }

  /// Keeps a form of an object with it, whether or not it is still here.
  func attach(_ form: StoredObject, _ coding: ContentCoding, to object: StoredObject) {
    lock.withLock { _ in
      guard object.keep(form, coding) else { return }
      if object.body.file == nil { queues.grow(object, by: form.cost) } else { filed.grow(object, by: form.cost) }
    }
  }

  private func link(_ object: StoredObject) {
    object.links.nextVariant = table.find(object.key, hash: object.hash)
    table.set(object)
    if let file = object.body.file {
      filed.add(object)
      file.hold()
    } else {
      queues.add(object)
    }
    tags.add(object)
  }

  private func unlink(_ object: StoredObject) {
    if let file = object.body.file {
      filed.remove(object)
      file.letGo()
    } else {
      queues.remove(object)
    }
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

  /// Invalidates the objects that a pattern matches, among the next of a walk through all of them.
  ///
  /// They are marked, which is quick, and found no more from then on; `reclaim` takes them out.
  /// - Returns: whether there is more to walk through.
  func invalidate(
    _ mode: InvalidationMode, _ walk: inout ObjectTable.Walk, batch: Int, where matches: (StoredObject) -> Bool,
    report: inout InvalidationReport
  ) -> Bool {
    lock.withLock { _ in
      table.step(&walk, limit: batch) { newest in
        guard matches(newest) else { return }
        markAll(newest, mode, &report)
      }
    }
  }

  /// The same for one key.
  func invalidate(
    _ mode: InvalidationMode, key: UnsafeRawBufferPointer, hash: UInt64, report: inout InvalidationReport
  ) {
    lock.withLock { _ in
      if let newest = table.find(key, hash: hash) { markAll(newest, mode, &report) }
    }
  }

  /// The same for up to `batch` objects with a tag, from the end of their list.
  /// - Parameter end: where the objects that are still to be looked at end; moved on. New objects come in behind it, and
  ///   one that is moved before it has been looked at, so none is missed.
  func invalidate(
    _ mode: InvalidationMode, tag: UInt64, before end: inout Int, batch: Int, report: inout InvalidationReport
  ) {
    lock.withLock { _ in
      end = tags.forEach(tag, before: end, limit: batch) { mark($0, mode, &report) }
    }
  }

  private func markAll(_ newest: StoredObject, _ mode: InvalidationMode, _ report: inout InvalidationReport) {
    var next: StoredObject? = newest
    while let object = next {
      mark(object, mode, &report)
      next = object.links.nextVariant
    }
  }

  private func mark(_ object: StoredObject, _ mode: InvalidationMode, _ report: inout InvalidationReport) {
    guard !object.isGone else { return }
    report.count(object)
    if mode == .dryRun { return }
    counters.invalidated &+= 1
    if mode == .soft {
      object.invalidateSoftly()
    } else {
      object.invalidate()
      graves.append(object)
    }
    if let file = object.body.file { report.files.append(file) }
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
      if let filling = underWay(key, hash: hash, joins: joins) {
        counters.collapsed &+= 1
        return .follow(filling)
      }
      if uncacheable.contains(hash, now: now) { return .alone }
      return .lead(add(make()))
    }
  }

  /// The fetch that a newcomer could follow.
  func filling(
    _ key: UnsafeRawBufferPointer, hash: UInt64, joins: (UnsafeRawBufferPointer) -> Bool
  ) -> Filling? {
    lock.withLock { _ in underWay(key, hash: hash, joins: joins) }
  }

  private func underWay(
    _ key: UnsafeRawBufferPointer, hash: UInt64, joins: (UnsafeRawBufferPointer) -> Bool
  ) -> Filling? {
    fillings[hash]?.first { $0.key.isSame(as: key) && $0.accepts(joins) }
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
      statistics.objects += queues.count + filed.count
      statistics.objectBytes += queues.bytes + filed.bytes
      statistics.smallBytes += queues.small.bytes
      statistics.evicted += queues.evicted + filed.evicted
      statistics.filedObjects += filed.count
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
