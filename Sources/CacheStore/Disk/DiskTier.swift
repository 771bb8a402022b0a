import Bytes
import CacheRules
import Glibc
import Synchronization

/// Where large bodies lie: a directory, a bound on what may lie there, and from which size on a body is large.
public struct DiskSettings: Sendable, Equatable {
  public var directory: String
  /// Bytes of all bodies together.
  public var capacity: Int
  /// Bytes of the smallest body that goes there, and of the largest; no body takes more than a quarter of the capacity.
  public var smallestObject: Int
  public var largestObject: Int

  public init(directory: String, capacity: Int, smallestObject: Int, largestObject: Int = .max) {
    self.directory = directory
    self.capacity = capacity
    self.smallestObject = smallestObject
    self.largestObject = largestObject
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

/// Large bodies on disk. An object's head stays in memory, so look-ups, variants, tags and invalidations know no difference.
/// Up to `filedFrom` bytes an object is stored in memory first, as any other; then its body is written to a file, and an object
/// with the file as its body takes its place. A larger body is written as it comes (`Filling`), and stored when it is whole.
///
///     NUMBER.body    the body, written first
///     NUMBER.head    what it is the body of (`DiskHead`): only with it a restart finds the body
///     NUMBER.new     a head that is being written
///     lock           held by the process that uses the directory
///
/// Everything is done on one thread of its own but opening a body and forgetting a head, which take a system call each.
public final class DiskTier: Sendable {
  let directory: String
  private let most: Atomic<Int>
  private let smallest, largest: Atomic<Int>
  /// Writes bytes to a descriptor, as `write` does; tests make it fail.
  typealias Write = @Sendable (Int32, UnsafeRawBufferPointer) -> Int

  let queue = DiskQueue()
  private let write: Write
  let tell: @Sendable (DiskEvent) -> Void
  private let lockFile: Int32
  /// Names of files begin with it; those of an earlier process are smaller.
  let firstID: UInt64
  private let nextID: Atomic<UInt64>
  let used = Atomic<Int>(0)
  /// Bytes that wait to be written.
  private let waiting = Atomic<Int>(0)
  private let failures = Atomic<Int>(0)
  private let evictions = Atomic<Int>(0)
  let order = FiledObjects()
  private let isFailing = Atomic<Bool>(false)

  /// Bytes that may wait to be written; beyond it, bodies stay in memory.
  private static let mostWaiting = 128 << 20

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
    largest = Atomic(settings.largestObject)
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
  /// Bytes of one.
  var largestObject: Int { min(largest.load(ordering: .relaxed), capacity / 4) }

  /// Takes other sizes over, and has what is too much removed. What lies there stays, also what is smaller or larger than what
  /// goes there now.
  func resize(capacity: Int, smallestObject: Int, largestObject: Int, of store: CacheStore) {
    smallest.store(smallestObject, ordering: .relaxed)
    largest.store(largestObject, ordering: .relaxed)
    most.store(capacity, ordering: .relaxed)
    queue.submit { [self] in _ = makeRoom(for: 0, in: store) }
  }

  /// Bytes of the bodies that lie on disk, or for which there is to be room.
  var bytes: Int { used.load(ordering: .relaxed) }
  var failureCount: Int { failures.load(ordering: .relaxed) }
  /// Objects that have made room for others.
  var evictionCount: Int { evictions.load(ordering: .relaxed) }

  // MARK: Writing

  /// Whether a response's body may lie here. Parts and what a stage's cache has stay in memory: the ones are completed there,
  /// the others sent from one piece.
  static func takes(_ record: ResponseRecord, key: UnsafeRawBufferPointer) -> Bool {
    record.status == 200 && record.part == nil && CacheKey.isOfDistribution(key)
  }

  /// A body of more bytes than this is written as it comes.
  /// - Parameter largestInMemory: bytes of the largest body that memory takes.
  func filedFrom(largestInMemory: Int) -> Int {
    // While nothing can be written, memory keeps what it can.
    if isFailing.load(ordering: .relaxed) { return largestInMemory }
    return min(max(smallest.load(ordering: .relaxed), Self.gathered), largestInMemory)
  }

  /// Bytes of a body that are worth gathering in memory.
  private static let gathered = 1 << 20

  /// Takes over an object that has been stored, if it is for the disk.
  func take(_ object: StoredObject, of store: CacheStore) {
    if let file = object.body.file {
      // It has come in this way, or has been freshened: a restart should know it as it is now.
      queue.submit { [self] in
        order.set(object, file)
        writeHead(of: object, file)
      }
      return
    }
    let count = object.body.count
    guard count >= smallest.load(ordering: .relaxed), count <= largestObject,
      Self.takes(object.record, key: object.key), waiting.load(ordering: .relaxed) < Self.mostWaiting
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
    guard shard.holds(object), let writer = begin(expecting: object.body.count, of: store) else { return }
    var at = 0
    while let piece = object.body.piece(at: at, until: object.body.count) {
      guard append(piece, to: writer, of: store) else { return remove(writer) }
      at &+= piece.count
    }
    guard let file = finish(writer) else { return }
    let filed = store.copy(of: object, body: StoredBody(file))
    guard shard.replace(object, with: filed) else { return drop(file) }
    order.set(filed, file)
    writeHead(of: filed, file)
    store.makeRoom()
  }

  /// Opens a file for a body, on the tier's thread as all that follows.
  /// - Parameter count: bytes that are to come, for which room is made; 0: not known.
  /// - Returns: nil where there is no room, or no file.
  func begin(expecting count: Int, of store: CacheStore) -> BodyWriter? {
    guard makeRoom(for: count, in: store) else { return nil }
    let id = nextID.wrappingAdd(1, ordering: .relaxed).newValue
    let path = DiskNames.body(id, in: directory)
    guard let writer = BodyWriter.open(id, path, by: write) else {
      fail(path)
      return nil
    }
    writer.reserved = count
    used.add(count, ordering: .relaxed)
    return writer
  }

  /// Writes bytes of a body, and makes room for them if that has not been done.
  /// - Returns: false where that cannot be done: then the file is of no more use.
  func append(_ bytes: UnsafeRawBufferPointer, to writer: BodyWriter, of store: CacheStore) -> Bool {
    let more = max(0, writer.count &+ bytes.count &- writer.reserved)
    guard makeRoom(for: more, in: store) else { return false }
    writer.reserved &+= more
    used.add(more, ordering: .relaxed)
    if writer.append(bytes) { return true }
    fail(writer.path)
    return false
  }

  /// - Returns: nil where the body did not get into its file; then that is gone.
  func finish(_ writer: BodyWriter) -> BodyFile? {
    guard let file = writer.finish(in: directory) else {
      fail(writer.path)
      remove(writer)
      return nil
    }
    used.subtract(writer.reserved &- file.count, ordering: .relaxed)
    isFailing.store(false, ordering: .relaxed)
    return file
  }

  /// Removes the file of a body that does not become whole. Once for each.
  func remove(_ writer: BodyWriter) {
    unlink(writer.path)
    used.subtract(writer.reserved, ordering: .relaxed)
  }

  /// - Returns: false where bodies that are still being written take up the rest.
  private func makeRoom(for count: Int, in store: CacheStore) -> Bool {
    while bytes &+ count > capacity {
      guard let oldest = order.next() else { return false }
      if store.shard(oldest.hash).remove(oldest) { evictions.add(1, ordering: .relaxed) }
      if let file = oldest.body.file { drop(file) }
    }
    return true
  }

  private func writeHead(of object: StoredObject, _ file: BodyFile) {
    let head = ByteBuffer(capacity: 4096)
    DiskHead.write(object, file, into: head)
    let path = DiskNames.temporary(file.id, in: directory)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return fail(path) }
    let isWritten = BodyWriter.writeAll(head.readable, descriptor, by: write)
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

  func drop(_ file: BodyFile) {
    guard file.drop() else { return }
    order.remove(file)
    used.subtract(file.count, ordering: .relaxed)
  }

  // MARK: Checking

  /// Checks a body's sum and says whether it may be sent, on the tier's thread.
  func check(_ file: BodyFile, _ answer: @escaping @Sendable (Bool) -> Void) {
    queue.submit { [self] in goOn(with: BodyCheck(file), of: file, answer) }
  }

  private func goOn(with check: BodyCheck?, of file: BodyFile, _ answer: @escaping @Sendable (Bool) -> Void) {
    let isWhole = check.map { $0.next() } ?? false
    guard let isWhole else { return queue.submit { [self] in goOn(with: check, of: file, answer) } }
    if !isWhole { tell(.damaged(DiskNames.body(file.id, in: directory))) }
    answer(isWhole)
  }
}
