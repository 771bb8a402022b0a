import Bytes
import CacheRules

extension CacheStore {
  /// Who fetches what a look-up did not give: the first to ask, on behalf of those who come while it does.
  /// - Parameters:
  ///   - seen: the stored response that will not do, if there is one: another one that has come since will.
  ///   - expected: the selection that the answer will have, where it is known what answers are chosen by: then only those
  ///     follow who have the same.
  ///   - now: milliseconds since 1970.
  ///   - matches: as for `find`.
  ///   - selects: whether a selection is the request's; both run under a lock.
  public func join(
    _ key: UnsafeRawBufferPointer, hash: UInt64, unlike seen: StoredObject? = nil, expecting expected: [UInt8]? = nil,
    now: Int64, where matches: (StoredObject) -> Bool, selects: (UnsafeRawBufferPointer) -> Bool
  ) -> Joining {
    shard(hash).join(key, hash: hash, unlike: seen, now: now, matches: matches, joins: selects) {
      // Under the lock: an invalidation that is logged later finds this filling, or came before it was asked for.
      Filling(key: key, hash: hash, epoch: log.sequence, expected: expected, store: self)
    }
  }

  /// A fetch that nobody follows: for one whose answer may be for him alone, or that nobody should wait for.
  public func fetchAlone(_ key: UnsafeRawBufferPointer, hash: UInt64) -> Filling {
    shard(hash).begin {
      let filling = Filling(key: key, hash: hash, epoch: log.sequence, store: self)
      filling.shut()
      return filling
    }
  }

  /// The fetch that a newcomer could follow, where there is one.
  /// - Parameter selects: as for `join`.
  public func fetchUnderWay(
    _ key: UnsafeRawBufferPointer, hash: UInt64, selects: (UnsafeRawBufferPointer) -> Bool
  ) -> Filling? {
    shard(hash).filling(key, hash: hash, joins: selects)
  }

  func close(_ filling: Filling) { shard(filling.hash).close(filling) }

  func rememberUncacheable(_ filling: Filling, now: Int64) {
    shard(filling.hash).rememberUncacheable(filling.hash, now: now)
  }
}
