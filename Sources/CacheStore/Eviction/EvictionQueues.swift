/// Which object goes when room is needed: S3-FIFO. New objects enter a small queue, a tenth of the bytes; whoever is hit
/// there goes on to the main queue, the others leave and their fingerprints are kept among the ghosts; a ghost that comes
/// back enters the main queue at once. In the main queue a hit earns another round.
///
///     new ──▶ small ──hit──▶ main ──hit──▶ main again
///               └──no hit──▶ ghost ──asked for again──▶ main
///
/// One pass over distinct objects therefore goes through a tenth of the store and leaves the rest alone, and a hit moves
/// nothing: it counts to three. Guarded by the shard.
struct EvictionQueues {
  enum Name: UInt8 { case none, small, main }

  /// A list of objects from new to old, linked through the objects.
  struct Queue {
    var newest: Unmanaged<StoredObject>?
    var oldest: Unmanaged<StoredObject>?
    var bytes = 0
    var count = 0
  }

  private(set) var small = Queue()
  private(set) var main = Queue()
  private(set) var ghosts = GhostSet()
  /// Objects that left by eviction.
  private(set) var evicted = 0

  /// Small holds up to one part in this many of the bytes.
  static let smallPart = 10
  /// Hits in the small queue that are worth a place in the main one.
  static let promotion: UInt8 = 1
  /// After so many second chances the next one goes regardless: a shard is not searched through under its lock.
  static let mostChances = 64

  var bytes: Int { small.bytes &+ main.bytes }
  var count: Int { small.count &+ main.count }

  mutating func add(_ object: StoredObject) {
    ghosts.fit(count)
    push(object, ghosts.remove(object.fingerprint) ? .main : .small)
  }

  mutating func remove(_ object: StoredObject) {
    switch object.links.queue {
    case .none: return
    case .small: Self.unlink(object, from: &small)
    case .main: Self.unlink(object, from: &main)
    }
    object.links.queue = .none
  }

  /// The object that has to go; nil where there is none. It stays linked.
  mutating func choose() -> StoredObject? {
    var chances = 0
    while true {
      let takesSmall = small.bytes &* Self.smallPart > bytes || main.oldest == nil
      guard let oldest = (takesSmall ? small.oldest : main.oldest) ?? small.oldest else { return nil }
      let object = oldest.takeUnretainedValue()
      let hits = object.frequency.load(ordering: .relaxed)
      if chances >= Self.mostChances {
        evicted &+= 1
        return object
      }
      if object.links.queue == .small {
        guard hits >= Self.promotion else {
          ghosts.insert(object.fingerprint)
          evicted &+= 1
          return object
        }
        remove(object)
        object.frequency.store(0, ordering: .relaxed)
        push(object, .main)
      } else {
        guard hits > 0 else {
          evicted &+= 1
          return object
        }
        remove(object)
        object.frequency.store(hits &- 1, ordering: .relaxed)
        push(object, .main)
      }
      chances &+= 1
    }
  }

  private mutating func push(_ object: StoredObject, _ name: Name) {
    object.links.queue = name
    if name == .small { Self.link(object, into: &small) } else { Self.link(object, into: &main) }
  }

  /// Something that counts with an object has come to it.
  mutating func grow(_ object: StoredObject, by bytes: Int) {
    object.links.formsCost &+= bytes
    switch object.links.queue {
    case .none: break
    case .small: small.bytes &+= bytes
    case .main: main.bytes &+= bytes
    }
  }

  private static func link(_ object: StoredObject, into queue: inout Queue) {
    let reference = Unmanaged.passUnretained(object)
    object.links.newer = nil
    object.links.older = queue.newest
    queue.newest?._withUnsafeGuaranteedRef { $0.links.newer = reference }
    queue.newest = reference
    if queue.oldest == nil { queue.oldest = reference }
    queue.bytes &+= object.weight
    queue.count &+= 1
  }

  private static func unlink(_ object: StoredObject, from queue: inout Queue) {
    let newer = object.links.newer
    let older = object.links.older
    if let newer { newer._withUnsafeGuaranteedRef { $0.links.older = older } } else { queue.newest = older }
    if let older { older._withUnsafeGuaranteedRef { $0.links.newer = newer } } else { queue.oldest = newer }
    object.links.newer = nil
    object.links.older = nil
    queue.bytes &-= object.weight
    queue.count &-= 1
  }
}

extension StoredObject {
  /// What the ghosts remember it by: key and selection.
  var fingerprint: UInt64 { selection.isEmpty ? hash : KeyHash.of(selection, seed: hash) }
}
