import CacheRules
import Glibc
import Synchronization
import TestFolders
import Testing

@testable import CacheStore

@Suite("Filing: large bodies go to disk as they come")
struct FilingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Memory takes bodies of 2 MiB, the disk such of 256 MiB.
  private func largeStore(
    write: @escaping DiskTier.Write = { Glibc.write($0, $1.baseAddress, $1.count) }
  ) async throws -> CacheStore { try await folder.store(capacity: 1 << 30, largest: 256 << 20, write: write) }

  @Test(
    "a body of 200 MB must take less than 800 KB of memory while it comes, and be stored whole",
    arguments: [true, false])
  func bounded(_ isLengthKnown: Bool) async throws {
    let store = try await largeStore()
    let count = 200_000_000
    let filling = try store.lead("/a")
    let fast = try store.follow("/a")
    // One who takes nothing holds up nobody.
    let slow = try store.follow("/a")
    filling.begin(fields: "X: y\r\n", length: isLengthKnown ? count : nil)
    var most = 0
    var read = 0
    var sent = 0
    let piece = Array(repeating: UInt8(7), count: 50_000)
    while sent < count {
      await filling.push(piece)
      sent += piece.count
      // What has no length is gathered up to a megabyte.
      if isLengthKnown || sent > 3_000_000 { most = max(most, store.bytes) }
      read += fast.skip().bytes
    }
    guard case .filing = filling.finish() else { throw Unexpected() }
    // Who comes now follows, and asks no origin.
    let late = try store.follow("/a")
    let (rest, then) = fast.skip()
    #expect(read + rest == count && then == "end")
    await store.settle()
    await store.settle()
    #expect(most < 800_000, "\(most) bytes")
    #expect(store.bytes < 10_000)
    #expect(late.skip() == (count, "end") && slow.skip() == (count, "end"))
    let object = try #require(store.get("/a"))
    #expect(object.body.file?.count == count && object.fields.text == "X: y\r\n")
    #expect(store.statistics.diskBytes == count && store.statistics.fillings == 0)
    #expect(folder.named(".head").count == 1)
  }

  @Test("readers at different paces must each read all of it, and a restart find the same", arguments: [1, 2, 3])
  func paces(_ seed: UInt64) async throws {
    var random = Random(seed: seed)
    let whole = body(seed, 2_000_000 + Int(random.next() % 1_000_000))
    var store: CacheStore? = try await largeStore()
    if let store {
      let filling = try store.lead("/a")
      let readers = try (0..<4).map { _ in try store.follow("/a") }
      filling.begin(length: seed % 2 == 0 ? whole.count : nil)
      var read = Array(repeating: [UInt8](), count: 5)
      var sent = 0
      while sent < whole.count {
        let end = min(sent + Int(random.next() % 120_000), whole.count)
        await filling.push(Array(whole[sent..<end]))
        sent = end
        let which = Int(random.next() % 3)
        // Now and then the disk is done with all, so that they have to read there.
        if random.next() % 8 == 0 { await store.settle() }
        read[which] += readers[which].drain().bytes
      }
      filling.finish()
      for (index, reader) in (readers + [FillingReader(filling)]).enumerated() {
        let (bytes, then) = reader.drain()
        let isSame = read[index] + bytes == whole
        #expect(then == "end" && isSame)
      }
      await store.settle()
      let isSame = await store.bytes("/a") == whole
      #expect(isSame)
    }
    store = nil
    store = try await largeStore()
    let isSame = await store?.bytes("/a") == whole
    #expect(isSame)
  }

  @Test("who wants a part must be able to begin anywhere in what has come, in the file or in memory")
  func seeking() async throws {
    let store = try await largeStore()
    let whole = body(5, 3_000_000)
    let filling = try store.lead("/a")
    filling.begin()
    for start in stride(from: 0, to: 2_500_000, by: 40_000) {
      await filling.push(Array(whole[start..<min(start + 40_000, 2_500_000)]))
    }
    await store.settle()
    for position in [0, 1, 8191, 8192, 262_143, 262_144, 1_000_000, 2_359_295, 2_359_296, 2_499_999, 2_500_000] {
      let reader = FillingReader(filling)
      #expect(reader.seek(to: position))
      let isSame = reader.drain() == (Array(whole[position..<2_500_000]), "pending")
      #expect(isSame, "\(position)")
    }
    let reader = FillingReader(filling)
    #expect(!reader.seek(to: 2_500_001))
    #expect(reader.seek(to: 2_400_000) && reader.arrived == (2_500_000, false))
    await filling.push(Array(whole[2_500_000...]))
    filling.finish()
    #expect(reader.arrived == (3_000_000, true))
    let isSame = reader.drain() == (Array(whole[2_400_000...]), "end")
    #expect(isSame)
  }

  @Test("who wants a part of a body that is gathered in memory must be able to begin anywhere in it")
  func seekingInMemory() throws {
    let store = CacheStore(capacity: 8 << 20, seed: 1)
    let whole = body(6, 300_000)
    let filling = try store.lead("/a")
    filling.begin()
    for start in stride(from: 0, to: 300_000, by: 7_000) {
      filling.append(Array(whole[start..<min(start + 7_000, 300_000)]))
    }
    for position in stride(from: 0, through: 300_000, by: 1234) {
      let reader = FillingReader(filling)
      #expect(reader.seek(to: position))
      let isSame = reader.drain() == (Array(whole[position...]), "pending")
      #expect(isSame, "\(position)")
    }
    filling.fail()
  }

  @Test("a disk that stands still must hold up the fetch, and take no more memory than one that writes")
  func standstill() async throws {
    let gate = Gate()
    let store = try await largeStore { descriptor, bytes in
      gate.pass()
      return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    filling.begin(length: 5_000_000)
    var sent = 0
    while case .goOn = filling.append(Array(repeating: 1, count: 50_000)) { sent += 50_000 }
    sent += 50_000
    // Who reads has all that came.
    #expect(reader.skip() == (sent, "pending"))
    #expect(store.bytes < 800_000)
    let bell = Bell()
    #expect(filling.waitForRoom(bell) && bell.count == 0)
    gate.open()
    await store.settle()
    #expect(bell.count == 1 && !filling.waitForRoom(bell))
    while sent < 5_000_000 {
      await filling.push(Array(repeating: 1, count: 50_000))
      sent += 50_000
    }
    filling.finish()
    await store.settle()
    #expect(store.get("/a")?.body.file?.count == 5_000_000)
  }

  @Test("a body of which not all comes must not be stored, and leave nothing on disk")
  func brokenOff() async throws {
    let store = try await largeStore()
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    filling.begin(length: 5_000_000)
    for _ in 0..<40 { await filling.push(Array(repeating: 1, count: 100_000)) }
    await store.settle()
    #expect(folder.named(".body").count == 1 && folder.named(".head").isEmpty)
    #expect(store.statistics.diskBytes > 3_000_000)
    filling.fail()
    await store.settle()
    #expect(folder.named(".body").isEmpty && store.statistics.diskBytes == 0)
    #expect(store.get("/a") == nil)
    #expect(reader.skip() == (4_000_000, "failed"))
    _ = try store.lead("/a")
  }

  @Test("a process that ends while a body comes must leave nothing that a restart believes")
  func killed() async throws {
    let other = try TemporaryFolder()
    let store = try await largeStore()
    let filling = try store.lead("/a")
    filling.begin(length: 5_000_000)
    for _ in 0..<40 { await filling.push(Array(repeating: 1, count: 100_000)) }
    await store.settle()
    let left = try #require(folder.named(".body").first)
    #expect(link(left, "\(other.path)/\(left.split(separator: "/").last ?? "")") == 0)
    let events = Events()
    let next = try await other.store { events.add($0) }
    #expect(events.all == [.restored(objects: 0, bytes: 0, removed: 1)])
    #expect(next.statistics.objects == 0 && other.named(".body").isEmpty)
    filling.fail()
  }

  @Test(
    "where the disk becomes full the body must go on to those who read it, and not be stored",
    arguments: [0, 1_000_000, 2_900_000])
  func full(_ room: Int) async throws {
    let store = try await largeStore { Disk.write($0, $1, room: room) }
    let whole = body(3, 3_000_000)
    let filling = try store.lead("/a")
    let fast = try store.follow("/a")
    let slow = try store.follow("/a")
    filling.begin(length: whole.count)
    var sent = 0
    var read: [UInt8] = []
    var slowRead: [UInt8] = []
    while sent < whole.count {
      let end = min(sent + 50_000, whole.count)
      if case .wait = filling.append(Array(whole[sent..<end])) {
        // The disk has more to write, or the slow one to read.
        await store.settle()
        slowRead += slow.drain().bytes
      }
      sent = end
      read += fast.drain().bytes
    }
    filling.finish()
    await store.settle()
    let isSame = [read + fast.drain().bytes == whole, slowRead + slow.drain().bytes == whole]
    #expect(isSame == [true, true])
    #expect(store.get("/a") == nil && store.statistics.fillings == 0)
    #expect(folder.named(".body").isEmpty && folder.named(".head").isEmpty && store.statistics.diskBytes == 0)
    #expect(store.statistics.diskFailures == 1)
    // From then on memory keeps what it can.
    let next = try store.lead("/b")
    next.begin(length: 2_000_000)
    next.append(body(4, 2_000_000))
    guard case .object(_, isStored: true) = next.finish() else { throw Unexpected() }
  }

  @Test("a body that outgrows the largest must go on to those who read it, and leave nothing on disk")
  func outgrown() async throws {
    let store = try await folder.store(capacity: 40 << 20, largest: 4_000_000)
    #expect(store.largestBody == 4_000_000)
    guard case false = try store.lead("/b").begin(length: 4_000_001) else { throw Unexpected() }
    store.resize(
      capacity: 8 << 20, largestObject: 1 << 20, diskCapacity: 8 << 20, smallestOnDisk: 10_000, largestOnDisk: 4_000_000
    )
    #expect(store.largestBody == 2 << 20)
    store.resize(
      capacity: 8 << 20, largestObject: 1 << 20, diskCapacity: 40 << 20, smallestOnDisk: 10_000,
      largestOnDisk: 4_000_000)
    let filling = try store.lead("/a")
    let reader = try store.follow("/a")
    filling.begin()
    var read = 0
    for _ in 0..<100 {
      await filling.push(Array(repeating: 1, count: 50_000))
      read += reader.skip().bytes
    }
    _ = try store.lead("/a")
    await store.settle()
    #expect(folder.named(".body").isEmpty && store.statistics.diskBytes == 0)
    guard case .notKept = filling.finish() else { throw Unexpected() }
    #expect(read + reader.skip().bytes == 5_000_000)
    #expect(store.get("/a") == nil)
  }

  @Test(
    "bodies that come at once must not take more of the disk than there is, whole or not, and those that fit be stored",
    arguments: [true, false])
  func bound(_ isLengthKnown: Bool) async throws {
    let store = try await folder.store(capacity: 12 << 20, largest: 3 << 20)
    for index in 0..<3 { await store.put("/\(index)", body: body(UInt64(index), 1_000_000)) }
    let fillings = try (0..<6).map { try store.lead("/large\($0)") }
    let readers = fillings.map { FillingReader($0) }
    for filling in fillings { filling.begin(length: isLengthKnown ? 3_000_000 : nil) }
    for _ in 0..<30 {
      for filling in fillings { _ = filling.append(Array(repeating: 1, count: 100_000)) }
      await store.settle()
      for reader in readers { _ = reader.skip() }
      #expect(store.statistics.diskBytes <= 12 << 20)
    }
    for filling in fillings { filling.finish() }
    await store.settle()
    await store.settle()
    let stored = (0..<6).count { store.get("/large\($0)") != nil }
    // Those that found no room gave theirs back.
    #expect(stored == 4)
    #expect(store.statistics.diskBytes == stored * 3_000_000 && folder.named(".body").count == stored)
  }

  @Test("an invalidation while a body comes must keep it from being stored")
  func invalidated() async throws {
    let store = try await largeStore()
    let filling = try store.lead("/a")
    filling.begin(length: 3_000_000)
    for _ in 0..<30 { await filling.push(Array(repeating: 1, count: 100_000)) }
    store.invalidateEverything()
    filling.finish()
    await store.settle()
    await store.settle()
    #expect(store.get("/a") == nil && folder.named(".body").isEmpty && store.statistics.diskBytes == 0)
  }

  @Test("what has to stay in memory must be gathered there", arguments: ["error", "stage"])
  func memory(_ kind: String) async throws {
    let store = try await largeStore()
    let filling =
      kind == "stage"
      ? ([1, 0, 0, 0, 2, 0] as [UInt8]).withUnsafeBytes { store.fetchAlone($0, hash: 1) } : try store.lead("/a")
    #expect(filling.begin(length: 2_000_000, status: kind == "error" ? 404 : 200))
    filling.append(Array(repeating: 1, count: 2_000_000))
    guard case .object(let object, _) = filling.finish() else { throw Unexpected() }
    #expect(object.body.file == nil)
    await store.settle()
    #expect(folder.named(".body").isEmpty)
  }
}

extension Filling {
  /// Appends, and returns when more may come.
  func push(_ bytes: [UInt8]) async {
    guard case .wait = append(bytes) else { return }
    await withCheckedContinuation { continuation in
      let turn = Turn(continuation)
      if !waitForRoom(turn) { turn.wake() }
    }
  }
}

/// Lets a task go on, once.
private final class Turn: FillingWaiter {
  private let continuation: Mutex<CheckedContinuation<Void, Never>?>
  init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = Mutex(continuation) }
  func wake() { continuation.withLock { $0.take() }?.resume() }
}

extension FillingReader {
  /// How much there is to read now, and what follows it.
  func skip() -> (bytes: Int, then: String) {
    var count = 0
    while true {
      switch next(orWake: Bell()) {
      case .bytes(let more): count += more.count
      case .file(_, let range): count += range.count
      case .pending: return (count, "pending")
      case .end: return (count, "end")
      case .failed: return (count, "failed")
      }
    }
  }
}
