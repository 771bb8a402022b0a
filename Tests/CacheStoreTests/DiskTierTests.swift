import CacheRules
import Glibc
import Reactor
import Synchronization
import TestFolders
import Testing

@testable import CacheStore

extension TemporaryFolder {
  func named(_ ending: String) -> [String] { names().filter { $0.hasSuffix(ending) }.map { "\(path)/\($0)" } }

  /// Returns when the tier before has let go of the directory, which it does when its thread has done its last job.
  func vacated() async {
    await withCheckedContinuation { continuation in
      let isStarted = SystemThread.spawn("vacated") { [path] in
        let descriptor = Glibc.open("\(path)/lock", O_RDWR | O_CLOEXEC)
        if descriptor >= 0 {
          flock(descriptor, LOCK_EX)
          close(descriptor)
        }
        continuation.resume()
      }
      if !isStarted { continuation.resume() }
    }
  }

  /// A store over what lies here, once it has taken that in.
  func store(
    capacity: Int = 10 << 20, smallest: Int = 10_000, largest: Int = .max, memory: Int = 8 << 20,
    tell: @escaping @Sendable (DiskEvent) -> Void = { _ in },
    write: @escaping DiskTier.Write = { Glibc.write($0, $1.baseAddress, $1.count) }
  ) async throws -> CacheStore {
    let settings = DiskSettings(
      directory: path, capacity: capacity, smallestObject: smallest, largestObject: largest)
    await vacated()
    let tier = try DiskTier(settings, write: write, tell: tell)
    let store = CacheStore(capacity: memory, seed: 0x5EED, disk: tier)
    await withCheckedContinuation { continuation in store.restore { continuation.resume() } }
    return store
  }
}

extension CacheStore {
  /// Returns when what is to be done on disk has been done.
  func settle() async {
    await withCheckedContinuation { continuation in
      guard let disk else { return continuation.resume() }
      disk.queue.submit { continuation.resume() }
    }
  }

  /// The body of what is stored, from wherever it lies; nil where there is none that may be sent.
  func bytes(_ target: String) async -> [UInt8]? {
    guard let object = get(target) else { return nil }
    if let piece = object.body.onlyPiece { return Array(piece) }
    guard let file = object.body.file else { return nil }
    if case .unchecked = file.open() {
      guard await withCheckedContinuation({ continuation in check(file) { continuation.resume(returning: $0) } }) else {
        remove(object)
        return nil
      }
    }
    guard case .ready(let descriptor) = file.open() else {
      remove(object)
      return nil
    }
    defer { Glibc.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: file.count)
    let count = bytes.count
    guard bytes.withUnsafeMutableBytes({ pread(descriptor, $0.baseAddress, count, 0) }) == count else { return nil }
    return bytes
  }

  @discardableResult
  func put(_ target: String, body: [UInt8], fields: String = "") async -> Bool {
    let isStored = insert(make(key(target), fields: fields, body: body), epoch: epoch)
    await settle()
    return isStored
  }
}

/// A body that no other is like.
func body(_ seed: UInt64, _ count: Int) -> [UInt8] {
  var random = Random(seed: seed)
  return [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
    var at = 0
    while at < count {
      var word = random.next()
      let length = min(8, count - at)
      withUnsafeBytes(of: &word) {
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[at..<at + length]).copyBytes(
          from: $0[..<length])
      }
      at += length
    }
    filled = count
  }
}

func change(_ path: String, _ change: (Int32) -> Void) {
  let descriptor = open(path, O_RDWR)
  if descriptor >= 0 {
    change(descriptor)
    Glibc.close(descriptor)
  }
}

@Suite("The disk tier: what lies on disk is what was stored, or nothing")
struct DiskTierTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a large body must move to a file, and be read from there")
  func moves() async throws {
    let store = try await folder.store()
    let large = body(1, 600_000)
    await store.put("/a", body: large, fields: "X: y\r\n")
    await store.put("/b", body: [1, 2, 3])
    #expect(store.get("/a")?.body.file?.count == 600_000)
    #expect(store.get("/a")?.fields.text == "X: y\r\n")
    #expect(await store.bytes("/a") == large)
    #expect(store.get("/b")?.body.file == nil)
    #expect(store.bytes < 10_000)
    let numbers = store.statistics
    #expect(numbers.objects == 2 && numbers.filedObjects == 1 && numbers.diskBytes == 600_000)
    #expect(folder.named(".head").count == 1 && folder.named(".body").count == 1 && folder.named(".new").isEmpty)
  }

  @Test("what lies on disk must be there after a restart, with all that is known of it")
  func restart() async throws {
    let large = body(2, 300_001)
    var old: CacheStore? = try await folder.store()
    let fields = "ETag: \"x\"\r\nLast-Modified: Wed, 31 Dec 2025 00:00:00 GMT\r\nCache-Tag: t\r\n"
    if let old {
      await old.put("/a", body: large, fields: fields)
      old.insert(
        old.make(key("/v"), selection: "accept:x\n", body: body(3, 20_000)), epoch: old.epoch)
      await old.settle()
    }
    let before = old?.get("/a")?.record
    old = nil
    let events = Events()
    let store = try await folder.store { events.add($0) }
    #expect(events.all == [.restored(objects: 2, bytes: 320_001, removed: 0)])
    let object = try #require(store.get("/a"))
    #expect(object.fields.text == fields)
    #expect(object.record.lastModified == 1_767_139_200 && object.record.etag == 6..<9)
    #expect(object.record.freshness == before?.freshness && object.record.received == before?.received)
    #expect(store.get("/v", selection: "accept:x\n") != nil && store.get("/v") == nil)
    #expect(await store.bytes("/a") == large)
    #expect(withBytes("t") { store.invalidate(tag: $0, space: 1) }.objects == 1)
    #expect(store.get("/a") == nil)
  }

  @Test(
    "what an invalidation has hit must not come back with a restart",
    arguments: ["path", "wildcard", "tag", "everything", "soft", "stale"])
  func invalidations(_ kind: String) async throws {
    var old: CacheStore? = try await folder.store()
    if let old {
      for target in ["/a", "/b"] {
        await old.put(target, body: body(4, 20_000), fields: target == "/a" ? "Cache-Tag: t\r\n" : "")
      }
      switch kind {
      case "path": old.invalidate([try InvalidationPattern("/a")], space: 1)
      case "wildcard": old.invalidate([try InvalidationPattern("/a*")], space: 1)
      case "tag": _ = withBytes("t") { old.invalidate(tag: $0, space: 1) }
      case "everything": old.invalidateEverything(space: 1)
      case "soft":
        old.invalidate([try InvalidationPattern("/a")], space: 1, .soft)
        #expect(old.get("/a")?.isInvalidated == true)
        #expect(await old.bytes("/a") == body(4, 20_000))
      default: old.makeStale(try #require(old.get("/a")))
      }
      // Whatever is still to be done on disk: the process may end here.
      #expect(folder.named(".head").count == (kind == "everything" ? 0 : 1))
    }
    old = nil
    let store = try await folder.store()
    #expect(store.get("/a") == nil)
    #expect((store.get("/b") == nil) == (kind == "everything"))
    #expect(folder.named(".body").count == folder.named(".head").count)
  }

  @Test("an object that was invalidated while its body was written must not be found after a restart")
  func invalidatedWhileWriting() async throws {
    let gate = Gate()
    var old: CacheStore? = try await folder.store(write: { descriptor, bytes in
      gate.pass()
      return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    })
    if let old {
      old.insert(old.make(key("/a"), body: body(5, 20_000)), epoch: old.epoch)
      old.invalidateEverything()
      gate.open()
      await old.settle()
      #expect(old.get("/a") == nil && folder.named(".head").isEmpty)
    }
    old = nil
    #expect(try await folder.store().statistics.objects == 0)
  }

  @Test(
    "a body that has been touched must never be sent, while the process runs or after a restart",
    arguments: [true, false])
  func damaged(_ restarts: Bool) async throws {
    var store: CacheStore? = try await folder.store()
    await store?.put("/a", body: body(6, 700_000))
    #expect(await store?.bytes("/a") != nil)
    if restarts { store = nil }
    let path = try #require(folder.named(".body").first)
    change(path) { descriptor in
      var byte: UInt8 = 0
      pread(descriptor, &byte, 1, 512_345)
      byte ^= 1
      pwrite(descriptor, &byte, 1, 512_345)
    }
    if restarts { store = try await folder.store() }
    #expect(store?.get("/a") != nil)
    #expect(await store?.bytes("/a") == nil)
    #expect(store?.get("/a") == nil)
    await store?.settle()
    #expect(folder.named(".body").isEmpty && folder.named(".head").isEmpty)
  }

  @Test("a body that has been cut off, or is gone, must not be sent", arguments: [0, 1, 699_999])
  func cutOff(_ length: Int) async throws {
    for restarts in [true, false] {
      var store: CacheStore? = try await folder.store()
      await store?.put("/a", body: body(7, 700_000))
      if restarts { store = nil }
      let path = try #require(folder.named(".body").first)
      if length == 0 { unlink(path) } else { truncate(path, length) }
      if restarts { store = try await folder.store() }
      #expect(await store?.bytes("/a") == nil)
      #expect(store?.get("/a") == nil)
      await store?.settle()
      #expect(folder.named(".body").isEmpty && folder.named(".head").isEmpty)
    }
  }

  @Test("a head that is not as it was written must not be believed, wherever it is changed or cut off")
  func damagedHeads() async throws {
    var store: CacheStore? = try await folder.store()
    await store?.put("/a", body: body(8, 20_000), fields: "X: y\r\n")
    store = nil
    let head = try #require(folder.named(".head").first)
    let whole = try #require(contents(head))
    for place in 0..<whole.count {
      var bytes = whole
      bytes[place] ^= 0x10
      #expect(bytes.withUnsafeBytes { DiskHead($0) } == nil)
      #expect(whole[..<place].withUnsafeBytes { DiskHead($0) } == nil)
    }
    #expect((whole + [0]).withUnsafeBytes { DiskHead($0) } == nil)
    #expect(whole.withUnsafeBytes { DiskHead($0) } != nil)
    truncate(head, whole.count - 1)
    store = try await folder.store()
    #expect(store?.statistics.objects == 0)
    #expect(folder.named(".body").isEmpty && folder.named(".head").isEmpty)
  }

  @Test("a head with numbers that no response has must not be believed, though its sum is right")
  func impossibleNumbers() async throws {
    var store: CacheStore? = try await folder.store()
    await store?.put("/a", body: body(8, 20_000), fields: "X: y\r\n")
    store = nil
    let whole = try #require(folder.named(".head").first.flatMap(contents))
    func isBelieved(_ value: Int64, at place: Int) -> Bool {
      var bytes = whole
      for index in 0..<8 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> Int64(index * 8)) }
      let sum = bytes[24...].withUnsafeBytes { KeyHash.of($0, seed: 1) }
      for index in 0..<8 { bytes[16 + index] = UInt8(truncatingIfNeeded: sum >> UInt64(index * 8)) }
      return bytes.withUnsafeBytes { DiskHead($0) } != nil
    }
    let (status, initialAge, lifetime) = (40, 64, 72)
    #expect(isBelieved(200, at: status) && isBelieved(0, at: initialAge) && isBelieved(60, at: lifetime))
    #expect(!isBelieved(206, at: status) && !isBelieved(-5, at: status))
    for wrong in [-1, .min] as [Int64] {
      #expect(!isBelieved(wrong, at: initialAge) && !isBelieved(wrong, at: lifetime))
    }
    #expect(!isBelieved(.max, at: initialAge))
  }

  @Test("what a process left that was killed while it wrote must be removed")
  func killed() async throws {
    var store: CacheStore? = try await folder.store()
    await store?.put("/a", body: body(9, 20_000))
    store = nil
    // A body without a head, whole or not, and heads that were not finished.
    for name in ["0000000000000001.body", "0000000000000002.new", "0000000000000003.head", "0000000000000004.body"] {
      let descriptor = open("\(folder.path)/\(name)", O_WRONLY | O_CREAT, 0o600)
      if name.hasPrefix("0000000000000004") { write(descriptor, name, 10) }
      close(descriptor)
    }
    let events = Events()
    store = try await folder.store { events.add($0) }
    #expect(events.all == [.restored(objects: 1, bytes: 20_000, removed: 3)])
    #expect(await store?.bytes("/a") == body(9, 20_000))
    #expect(folder.names().count == 3)
  }

  @Test(
    "where the disk is full the object must stay in memory, and nothing of it on disk",
    arguments: [0, 1, 50_000, 300_000])
  func full(_ room: Int) async throws {
    let events = Events()
    let store = try await folder.store(tell: { events.add($0) }) { Disk.write($0, $1, room: room) }
    await store.put("/a", body: body(10, 400_000))
    await store.put("/b", body: body(11, 400_000))
    #expect(await store.bytes("/a") == body(10, 400_000))
    #expect(store.get("/a")?.body.file == nil)
    #expect(folder.named(".body").isEmpty && folder.named(".head").isEmpty && folder.named(".new").isEmpty)
    #expect(store.statistics.diskFailures == 2 && store.statistics.diskBytes == 0)
    // Told once, not for every object.
    #expect(events.all.count == 2)
  }

  @Test("the bytes on disk must stay within their bound, and those that are asked for stay longest")
  func bound() async throws {
    let store = try await folder.store(capacity: 1_000_000, memory: 64 << 20)
    await store.put("/hot", body: body(12, 50_000))
    for index in 0..<100 {
      _ = store.get("/hot")
      await store.put("/\(index)", body: body(UInt64(index), 50_000))
      #expect(store.statistics.diskBytes <= 1_000_000)
    }
    await store.settle()
    #expect(store.get("/hot") != nil)
    #expect(
      store.statistics.filedObjects == 20 && folder.named(".body").count == 20 && folder.named(".head").count == 20)
  }

  @Test("a smaller bound after a restart must hold at once")
  func smallerBound() async throws {
    var store: CacheStore? = try await folder.store()
    for index in 0..<20 { await store?.put("/\(index)", body: body(UInt64(index), 50_000)) }
    store = nil
    store = try await folder.store(capacity: 500_000)
    #expect(store?.statistics.diskBytes == 500_000 && folder.named(".body").count == 10)
  }

  @Test("a smaller bound while it is in use must hold soon, and another size be the smallest that goes there")
  func resize() async throws {
    let store = try await folder.store()
    for index in 0..<20 { await store.put("/\(index)", body: body(UInt64(index), 50_000)) }
    store.resize(capacity: 8 << 20, largestObject: 1 << 20, diskCapacity: 500_000, smallestOnDisk: 40_000)
    await store.settle()
    #expect(store.statistics.diskBytes == 500_000 && folder.named(".body").count == 10)
    #expect(store.statistics.diskCapacity == 500_000)
    await store.put("/smaller", body: body(99, 39_999))
    #expect(store.statistics.diskBytes == 500_000 && store.get("/smaller") != nil)
  }

  @Test("a freshened object must keep its file, and a restart know it as it has become")
  func freshened() async throws {
    var store: CacheStore? = try await folder.store()
    if let store {
      await store.put("/a", body: body(13, 20_000), fields: "X: old\r\n")
      let old = try #require(store.get("/a"))
      let fresh = withBytes("X: new\r\n") { fields in
        store.object(
          key: old.key, hash: old.hash, selection: old.selection, fields: fields, record: record(lifetime: 99),
          body: old.body)
      }
      #expect(store.insert(fresh, epoch: store.epoch))
      await store.settle()
      #expect(await store.bytes("/a") == body(13, 20_000))
      #expect(store.statistics.diskBytes == 20_000)
    }
    store = nil
    store = try await folder.store()
    #expect(store?.get("/a")?.fields.text == "X: new\r\n")
    #expect(store?.get("/a")?.record.freshness.lifetime == 99)
    #expect(await store?.bytes("/a") == body(13, 20_000))
  }

  @Test("what is replaced must leave no file behind, and whoever reads it read on")
  func replaced() async throws {
    let store = try await folder.store()
    await store.put("/a", body: body(14, 20_000))
    let file = try #require(store.get("/a")?.body.file)
    guard case .ready(let descriptor) = file.open() else { throw Unexpected() }
    defer { close(descriptor) }
    await store.put("/a", body: body(15, 30_000))
    #expect(await store.bytes("/a") == body(15, 30_000))
    await store.settle()
    #expect(folder.named(".body").count == 1 && store.statistics.diskBytes == 30_000)
    var byte: UInt8 = 0
    #expect(pread(descriptor, &byte, 1, 19_999) == 1 && byte == body(14, 20_000)[19_999])
  }

  @Test("a form must move with its object")
  func forms() async throws {
    let store = try await folder.store()
    let object = store.make(key("/a"), body: body(16, 20_000))
    let form = withBytes("x") { store.keep(.gzip, of: object, fields: $0, body: StoredBody($0)) }
    store.insert(object, epoch: store.epoch)
    await store.settle()
    let filed = try #require(store.get("/a"))
    #expect(filed.body.file != nil && filed.form(.gzip) === form)
  }

  @Test("errors, parts and small bodies must stay in memory")
  func memory() async throws {
    let store = try await folder.store()
    for (target, status, size) in [("/e", 404, 20_000), ("/p", 206, 20_000), ("/s", 200, 9_999)] {
      let object = key(target).withUnsafeBytes { key in
        store.object(
          key: key, hash: store.hash(key), selection: .init(start: nil, count: 0), fields: .init(start: nil, count: 0),
          record: record(status: status), body: body(1, size).withUnsafeBytes { StoredBody($0) })
      }
      store.insert(object, epoch: store.epoch)
    }
    await store.settle()
    #expect(store.statistics.objects == 3 && store.statistics.filedObjects == 0)
  }

  @Test("two processes must not use one directory, and a file is no directory")
  func alone() async throws {
    let store = try await folder.store()
    let settings = DiskSettings(directory: folder.path, capacity: 1, smallestObject: 1)
    #expect(throws: DiskProblem(description: "`\(folder.path)` is in use by another process")) {
      try DiskTier(settings)
    }
    #expect(throws: DiskProblem.self) {
      try DiskTier(DiskSettings(directory: "\(folder.path)/lock", capacity: 1, smallestObject: 1))
    }
    withExtendedLifetime(store) {}
  }

  @Test("stores, look-ups, invalidations and reads at once must leave no file without an object")
  func together() async throws {
    let store = try await folder.store(capacity: 600_000)
    let bodies = (0..<20).map { body(UInt64($0), 30_000) }
    onThreads(4) { thread in
      var random = Random(seed: UInt64(thread))
      for _ in 0..<300 {
        let index = Int(random.next() % 20)
        switch random.next() % 8 {
        case 0: store.insert(store.make(key("/\(index)"), body: bodies[index]), epoch: store.epoch)
        case 1: if let pattern = try? InvalidationPattern("/\(index)") { store.invalidate([pattern], space: 1) }
        default:
          guard let file = store.get("/\(index)")?.body.file, case .ready(let descriptor) = file.open() else {
            continue
          }
          var byte: UInt8 = 0
          if pread(descriptor, &byte, 1, 777) != 1 || byte != bodies[index][777] { Issue.record("another body") }
          close(descriptor)
        }
      }
    }
    store.reclaim()
    await store.settle()
    await store.settle()
    let numbers = store.statistics
    #expect(folder.named(".body").count == numbers.filedObjects && folder.named(".head").count == numbers.filedObjects)
    #expect(numbers.diskBytes == numbers.filedObjects * 30_000 && numbers.diskBytes <= 600_000)
  }
}

/// A disk that is full once a file has so many bytes.
enum Disk {
  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, room: Int) -> Int {
    let at = Int(lseek(descriptor, 0, SEEK_CUR))
    let count = min(bytes.count, room - at)
    guard count > 0 else {
      errno = ENOSPC
      return -1
    }
    return Glibc.write(descriptor, bytes.baseAddress, count)
  }
}

func contents(_ path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 65_536)
  let count = read(descriptor, &bytes, bytes.count)
  return count < 0 ? nil : Array(bytes[..<count])
}

final class Events: Sendable {
  private let list = Mutex<[DiskEvent]>([])
  func add(_ event: DiskEvent) { list.withLock { $0.append(event) } }
  var all: [DiskEvent] { list.withLock { $0 } }
}

/// Keeps a thread until it is opened.
final class Gate: @unchecked Sendable {
  // SAFETY: a semaphore is for several threads.
  private let semaphore: UnsafeMutablePointer<sem_t>
  init() {
    semaphore = .allocate(capacity: 1)
    semaphore.initialize(to: sem_t())
    sem_init(semaphore, 0, 0)
  }
  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }
  func pass() {
    sem_wait(semaphore)
    sem_post(semaphore)
  }
  func open() { sem_post(semaphore) }
}
