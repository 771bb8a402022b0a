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
    let old = try #require(store.get("/a"))
    store.put("/a", size: 20)
    #expect(store.get("/a")?.body.count == 20)
    #expect(old.body.count == 10)
    #expect(store.statistics.objects == 1)
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
          bytes.append(contentsOf: piece.chunk[piece.range])
        }
        #expect(bytes == Array(whole[start..<end]))
      }
    }
    #expect(StoredBody(StoredBody(chunks: chunks), StoredBody(chunks: chunks)).count == 18)
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
