import CacheRules
import Testing

@testable import CacheStore

@Suite("Filling: one fetch for many")
struct FillingTests {
  private let store = CacheStore(capacity: 8 << 20, largestObject: 1 << 20, seed: 5)

  @Test("the first to ask must lead, the others follow, and later ones find it stored")
  func join() throws {
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    let bell = Bell()
    guard case .pending = reader.head(orWake: bell) else { throw Unexpected() }
    filling.begin(fields: "X: y\r\n", length: 4)
    #expect(bell.count == 1)
    guard case .head(let head) = reader.head(orWake: bell) else { throw Unexpected() }
    #expect(head.length == 4 && String(decoding: head.fields, as: UTF8.self) == "X: y\r\n")
    #expect(reader.drain(bell) == ([], "pending"))
    filling.append([1, 2])
    #expect(bell.count == 2)
    #expect(reader.drain(bell) == ([1, 2], "pending"))
    filling.append([3])
    let late = try store.follow("/a")
    filling.append([4])
    filling.finish()
    #expect(reader.drain(bell) == ([3, 4], "end"))
    #expect(late.drain() == ([1, 2, 3, 4], "end"))
    guard case .found(let object) = store.join("/a") else { throw Unexpected() }
    #expect(object.body.onlyPiece.map(Array.init) == [1, 2, 3, 4])
    #expect(store.statistics.fillings == 0)
  }

  @Test("what cannot be stored must let all who wait go at once, and let nobody wait for a while")
  func decline() throws {
    let filling = try store.lead("/a")
    let readers = [try store.follow("/a"), try store.follow("/a")]
    let bell = Bell()
    for reader in readers { _ = reader.head(orWake: bell) }
    filling.decline(now: noon)
    #expect(bell.count == 2)
    for reader in readers {
      guard case .declined = reader.head(orWake: bell) else { throw Unexpected() }
    }
    guard case .alone = store.join("/a") else { throw Unexpected() }
    guard case .lead = store.join("/b") else { throw Unexpected() }
    store.put("/a")
    store.invalidateEverything()
    guard case .lead = store.join("/a") else { throw Unexpected() }
  }

  @Test("who knows what answers are chosen by must be followed only by those who get the same")
  func expected() throws {
    let english = Array("accept-language:en\n".utf8)
    guard case .lead = store.join("/a", selection: "accept-language:en\n", expecting: english) else {
      throw Unexpected()
    }
    guard case .follow = store.join("/a", selection: "accept-language:en\n") else { throw Unexpected() }
    guard case .lead = store.join("/a", selection: "accept-language:de\n") else { throw Unexpected() }
  }

  @Test("a fetch that stands aside must let those who wait look for another one")
  func standAside() throws {
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    filling.standAside()
    guard case .declined = reader.head(orWake: Bell()) else { throw Unexpected() }
    _ = try store.lead("/a")
    _ = try store.follow("/a")
  }

  @Test("a fetch that breaks off must not be stored, and its readers must hear of it")
  func failure() throws {
    func broken() throws {
      let filling = try store.lead("/a")
      let reader = try store.follow("/a")
      filling.begin()
      filling.append(Array(repeating: 1, count: 100_000))
      #expect(store.bytes > 100_000)
      filling.fail()
      let (bytes, then) = reader.drain()
      #expect(bytes.count == 100_000 && then == "failed")
    }
    try broken()
    #expect(store.get("/a") == nil && store.bytes == 0)
    _ = try store.lead("/a")
  }

  @Test("a fetch that fails before its head must say so")
  func failureBeforeHead() throws {
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    filling.fail()
    guard case .failed = reader.head(orWake: Bell()) else { throw Unexpected() }
  }

  @Test("a stored response that turns out to hold must answer those who wait")
  func answer() throws {
    store.put("/a")
    let stale = try #require(store.get("/a"))
    guard case .lead(let filling) = store.join("/a", unlike: stale) else { throw Unexpected() }
    guard case .follow(let followed) = store.join("/a", unlike: stale) else { throw Unexpected() }
    let reader = FillingReader(followed)
    let fresh = store.make(key("/a"))
    store.insert(fresh, epoch: store.epoch)
    filling.answer(fresh)
    guard case .answered(let object) = reader.head(orWake: Bell()) else { throw Unexpected() }
    #expect(object === fresh)
    guard case .found(let found) = store.join("/a", unlike: stale) else { throw Unexpected() }
    #expect(found === fresh)
  }

  @Test("a request that the fetched response does not vary to must not follow it once that is known")
  func vary() throws {
    let filling = try store.lead("/a", selection: "foo:1\n")
    _ = try store.follow("/a", selection: "foo:2\n")
    filling.begin(selection: "foo:1\n")
    _ = try store.follow("/a", selection: "foo:1\n")
    let other = try store.lead("/a", selection: "foo:2\n")
    #expect(other !== filling)
  }

  @Test("readers at different paces must each read all of it, in chunks of any size")
  func paces() throws {
    let filling = try store.lead("/a")
    let readers = try (0..<4).map { _ in try store.follow("/a") }
    filling.begin()
    var random = Random(seed: 1)
    var sent: [UInt8] = []
    var read = Array(repeating: [UInt8](), count: 4)
    for _ in 0..<60 {
      let piece = (0..<Int(random.next() % 12_000)).map { UInt8(truncatingIfNeeded: $0) }
      sent += piece
      filling.append(piece)
      let which = Int(random.next() % 3)
      read[which] += readers[which].drain().bytes
    }
    filling.finish()
    for (index, reader) in readers.enumerated() {
      let (bytes, then) = reader.drain()
      #expect(then == "end" && read[index] + bytes == sent)
    }
    let object = try #require(store.get("/a"))
    var stored: [UInt8] = []
    while let piece = object.body.piece(at: stored.count, until: .max) {
      stored.append(contentsOf: piece)
    }
    #expect(stored == sent)
  }

  @Test("a length that is too great must be declined at once")
  func tooLarge() throws {
    let filling = try store.lead("/a")
    #expect(!filling.begin(length: (1 << 20) + 1))
    guard case .alone = store.join("/a") else { throw Unexpected() }
  }

  @Test("a body that grows too large must go on to those who read it, in bounded memory, and to nobody else")
  func overflow() throws {
    let filling = try store.lead("/a")
    let fast = try store.follow("/a")
    let slow = try store.follow("/a")
    let bell = Bell()
    filling.begin()
    let piece = Array(repeating: UInt8(9), count: 65_536)
    var sent = 0
    var fastRead = 0
    var slowRead = 0
    for _ in 0..<200 {
      sent += piece.count
      let progress = filling.append(piece)
      fastRead += fast.drain().bytes.count
      #expect(store.bytes < (1 << 20) + Filling.window + 300_000)
      if case .wait = progress {
        #expect(filling.waitForRoom(bell))
        let rings = bell.count
        slowRead += slow.drain().bytes.count
        #expect(bell.count == rings + 1)
        #expect(!filling.waitForRoom(bell))
      }
    }
    _ = try store.lead("/a")
    guard case .notKept = filling.finish() else { throw Unexpected() }
    fastRead += fast.drain().bytes.count
    let (bytes, then) = slow.drain()
    #expect(then == "end")
    #expect(fastRead == sent && slowRead + bytes.count == sent)
    #expect(store.get("/a") == nil)
  }

  @Test("a body that nobody reads and nobody will store must be given up")
  func abandoned() throws {
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    filling.begin()
    filling.append(Array(repeating: 1, count: 1 << 20))
    reader.leave()
    guard case .goOn = try store.lead("/b").append([1]) else { throw Unexpected() }
    guard case .abandon = filling.append([1]) else { throw Unexpected() }
    #expect(!filling.hasReaders)
    filling.fail()
  }

  @Test("a reader that leaves must change nothing for the others")
  func leaving() throws {
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    let other = try store.follow("/a")
    filling.begin()
    filling.append([1])
    reader.leave()
    filling.append([2])
    filling.finish()
    #expect(other.drain() == ([1, 2], "end"))
    #expect(store.get("/a")?.body.count == 2)
  }

  @Test("a waiter that is taken back must not be woken")
  func forget() throws {
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    let bell = Bell()
    _ = reader.head(orWake: bell)
    reader.forget(bell)
    filling.begin()
    #expect(bell.count == 0)
  }
}
