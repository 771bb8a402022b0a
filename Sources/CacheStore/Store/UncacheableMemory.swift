/// Keys whose answers could lately not be stored: nobody waits for another's fetch of one. A fixed number, of which a
/// newer one may push out an older. Guarded by the shard.
struct UncacheableMemory {
  private static let size = 64
  private var entries: [(hash: UInt64, until: Int64)] = Array(repeating: (0, 0), count: size)

  /// How long a key is remembered: milliseconds.
  static let span: Int64 = 120_000

  mutating func insert(_ hash: UInt64, now: Int64) { entries[place(hash)] = (hash, now &+ Self.span) }

  mutating func remove(_ hash: UInt64) {
    if entries[place(hash)].hash == hash { entries[place(hash)] = (0, 0) }
  }

  func contains(_ hash: UInt64, now: Int64) -> Bool {
    let entry = entries[place(hash)]
    return entry.hash == hash && entry.until > now
  }

  private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 20) & (Self.size - 1) }
}
