import CacheRules
import Testing

@testable import CacheStore

@Suite("Invalidation: complete when it returns")
struct InvalidationTests {
  private let store = CacheStore(megabytes: 8)

  private func invalidate(_ patterns: String..., mode: InvalidationMode = .hard, space: UInt32 = 1) throws
    -> InvalidationReport
  {
    var parsed: [InvalidationPattern] = []
    for pattern in patterns { parsed.append(try InvalidationPattern(pattern)) }
    return store.invalidate(parsed, space: space, mode)
  }

  @Test("an exact path must take every variant with it, whatever else is in the key, and nothing else")
  func exact() throws {
    store.put("/i.jpg")
    store.put("/i.jpg", selection: "accept:x\n")
    store.put("/i.jpg", parts: "c:a=1\n")
    store.put("/i.jpg", parts: "c:a=2\n")
    store.put("/i.jpg?a=1")
    store.put("/i.jpg", space: 2)
    let report = try invalidate("/i.jpg")
    #expect(report.objects == 4 && report.targets == ["/i.jpg"])
    #expect(store.get("/i.jpg") == nil && store.get("/i.jpg", parts: "c:a=1\n") == nil)
    #expect(store.get("/i.jpg?a=1") != nil && store.get("/i.jpg", space: 2) != nil)
    #expect(store.bytes == store.statistics.objectBytes)
  }

  @Test("a wildcard must take all that begins so")
  func wildcard() throws {
    for target in ["/dir/a", "/dir/b?x=1", "/dirs", "/other"] { store.put(target, parts: "h:x:1\n") }
    #expect(try invalidate("/dir/*").objects == 2)
    #expect(store.get("/dirs", parts: "h:x:1\n") != nil)
    #expect(try invalidate("/*").objects == 2)
    #expect(store.statistics.objects == 0)
  }

  @Test("whoever invalidates many objects must be told when to pause, with no lock held")
  func pauses() {
    for index in 0..<4000 { store.put("/\(index)", fields: "Cache-Tag: all\r\n") }
    store.put("/other")
    var pauses = 0
    let report = withBytes("all") { tag in
      store.invalidate(tag: tag, space: 1) {
        pauses += 1
        // Would never come back if a shard were locked.
        for index in 0..<100 { _ = store.get("/\(index)") }
        #expect(store.get("/other") != nil)
      }
    }
    #expect(report.objects == 4000)
    #expect(pauses >= 4 && pauses <= 8)
    var walked = 0
    store.invalidateEverything { walked += 1 }
    #expect(walked > 0)
    #expect(store.statistics.objects == 0)
  }

  @Test("a tag must take what carries it, and a dry run nothing")
  func tags() {
    for index in 0..<1000 { store.put("/\(index)", fields: "Cache-Tag: all, t\(index % 10), all\r\n") }
    let dry = withBytes("t3") { store.invalidate(tag: $0, space: 1, .dryRun) }
    #expect(dry.objects == 100 && dry.targets.count == 100)
    #expect(store.statistics.objects == 1000)
    #expect(withBytes("t3") { store.invalidate(tag: $0, space: 1) } == dry)
    #expect(withBytes("t3") { store.invalidate(tag: $0, space: 1) }.objects == 0)
    #expect(withBytes("all") { store.invalidate(tag: $0, space: 2) }.objects == 0)
    #expect(withBytes("all") { store.invalidate(tag: $0, space: 1) }.objects == 900)
    #expect(store.bytes == 0)
  }

  @Test("what is in other spaces than those that are known must go, and what is fetched for them not be stored")
  func outside() throws {
    store.put("/a", space: 1)
    store.put("/a", fields: "Cache-Tag: t\r\n", space: 2)
    let filling = try store.lead("/b")
    #expect(store.invalidateEverything(outside: [1, 3]).objects == 1)
    #expect(store.get("/a") != nil && store.get("/a", space: 2) == nil)
    #expect(store.invalidateEverything(outside: [3]).objects == 1)
    filling.begin()
    #expect(filling.finish().isStored == false)
  }

  @Test("who has found an object must be able to see that it has been invalidated since")
  func gone() throws {
    store.put("/a")
    let object = try #require(store.get("/a"))
    #expect(!object.isGone)
    _ = try invalidate("/a", mode: .soft)
    #expect(!object.isGone && object.isInvalidated)
    _ = try invalidate("/a")
    #expect(object.isGone)
  }

  @Test("everything that is stored for a target must be found, whatever else is in the key")
  func target() throws {
    store.put("/a")
    store.put("/a", selection: "accept:x\n")
    store.put("/a", parts: "c:a=1\n")
    store.put("/a", parts: "c:a=2\n")
    store.put("/a", parts: "c:a=2\n", space: 2)
    store.put("/ab", parts: "c:a=1\n")
    func keys() -> [String] { withBytes("/a") { store.stored(for: $0, space: 1) }.map { $0.key.text }.sorted() }
    #expect(keys().count == 4)
    _ = try invalidate("/a")
    #expect(keys().isEmpty)
  }

  @Test("a soft invalidation must leave the objects, marked")
  func soft() throws {
    store.put("/a", fields: "Surrogate-Key: x y\r\n")
    #expect(withBytes("y") { store.invalidate(tag: $0, space: 1, .soft) }.objects == 1)
    #expect(store.get("/a")?.isInvalidated == true)
    store.put("/a")
    #expect(store.get("/a")?.isInvalidated == false)
    #expect(try invalidate("/a", mode: .soft).objects == 1)
    #expect(store.get("/a")?.isInvalidated == true)
  }

  @Test("everything must be everything of a space, or of all")
  func everything() {
    store.put("/a")
    store.put("/b", space: 2)
    #expect(store.invalidateEverything(space: 2).objects == 1)
    #expect(store.get("/a") != nil)
    #expect(store.invalidateEverything().objects == 1)
  }

  @Test("what was asked for before an invalidation must not be stored after it")
  func race() throws {
    let epoch = store.epoch
    let object = store.make(key("/a"), fields: "Cache-Tag: x\r\n")
    #expect(try invalidate("/b").objects == 0)
    #expect(withBytes("z") { store.invalidate(tag: $0, space: 1) }.objects == 0)
    #expect(store.insert(object, epoch: epoch))
    #expect(withBytes("x") { store.invalidate(tag: $0, space: 1) }.objects == 1)
    #expect(!store.insert(store.make(key("/a"), fields: "Cache-Tag: x\r\n"), epoch: epoch))
    #expect(store.get("/a") == nil)
    #expect(store.insert(store.make(key("/a"), fields: "Cache-Tag: x\r\n"), epoch: store.epoch))
  }

  @Test("what was asked for before a soft invalidation must be stored as stale")
  func softRace() throws {
    let epoch = store.epoch
    store.invalidateEverything(.soft)
    #expect(store.insert(store.make(key("/a")), epoch: epoch))
    #expect(store.get("/a")?.isInvalidated == true)
  }

  @Test("what was asked for before more invalidations than are remembered must not be stored")
  func forgotten() {
    let epoch = store.epoch
    for _ in 0..<5000 { withBytes("x") { _ = store.invalidate(tag: $0, space: 1) } }
    #expect(!store.insert(store.make(key("/a")), epoch: epoch))
    #expect(store.insert(store.make(key("/a")), epoch: store.epoch))
  }

  @Test("a fetch must not be joined after an invalidation of its path, and must not be stored")
  func fillings() throws {
    let old = try store.lead("/a")
    _ = try store.follow("/a")
    _ = try invalidate("/a")
    let new = try store.lead("/a")
    #expect(new !== old)
    old.begin()
    old.append([1])
    #expect(old.finish().isStored == false)
    new.begin()
    new.append([2])
    #expect(new.finish().isStored == true)
    #expect(store.get("/a")?.body.onlyPiece?.first == 2)
  }

  @Test("a fetch that nobody may join must not be stored after an invalidation of its path either")
  func alone() throws {
    let key = key("/a")
    let old = key.withUnsafeBytes { store.fetchAlone($0, hash: store.hash($0)) }
    _ = try store.lead("/a")
    _ = try invalidate("/a*")
    old.begin()
    #expect(old.finish().isStored == false)
    let new = key.withUnsafeBytes { store.fetchAlone($0, hash: store.hash($0)) }
    _ = try invalidate("/b")
    new.begin()
    #expect(new.finish().isStored == true)
  }

  @Test("a fetch whose tags are not known yet must not be joined after an invalidation by tag")
  func unknownTags() throws {
    let tagged = try store.lead("/a")
    let other = try store.lead("/b")
    other.begin(fields: "Cache-Tag: y\r\n")
    withBytes("x") { _ = store.invalidate(tag: $0, space: 1) }
    #expect(try store.lead("/a") !== tagged)
    _ = try store.follow("/b")
    tagged.begin(fields: "Cache-Tag: x\r\n")
    #expect(tagged.finish().isStored == false)
    #expect(other.finish().isStored == true)
  }
}
