import Testing

@testable import CacheStore

@Suite("Eviction (S3-FIFO): the bound holds, and a scan passes through")
struct EvictionTests {
  @Test("the bytes must never go beyond the bound, whatever the sizes")
  func bound() {
    let store = CacheStore(capacity: 4 << 20, seed: 3)
    var random = Random(seed: 9)
    for index in 0..<20_000 {
      store.put("/\(index)", size: Int(random.next() % 20_000))
      #expect(store.bytes <= store.capacity)
    }
    #expect(store.bytes == store.statistics.objectBytes)
    #expect(store.bytes > store.capacity * 9 / 10)
    #expect(store.statistics.evicted > 1000)
  }

  @Test("a smaller bound must hold at once, and a larger one keep what there is")
  func resize() {
    let store = CacheStore(capacity: 8 << 20, largestObject: 2 << 20, seed: 3)
    for index in 0..<1000 { store.put("/\(index)", size: 7000) }
    let before = store.statistics.objects
    store.resize(capacity: 16 << 20, largestObject: 8 << 20, diskCapacity: 1 << 30, smallestOnDisk: 1 << 20)
    #expect(store.statistics.objects == before && store.statistics.capacity == 16 << 20)
    #expect(store.largestObject == 4 << 20 && store.put("/large", size: 3 << 20))
    store.resize(capacity: 1 << 20, largestObject: 8 << 20, diskCapacity: 1 << 30, smallestOnDisk: 1 << 20)
    #expect(store.bytes <= 1 << 20 && store.statistics.evicted > 800)
    #expect(!store.put("/other", size: 300_000) && store.put("/small", size: 7000))
    #expect(store.bytes <= 1 << 20)
  }

  @Test("objects that are asked for must survive a scan of others that are not")
  func scan() {
    let store = CacheStore(capacity: 4 << 20, seed: 3)
    for index in 0..<100 { store.put("/hot/\(index)", size: 4096) }
    for round in 0..<40 {
      for index in 0..<100 { _ = store.get("/hot/\(index)") }
      for index in 0..<500 { store.put("/scan/\(round)/\(index)", size: 4096) }
    }
    let survivors = (0..<100).count { store.get("/hot/\($0)") != nil }
    #expect(survivors >= 95)
  }

  @Test("an object that comes back soon after it left must be kept longer")
  func ghosts() {
    let store = CacheStore(capacity: 1 << 20, seed: 3)
    store.put("/back", size: 4096)
    for index in 0..<300 { store.put("/first/\(index)", size: 4096) }
    #expect(store.get("/back") == nil)
    store.put("/back", size: 4096)
    for index in 0..<150 { store.put("/second/\(index)", size: 4096) }
    #expect(store.get("/back") != nil)
  }

  @Test("the ghosts must find what was put in, and forget what was taken out")
  func ghostSet() {
    var ghosts = GhostSet()
    ghosts.fit(10_000)
    for value in 1...64 as ClosedRange<UInt64> { ghosts.insert(value &* 0x9E37_79B9_7F4A_7C15) }
    let found = (1...64 as ClosedRange<UInt64>).count { ghosts.remove($0 &* 0x9E37_79B9_7F4A_7C15) }
    #expect(found >= 40)
    let isThere = ghosts.remove(0x9E37_79B9_7F4A_7C15)
    #expect(!isThere)
  }

  /// The share of hits of a run that is skewed as the web is, with a scan now and then.
  private func hitRatio(_ lookup: (Int) -> Bool) -> Double {
    var random = Random(seed: 4)
    var hits = 0
    var asked = 0
    for step in 0..<200_000 {
      if step % 20_000 < 4_000 {
        _ = lookup(1_000_000 + step)
        continue
      }
      asked += 1
      if lookup(random.zipf(20_000)) { hits += 1 }
    }
    return Double(hits) / Double(asked)
  }

  @Test("it must hit more often than least-recently-used does, on skewed requests with scans among them")
  func simulation() {
    let store = CacheStore(capacity: 2 << 20, seed: 3)
    let ours = hitRatio { item in
      if store.get("/\(item)") != nil { return true }
      store.put("/\(item)", size: 512)
      return false
    }
    let room = store.statistics.objects
    var lru: [Int: Int] = [:]
    var order: [(item: Int, at: Int)] = []
    var oldest = 0
    let theirs = hitRatio { item in
      let isHit = lru[item] != nil
      lru[item] = order.count
      order.append((item, order.count))
      while lru.count > room {
        let entry = order[oldest]
        oldest += 1
        if lru[entry.item] == entry.at { lru[entry.item] = nil }
      }
      return isHit
    }
    #expect(ours > theirs + 0.02, "S3-FIFO \(ours), LRU \(theirs), room for \(room)")
  }
}

/// A small generator with a fixed seed.
struct Random {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  /// Up to `count`, the item n about as often as 1/n.
  mutating func zipf(_ count: Int) -> Int {
    let unit = Double(next() >> 11) / Double(1 << 53)
    var value = 1.0
    // e^(unit × ln count), by squaring: no library of functions is needed for it.
    var base = Double(count)
    var part = unit
    while part > 1e-6 {
      part *= 2
      base = base.squareRoot()
      if part >= 1 {
        value *= base
        part -= 1
      }
    }
    return min(count, Int(value)) - 1
  }
}
