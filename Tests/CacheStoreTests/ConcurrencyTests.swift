import CacheRules
import Glibc
import Synchronization
import Testing

@testable import CacheStore

@Suite("Many threads at once", .serialized)
struct ConcurrencyTests {
  /// Waits on its thread.
  private final class Semaphore: FillingWaiter, @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    deinit {
      sem_destroy(semaphore)
      semaphore.deallocate()
    }
    func wake() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
  }

  @Test("of many who ask at once for what is not stored, exactly one must fetch, and all must read the same bytes")
  func coalescing() {
    let store = CacheStore(capacity: 64 << 20, seed: 7)
    let rounds = 30
    let fetches = Atomic<Int>(0)
    let complete = Atomic<Int>(0)
    onThreads(8) { thread in
      for round in 0..<rounds {
        let waiter = Semaphore()
        var reader: FillingReader?
        var count = 0
        switch store.join("/\(round)") {
        case .found(let object): count = object.body.count
        case .alone: Issue.record("nobody declined")
        case .follow(let filling): reader = FillingReader(filling)
        case .lead(let filling):
          fetches.wrappingAdd(1, ordering: .relaxed)
          filling.begin()
          for piece in 0..<50 { filling.append(Array(repeating: UInt8(piece), count: 3000 + thread)) }
          if case .object(let object, _) = filling.finish() { count = object.body.count }
        }
        if let reader {
          reading: while true {
            switch reader.next(orWake: waiter) {
            case .bytes(let bytes): count += bytes.count
            case .file(_, let range): count += range.count
            case .pending: waiter.wait()
            case .end: break reading
            case .failed: Issue.record("nobody failed"); break reading
            }
          }
        }
        if count == store.get("/\(round)")?.body.count { complete.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(fetches.load(ordering: .relaxed) == rounds)
    #expect(complete.load(ordering: .relaxed) == rounds * 8)
  }

  @Test("look-ups, stores, evictions and invalidations at once must leave the accounts right")
  func churn() {
    let store = CacheStore(capacity: 4 << 20, seed: 7)
    onThreads(8) { thread in
      var random = Random(seed: UInt64(thread))
      for step in 0..<4000 {
        let item = random.zipf(2000)
        switch step % 97 {
        case 0: withBytes("t\(item % 7)") { _ = store.invalidate(tag: $0, space: 1, step % 2 == 0 ? .soft : .hard) }
        case 1: if let object = store.get("/\(item)") { store.remove(object) }
        case 2: if thread == 0 { store.invalidateEverything(space: 2) }
        default:
          if let object = store.get("/\(item)") {
            if object.body.count != item * 3 { Issue.record("another object's body") }
          } else {
            store.put("/\(item)", fields: "Cache-Tag: t\(item % 7), u\(item % 3)\r\n", size: item * 3)
          }
        }
      }
    }
    #expect(store.bytes == store.statistics.objectBytes)
    #expect(store.bytes <= store.capacity)
    store.invalidateEverything()
    #expect(store.bytes == 0 && store.statistics.keys == 0)
  }

  @Test("nothing that was fetched before an invalidation may be found after it has returned")
  func invalidation() {
    let store = CacheStore(capacity: 16 << 20, seed: 7)
    let version = Atomic<UInt32>(1)
    let stop = Atomic<Bool>(false)
    onThreads(6) { thread in
      if thread == 0 {
        for round in 2..<400 as Range<UInt32> {
          // The origin has changed; then it is invalidated; from then on nobody may get the old.
          version.store(round, ordering: .sequentiallyConsistent)
          switch round % 3 {
          case 0: withBytes("x") { _ = store.invalidate(tag: $0, space: 1) }
          case 1: store.invalidateEverything()
          default: if let pattern = try? InvalidationPattern("/a") { store.invalidate([pattern], space: 1) }
          }
          if let object = store.get("/a"), Self.version(object) < round {
            Issue.record("an old object after an invalidation")
          }
        }
        stop.store(true, ordering: .relaxed)
      } else {
        while !stop.load(ordering: .relaxed) {
          guard case .lead(let filling) = store.join("/a") else { continue }
          let current = version.load(ordering: .sequentiallyConsistent)
          filling.begin(fields: "Cache-Tag: x\r\n")
          filling.append(withUnsafeBytes(of: current) { Array($0) })
          filling.finish()
        }
      }
    }
  }

  private static func version(_ object: StoredObject) -> UInt32 {
    object.body.onlyPiece?.loadUnaligned(as: UInt32.self) ?? 0
  }
}
