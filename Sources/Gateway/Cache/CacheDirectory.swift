import CacheStore
import Configuration
import Logging

extension DiskTier {
  /// The disk tier of a configuration. One that cannot be had does not keep the gateway from serving: what it would hold stays
  /// in memory.
  static func open(for snapshot: Snapshot, log: Logger) -> DiskTier? {
    guard let directory = snapshot.cacheDirectory else { return nil }
    let settings = DiskSettings(
      directory: directory, capacity: snapshot.limits.cacheDiskSize,
      smallestObject: snapshot.limits.cacheDiskObjectSize, largestObject: snapshot.limits.cacheDiskLargestObjectSize)
    do throws(DiskProblem) {
      return try DiskTier(settings) { $0.tell(log) }
    } catch {
      log.error("nothing is cached on disk", metadata: ["reason": "\(error)"])
      return nil
    }
  }
}

extension DiskEvent {
  fileprivate func tell(_ log: Logger) {
    switch self {
    case .restored(let objects, let bytes, let removed):
      if objects == 0, removed == 0 { return }
      log.info(
        "cached objects found on disk",
        metadata: ["objects": "\(objects)", "bytes": "\(bytes)", "removed": "\(removed)"])
    case .cannotWrite(let reason):
      log.warning("a cached body cannot be written to disk", metadata: ["reason": "\(reason)"])
    case .damaged(let file):
      log.warning("a cached body on disk is not what was stored, and was removed", metadata: ["file": "\(file)"])
    }
  }
}
