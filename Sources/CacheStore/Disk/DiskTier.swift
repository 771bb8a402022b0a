import Bytes
import CacheRules
import Glibc
import Synchronization

/// Where large bodies lie: a directory, a bound on what may lie there, and from which size on a body is large.
public struct DiskSettings: Sendable, Equatable {
  public var directory: String
  /// Bytes of all bodies together.
  public var capacity: Int
  /// Bytes of the smallest body that goes there.
  public var smallestObject: Int

  public init(directory: String, capacity: Int, smallestObject: Int) {
    self.directory = directory
    self.capacity = capacity
    self.smallestObject = smallestObject
  }
}

/// What the tier has to tell whoever runs the gateway.
public enum DiskEvent: Sendable, Equatable {
  /// It begins with so many objects, and has removed so many files of others.
  case restored(objects: Int, bytes: Int, removed: Int)
  /// A body cannot be written; those behind it are not told of until one can.
  case cannotWrite(String)
  /// A body is not as it was written, and has been removed.
  case damaged(String)
}

/// Why there is no disk tier.
public struct DiskProblem: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String
}

/// Large bodies on disk. An object is stored in memory first, as any other; then its body is written to a file, and an object
/// with the file as its body takes its place. Its head stays in memory, so look-ups, variants, tags and invalidations know no
/// difference.
///
///     NUMBER.body    the body, written first
///     NUMBER.head    what it is the body of (`DiskHead`): only with it a restart finds the body
///     NUMBER.new     a head that is being written
///     lock           held by the process that uses the directory
///
/// Everything is done on one thread of its own but opening a body and forgetting a head, which take a system call each.
public final class DiskTier: Sendable {
  private let directory: String
  private let most: Atomic<Int>
  private let smallest: Atomic<Int>
  /// Writes bytes to a descriptor, as `write` does; tests make it fail.
  typealias Write = @Sendable (Int32, UnsafeRawBufferPointer) -> Int

  let queue = DiskQueue()
  private let write: Write
  private let tell: @Sendable (DiskEvent) -> Void
  private let lockFile: Int32
  /// Names of files begin with it; those of an earlier process are smaller.
  private let firstID: UInt64
  private let nextID: Atomic<UInt64>
  private let used = Atomic<Int>(0)
  /// Bytes that wait to be written.
  private let waiting = Atomic<Int>(0)
  private let failures = Atomic<Int>(0)
  private let evictions = Atomic<Int>(0)
  private let order = FiledObjects()
  private let isFailing = Atomic<Bool>(false)

  /// Bytes that may wait to be written; beyond it, bodies stay in memory.
  private static let mostWaiting = 128 << 20
  /// A head is longer only where fields are; theirs are bounded when they are received.
  private static let longestHead = 4 << 20

  /// - Throws: `DiskProblem` where the directory cannot be used.
  public convenience init(
    _ settings: DiskSettings, tell: @escaping @Sendable (DiskEvent) -> Void = { _ in }
  ) throws(DiskProblem) {
    try self.init(settings, write: { Glibc.write($0, $1.baseAddress, $1.count) }, tell: tell)
  }

  init(
    _ settings: DiskSettings, write: @escaping Write, tell: @escaping @Sendable (DiskEvent) -> Void
  ) throws(DiskProblem) {
    directory = settings.directory
    most = Atomic(settings.capacity)
    smallest = Atomic(settings.smallestObject)
    self.write = write
    self.tell = tell
    if mkdir(directory, 0o700) != 0, errno != EEXIST {
      throw DiskProblem(description: "`\(directory)` cannot be made: \(Self.reason)")
    }
    lockFile = open("\(directory)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lockFile >= 0 else { throw DiskProblem(description: "`\(directory)` cannot be written to: \(Self.reason)") }
    guard flock(lockFile, LOCK_EX | LOCK_NB) == 0 else {
      close(lockFile)
      throw DiskProblem(description: "`\(directory)` is in use by another process")
    }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    firstID = UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    nextID = Atomic(firstID)
    guard queue.start() else {
      close(lockFile)
      throw DiskProblem(description: "there can be no more threads")
    }
  }

  deinit {
    queue.end()
    close(lockFile)
  }

  private static var reason: String { String(cString: strerror(errno)) }

  /// Bytes of all bodies together, at most.
  var capacity: Int { most.load(ordering: .relaxed) }

  /// Takes other sizes over, and has what is too much removed. What lies there stays, also what is smaller than what goes there
  /// now.
  func resize(capacity: Int, smallestObject: Int, of store: CacheStore) {
    smallest.store(smallestObject, ordering: .relaxed)
    most.store(capacity, ordering: .relaxed)
    queue.submit { [self] in makeRoom(for: 0, in: store) }
  }

  /// Bytes of the bodies that lie on disk.
  var bytes: Int { used.load(ordering: .relaxed) }
  var failureCount: Int { failures.load(ordering: .relaxed) }
  /// Objects that have made room for others.
  var evictionCount: Int { evictions.load(ordering: .relaxed) }

  // MARK: Writing

  /// Takes over an object that has been stored, if it is for the disk.
  func take(_ object: StoredObject, of store: CacheStore) {
    if let file = object.body.file {
      // It has been freshened: a restart should know it as it is now.
      queue.submit { [self] in
        order.set(object, file)
        writeHead(of: object, file)
      }
      return
    }
    let count = object.body.count
    // Parts and what a stage's cache has stay in memory: the ones are completed there, the others sent from one piece.
    guard count >= smallest.load(ordering: .relaxed), count <= capacity, object.record.status == 200,
      object.record.part == nil, CacheKey.isOfDistribution(object.key),
      waiting.load(ordering: .relaxed) < Self.mostWaiting
    else { return }
    waiting.add(count, ordering: .relaxed)
    queue.submit { [self] in
      defer { waiting.subtract(count, ordering: .relaxed) }
      move(object, of: store)
    }
  }

  /// Writes a body, puts an object with the file in the place of the one in memory, and then the head.
  private func move(_ object: StoredObject, of store: CacheStore) {
    let shard = store.shard(object.hash)
    guard shard.holds(object) else { return }
    makeRoom(for: object.body.count, in: store)
    guard let file = writeBody(of: object) else { return }
    used.add(file.count, ordering: .relaxed)
    let filed = store.copy(of: object, body: StoredBody(file))
    guard shard.replace(object, with: filed) else {
      drop(file)
      return
    }
    order.set(filed, file)
    writeHead(of: filed, file)
    store.makeRoom()
  }

  private func makeRoom(for count: Int, in store: CacheStore) {
    while bytes &+ count > capacity, let oldest = order.next() {
      if store.shard(oldest.hash).remove(oldest) { evictions.add(1, ordering: .relaxed) }
      if let file = oldest.body.file { drop(file) }
    }
  }

  private func writeBody(of object: StoredObject) -> BodyFile? {
    let id = nextID.wrappingAdd(1, ordering: .relaxed).newValue
    let path = DiskNames.body(id, in: directory)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      fail(path)
      return nil
    }
    var sum = BodySum()
    let block = ByteBuffer(capacity: BodySum.block)
    var at = 0
    var isWritten = true
    while isWritten, at < object.body.count {
      block.clear()
      let end = min(at &+ BodySum.block, object.body.count)
      while let piece = object.body.piece(at: at, until: end) {
        block.write(piece)
        at &+= piece.count
      }
      sum.add(block: block.readable)
      isWritten = writeAll(block.readable, descriptor)
    }
    let stamp = FileStamp(descriptor)
    guard isWritten, close(descriptor) == 0, let stamp, stamp.size == object.body.count else {
      fail(path)
      unlink(path)
      return nil
    }
    isFailing.store(false, ordering: .relaxed)
    return BodyFile(id, in: directory, count: object.body.count, sum: sum.value, stamp: stamp)
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let done = write(descriptor, rest)
      if done < 0, errno == EINTR { continue }
      guard done > 0 else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[min(done, rest.count)...])
    }
    return true
  }

  private func writeHead(of object: StoredObject, _ file: BodyFile) {
    let head = ByteBuffer(capacity: 4096)
    DiskHead.write(object, file, into: head)
    let path = DiskNames.temporary(file.id, in: directory)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return fail(path) }
    let isWritten = writeAll(head.readable, descriptor)
    if !isWritten { fail(path) }
    guard close(descriptor) == 0, isWritten, file.commit(path, of: object) else {
      unlink(path)
      return
    }
  }

  /// Called right after the system call that failed.
  private func fail(_ path: String) {
    let reason = Self.reason
    failures.add(1, ordering: .relaxed)
    if !isFailing.exchange(true, ordering: .relaxed) { tell(.cannotWrite("`\(path)`: \(reason)")) }
  }

  // MARK: Removing

  /// An object with this body has left the store.
  func dropIfUnused(_ file: BodyFile) {
    if !file.isHeld { queue.submit { [self] in drop(file) } }
  }

  private func drop(_ file: BodyFile) {
    guard file.drop() else { return }
    order.remove(file)
    used.subtract(file.count, ordering: .relaxed)
  }

  // MARK: Checking

  /// Checks a body's sum and says whether it may be sent, on the tier's thread.
  func check(_ file: BodyFile, _ answer: @escaping @Sendable (Bool) -> Void) {
    queue.submit { [self] in
      let isWhole = file.check()
      if !isWhole { tell(.damaged(DiskNames.body(file.id, in: directory))) }
      answer(isWhole)
    }
  }

  // MARK: Restoring

  /// Takes in what an earlier process left, before anything is asked for or invalidated. What it looks at are the heads, of
  /// which there are no more than the capacity has room for bodies.
  func restore(into store: CacheStore, _ done: @escaping @Sendable () -> Void) {
    queue.submit { [self] in
      tell(restore(into: store))
      done()
    }
  }

  private func restore(into store: CacheStore) -> DiskEvent {
    var (objects, bytes, removed) = (0, 0, 0)
    guard let stream = opendir(directory) else { return .restored(objects: 0, bytes: 0, removed: 0) }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let (id, ending) = DiskNames.parse(name), id <= firstID else { continue }
      switch ending {
      case "head":
        if let count = restoreHead(id, into: store) {
          objects += 1
          bytes += count
        } else {
          unlink(DiskNames.head(id, in: directory))
          unlink(DiskNames.body(id, in: directory))
          removed += 1
        }
      case "body":
        // Without a head it was not written to its end, or has been invalidated.
        if access(DiskNames.head(id, in: directory), F_OK) != 0 {
          unlink(DiskNames.body(id, in: directory))
          removed += 1
        }
      default: unlink(DiskNames.temporary(id, in: directory))
      }
    }
    return .restored(objects: objects, bytes: bytes, removed: removed)
  }

  /// - Returns: the size of the body; nil for what is not taken in.
  private func restoreHead(_ id: UInt64, into store: CacheStore) -> Int? {
    guard let text = read(DiskNames.head(id, in: directory)),
      let head = text.withUnsafeBytes({ DiskHead($0) }), head.bodyCount <= capacity &- bytes
    else { return nil }
    var status = stat()
    guard stat(DiskNames.body(id, in: directory), &status) == 0, Int(status.st_size) == head.bodyCount else {
      return nil
    }
    let file = BodyFile(id, in: directory, count: head.bodyCount, sum: head.bodySum, stamp: nil)
    guard let object = store.restore(head, file) else { return nil }
    order.set(object, file)
    used.add(file.count, ordering: .relaxed)
    return file.count
  }

  private func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard let stamp = FileStamp(descriptor), stamp.size > 0, stamp.size <= Self.longestHead else { return nil }
    var bytes = [UInt8](repeating: 0, count: stamp.size)
    var filled = 0
    while filled < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress.map { $0 + filled }, $0.count - filled)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return nil }
      filled += got
    }
    return bytes
  }
}

/// The objects whose bodies lie on disk, in the order in which they make room: the oldest first, but each hit earns another
/// round. The tier's thread alone has to do with it.
// SAFETY: what changes is touched only by jobs of the tier's queue, one after the other.
final class FiledObjects: @unchecked Sendable {
  private var objects: [UInt64: StoredObject] = [:]
  /// Numbers of files, the oldest first from `start` on; those that have left are passed over.
  private var numbers: [UInt64] = []
  private var start = 0

  func set(_ object: StoredObject, _ file: BodyFile) {
    if objects.updateValue(object, forKey: file.id) == nil { numbers.append(file.id) }
  }

  func remove(_ file: BodyFile) { objects[file.id] = nil }

  /// Takes out the object that has to go; nil where there is none.
  func next() -> StoredObject? {
    while start < numbers.count {
      let number = numbers[start]
      start += 1
      if start > 1024, start > numbers.count / 2 {
        numbers.removeFirst(start)
        start = 0
      }
      guard let object = objects[number] else { continue }
      let hits = object.frequency.load(ordering: .relaxed)
      if hits > 0 {
        object.frequency.store(hits - 1, ordering: .relaxed)
        numbers.append(number)
      } else {
        objects[number] = nil
        return object
      }
    }
    return nil
  }
}
