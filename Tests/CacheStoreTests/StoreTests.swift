import CacheRules
import Testing

@testable import CacheStore

@Suite("The store: what goes in comes out")
struct StoreTests {
  private let store = CacheStore(megabytes: 8)

  @Test("a stored response must be found by its key and by no other")
  func find() {
    #expect(store.get("/a") == nil)
    #expect(store.put("/a", fields: "X: y\r\n", size: 100))
    #expect(store.get("/a")?.body.onlyPiece?.count == 100)
    #expect(store.get("/a")?.fields.text == "X: y\r\n")
    #expect(store.get("/b") == nil)
    #expect(store.get("/a", space: 2) == nil)
    #expect(store.get("/a", parts: "c:x\n") == nil)
  }

  @Test("a response must take the place of the one with its key and selection")
  func replace() throws {
    store.put("/a", size: 10)
    var old = store.get("/a")
    store.put("/a", size: 20)
    #expect(store.get("/a")?.body.count == 20)
    #expect(old?.body.count == 10)
    #expect(store.statistics.objects == 1)
    old = nil
    #expect(store.bytes == store.statistics.objectBytes)
  }

  @Test("variants of one key must stand side by side, the newest first, up to a bound")
  func variants() {
    for index in 0..<100 { store.put("/a", selection: "foo:\(index)\n", size: index) }
    #expect(store.statistics.objects == Shard.mostVariants)
    #expect(store.statistics.keys == 1)
    #expect(store.get("/a", selection: "foo:99\n")?.body.count == 99)
    #expect(store.get("/a", selection: "foo:0\n") == nil)
    let key = key("/a")
    let all = key.withUnsafeBytes { store.variants($0, hash: store.hash($0)) }
    #expect(all.map(\.body.count) == Array((100 - Shard.mostVariants..<100).reversed()))
    let finding = key.withUnsafeBytes { store.find($0, hash: store.hash($0)) { _ in false } }
    guard case .otherVariants = finding else {
      Issue.record("\(finding)")
      return
    }
  }

  @Test("removing any variant must leave the others")
  func removeVariants() throws {
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
      for index in 0..<3 { store.put("/a", selection: "foo:\(index)\n") }
      for (removed, index) in order.enumerated() {
        store.remove(try #require(store.get("/a", selection: "foo:\(index)\n")))
        #expect(store.statistics.objects == 2 - removed)
        for later in order[(removed + 1)...] { #expect(store.get("/a", selection: "foo:\(later)\n") != nil) }
      }
    }
    #expect(store.bytes == 0)
  }

  @Test("an object must outlive its place while it is held")
  func held() throws {
    store.put("/a", fields: "X: y\r\n", size: 100_000)
    let object = try #require(store.get("/a"))
    store.invalidateEverything()
    store.remove(object)
    #expect(object.fields.text == "X: y\r\n" && object.body.count == 100_000)
    #expect(store.statistics.objects == 0)
  }

  @Test("what has left must count for as long as it is held, and make the others leave")
  func heldCounts() throws {
    let store = CacheStore(capacity: 1 << 20, seed: 1)
    store.put("/a", size: 200_000)
    var object = store.get("/a")
    #expect(object != nil)
    store.invalidateEverything()
    #expect(store.statistics.objects == 0)
    #expect(store.bytes > 200_000)
    for index in 0..<200 {
      store.put("/\(index)", size: 9_000)
      #expect(store.bytes <= store.capacity)
    }
    #expect(store.statistics.objectBytes < store.capacity - 200_000)
    object = nil
    #expect(store.bytes == store.statistics.objectBytes)
  }

  @Test("a body that two objects share must count once, until the last of them is gone")
  func shared() throws {
    store.put("/a", size: 100_000)
    let old = try #require(store.get("/a"))
    let before = store.bytes
    let fresh = store.object(
      key: old.key, hash: old.hash, selection: old.selection, fields: old.fields, record: old.record, body: old.body)
    #expect(store.bytes - before < 2000)
    store.insert(fresh, epoch: store.epoch)
    #expect(store.bytes - before < 2000)
  }

  @Test("small bodies must lie beside their object, whatever they come from")
  func beside() throws {
    for size in [0, 1, 8192, 8193] {
      store.put("/a", size: size)
      let object = try #require(store.get("/a"))
      if case .beside = object.body.place { #expect(size <= 8192) } else { #expect(size > 8192) }
      #expect(object.body.onlyPiece.map(Array.init) == [UInt8](repeating: 7, count: size))
      let again = store.object(
        key: object.key, hash: object.hash, selection: object.selection, fields: object.fields, record: object.record,
        body: object.body)
      #expect(again.body.onlyPiece.map(Array.init) == [UInt8](repeating: 7, count: size))
    }
  }

  @Test("a form must be made once, be kept with its object, count, and go with it")
  func forms() throws {
    store.put("/a", size: 100_000)
    var object = store.get("/a")
    let alone = store.bytes
    if let object {
      #expect(object.form(.brotli) == nil)
      #expect(object.beginForm(.brotli) && !object.beginForm(.brotli) && object.beginForm(.gzip))
      object.abandonForm(.gzip)
      #expect(object.beginForm(.gzip))
      let body = [UInt8](repeating: 1, count: 30_000)
      let form = withBytes("ETag: W/\"x\"\r\n") { fields in
        body.withUnsafeBytes { store.keep(.brotli, of: object, fields: fields, body: StoredBody($0)) }
      }
      #expect(object.form(.brotli) === form && object.form(.gzip) == nil)
      #expect(form.body.count == 30_000 && form.record.etag == 6..<11)
      #expect(form.record.status == object.record.status)
      // Another one that was made meanwhile is not kept.
      let other = body.withUnsafeBytes {
        store.keep(.brotli, of: object, fields: object.fields, body: StoredBody($0))
      }
      #expect(other === form)
    }
    #expect(store.bytes > alone + 30_000 && store.bytes < alone + 33_000)
    #expect(store.bytes == store.statistics.objectBytes)
    store.invalidateEverything()
    object = nil
    #expect(store.bytes == 0)
  }

  @Test("a body that is too large must not be stored")
  func tooLarge() {
    let store = CacheStore(capacity: 1 << 20, largestObject: 1000, seed: 1)
    #expect(!store.put("/a", size: 1001))
    #expect(store.put("/b", size: 1000))
    #expect(CacheStore(capacity: 1 << 20, largestObject: 1 << 20, seed: 1).largestObject == 1 << 18)
  }

  @Test("ten thousand keys must be found, and gone once removed, whatever order they come and go in")
  func many() throws {
    let store = CacheStore(megabytes: 64)
    for index in 0..<10_000 { store.put("/\(index)") }
    #expect(store.statistics.keys == 10_000)
    for index in stride(from: 0, to: 10_000, by: 3) { store.remove(try #require(store.get("/\(index)"))) }
    for index in 0..<10_000 { #expect((store.get("/\(index)") == nil) == (index % 3 == 0)) }
    #expect(store.bytes == store.statistics.objectBytes)
  }

  @Test("keys whose hashes lie side by side must not hide one another")
  func probing() {
    var table = ObjectTable()
    defer { table.deallocate() }
    // Every hash falls on the last slots, so that probing goes round the end.
    let objects = (0..<40).map { index in
      let key = key("/\(index)")
      return key.withUnsafeBytes {
        StoredObject(
          key: $0, hash: UInt64(62 + index % 3) | UInt64(index) << 32,
          selection: UnsafeRawBufferPointer(start: nil, count: 0),
          fields: UnsafeRawBufferPointer(start: nil, count: 0), record: record(), body: StoredBody($0), tags: [])
      }
    }
    for object in objects { table.set(object) }
    for (index, object) in objects.enumerated() where index % 2 == 0 { table.remove(object) }
    for (index, object) in objects.enumerated() {
      #expect((table.find(object.key, hash: object.hash) != nil) == (index % 2 == 1))
    }
    #expect(table.count == 20)
  }

  @Test(
    "a walk must see each key once; and miss none that stays, where others are removed meanwhile",
    arguments: [false, true])
  func walk(_ removes: Bool) {
    for seed in 1...40 as ClosedRange<UInt64> {
      var table = ObjectTable()
      defer { table.deallocate() }
      var random = Random(seed: seed)
      // Few different homes at the end, so that many go round it.
      let objects = (0..<40).map { index in
        let key = key("/\(index)")
        return key.withUnsafeBytes {
          StoredObject(
            key: $0, hash: (58 &+ random.next() % 8) | UInt64(index) << 32,
            selection: UnsafeRawBufferPointer(start: nil, count: 0),
            fields: UnsafeRawBufferPointer(start: nil, count: 0), record: record(), body: StoredBody($0), tags: [])
        }
      }
      for object in objects { table.set(object) }
      var walk = ObjectTable.Walk()
      var seen: [Int] = []
      var removed: Set<Int> = []
      func see(_ object: StoredObject) {
        if let index = objects.firstIndex(where: { $0 === object }) { seen.append(index) }
      }
      while table.step(&walk, limit: 3, see) {
        guard removes else { continue }
        let index = Int(random.next() % 40)
        if removed.insert(index).inserted { table.remove(objects[index]) }
      }
      if !removes { #expect(seen.count == 40) }
      #expect(Set(seen).union(removed).count == 40)
    }
  }

  @Test("the pieces of a body must be its bytes, from any position to any end")
  func pieces() {
    let chunks = [3, 1, 5].map { size in
      let chunk = BodyChunk(capacity: size)
      _ = Array(repeating: UInt8(size), count: size).withUnsafeBytes { chunk.append($0) }
      return chunk
    }
    let body = StoredBody(chunks: chunks)
    let whole: [UInt8] = [3, 3, 3, 1, 5, 5, 5, 5, 5]
    #expect(body.onlyPiece == nil && body.count == 9)
    for start in 0...9 {
      for end in start...9 {
        var bytes: [UInt8] = []
        while let piece = body.piece(at: start + bytes.count, until: end) {
          bytes.append(contentsOf: piece)
        }
        #expect(bytes == Array(whole[start..<end]))
      }
    }
  }

  @Test("hashes must depend on every byte, on the length and on the seed")
  func hashes() {
    var seen: Set<UInt64> = []
    for count in 0..<70 {
      let zeros = [UInt8](repeating: 0, count: count)
      seen.insert(zeros.withUnsafeBytes { KeyHash.of($0, seed: 1) })
      seen.insert(zeros.withUnsafeBytes { KeyHash.of($0, seed: 2) })
      for index in 0..<count {
        var bytes = zeros
        bytes[index] = 1
        seen.insert(bytes.withUnsafeBytes { KeyHash.of($0, seed: 1) })
      }
    }
    #expect(seen.count == 140 + (0..<70).reduce(0, +))
  }
}
