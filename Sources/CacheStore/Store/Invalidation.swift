import Bytes
import CacheRules

/// Invalidation: complete when the call returns, for every worker, every variant, and what is being fetched.
///
/// Each call closes the fetches that it may hit to newcomers and is logged, then it goes through the objects; see
/// `InvalidationLog` for why nothing slips through in between. What it hits is marked, and found no more; many objects are
/// taken out later (`reclaim`). Whoever has time says so: `pause` is called after every 512 objects that were looked at, while no
/// lock is held, so that who asks for objects meanwhile gets the processor.
extension CacheStore {
  /// By path, in CloudFront's syntax.
  @discardableResult
  public func invalidate(
    _ patterns: [InvalidationPattern], space: UInt32, _ mode: InvalidationMode = .hard, pause: () -> Void = {}
  ) -> InvalidationReport {
    var report = InvalidationReport()
    let prefixes = patterns.filter(\.isPrefix)
    if mode != .dryRun {
      // What is logged has to be looked through for each response that is stored, so a pattern that no fetch has to do with
      // is not: every POST brings one. A fetch that begins behind this line asks the origin behind it, too.
      for pattern in patterns {
        let isFetched = shutFillings { filling in
          CacheKey.space(of: filling.key) == space && pattern.matches(CacheKey.target(of: filling.key))
        }
        if isFetched { log.append(.pattern(space: space, pattern), isSoft: mode == .soft) }
      }
    }
    for pattern in patterns where !pattern.isPrefix {
      let key = ByteBuffer(capacity: pattern.path.count + 16)
      pattern.path.withUnsafeBytes { target in
        CacheKey.write(space: space, target: target, into: key)
        let hash = hash(key.readable)
        shard(hash).invalidate(mode, key: key.readable, hash: hash, report: &report)
        sweep(self.hash(target: target, space: space), mode, &report, pause)
      }
    }
    if !prefixes.isEmpty {
      scan(mode, &report, pause) { object in
        CacheKey.space(of: object.key) == space
          && prefixes.contains { $0.matches(CacheKey.target(of: object.key)) }
      }
    }
    return finish(report, mode)
  }

  /// By tag: `Cache-Tag`, `Surrogate-Key`, `Cache-Groups`.
  @discardableResult
  public func invalidate(
    tag: UnsafeRawBufferPointer, space: UInt32, _ mode: InvalidationMode = .hard, pause: () -> Void = {}
  ) -> InvalidationReport {
    var report = InvalidationReport()
    let hash = hash(tag: tag, space: space)
    if mode != .dryRun {
      log.append(.tag(hash), isSoft: mode == .soft)
      // Which tags a response has is not known before its head comes, so whoever comes from now on fetches anew.
      shutFillings { CacheKey.space(of: $0.key) == space && $0.mayHave(tag: hash) }
    }
    sweep(hash, mode, &report, pause)
    return finish(report, mode)
  }

  /// Everything, in one space or in all.
  @discardableResult
  public func invalidateEverything(
    space: UInt32? = nil, _ mode: InvalidationMode = .hard, pause: () -> Void = {}
  ) -> InvalidationReport {
    invalidate(.everything(space: space), mode, pause) { space == nil || $0 == space }
  }

  /// Everything but what is in these spaces.
  @discardableResult
  public func invalidateEverything(outside spaces: Set<UInt32>, pause: () -> Void = {}) -> InvalidationReport {
    invalidate(.everythingOutside(spaces), .hard, pause) { !spaces.contains($0) }
  }

  private func invalidate(
    _ scope: InvalidationLog.Scope, _ mode: InvalidationMode, _ pause: () -> Void, where isHit: (UInt32) -> Bool
  ) -> InvalidationReport {
    var report = InvalidationReport()
    if mode != .dryRun {
      log.append(scope, isSoft: mode == .soft)
      shutFillings { isHit(CacheKey.space(of: $0.key)) }
    }
    scan(mode, &report, pause) { isHit(CacheKey.space(of: $0.key)) }
    return finish(report, mode)
  }

  /// Takes out and frees what invalidations have hit, so many at most; what is left goes when room is needed. Returns
  /// whether there may be more.
  @discardableResult
  public func reclaim(_ most: Int = .max) -> Bool {
    var left = most
    for shard in allShards {
      while left > 0 {
        let removed = shard.reclaim(min(left, Self.batch))
        if removed.isEmpty { break }
        clear(removed)
        left -= removed.count
      }
    }
    return left <= 0
  }

  /// Few are taken out at once. Many would keep the caller waiting, for memory that is not needed yet.
  private func finish(_ report: InvalidationReport, _ mode: InvalidationMode) -> InvalidationReport {
    // Before the call returns: a restart must not bring back what it has hit.
    for file in report.files { file.forget() }
    if mode == .hard, report.objects <= 4096 { reclaim() }
    return report
  }

  /// So many objects are invalidated under one hold of a lock.
  private static let batch = 256

  private func sweep(
    _ tag: UInt64, _ mode: InvalidationMode, _ report: inout InvalidationReport, _ pause: () -> Void
  ) {
    var work = 0
    for shard in allShards {
      var end = Int.max
      repeat {
        let hit = report.objects
        shard.invalidate(mode, tag: tag, before: &end, batch: Self.batch, report: &report)
        rest(report.objects - hit, &work, pause)
      } while end > 0
    }
  }

  private func scan(
    _ mode: InvalidationMode, _ report: inout InvalidationReport, _ pause: () -> Void,
    where matches: (StoredObject) -> Bool
  ) {
    var work = 0
    for shard in allShards {
      var walk = ObjectTable.Walk()
      while shard.invalidate(mode, &walk, batch: Self.batch, where: matches, report: &report) {
        rest(Self.batch, &work, pause)
      }
    }
  }

  private func rest(_ done: Int, _ work: inout Int, _ pause: () -> Void) {
    work += done
    guard work >= 2 * Self.batch else { return }
    work = 0
    pause()
  }

  /// - Returns: whether there are any.
  @discardableResult
  private func shutFillings(where isHit: (Filling) -> Bool) -> Bool {
    var isAny = false
    for shard in allShards where shard.fetches.load(ordering: .acquiring) > 0 {
      if shard.shutFillings(where: isHit) > 0 { isAny = true }
    }
    return isAny
  }
}
