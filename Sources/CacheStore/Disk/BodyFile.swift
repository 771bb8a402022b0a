import Glibc

/// A body that lies on disk, in a file of its own: immutable, like one in memory. Beside it lies a small file, its head, that
/// says what it is the body of; the head is what a restart goes by.
///
/// Nothing is sent from the file before its sum has been checked, once in this process, and again when the file is not as
/// it was then: its times and its size say so.
public final class BodyFile: Sendable {
  /// Bytes.
  public let count: Int
  let id: UInt64
  let sum: UInt64
  private let bodyPath: String
  private let headPath: String
  private let state: Lock<State>

  private struct State {
    /// What the file looked like when it was known to be whole.
    var stamp: FileStamp?
    /// Objects of the store that have it as their body.
    var holders = 0
    var isDropped = false
  }

  init(_ id: UInt64, in directory: String, count: Int, sum: UInt64, stamp: FileStamp?) {
    self.id = id
    self.count = count
    self.sum = sum
    bodyPath = DiskNames.body(id, in: directory)
    headPath = DiskNames.head(id, in: directory)
    state = Lock(State(stamp: stamp))
  }

  // MARK: Reading

  public enum Opening: Sendable {
    /// An open descriptor, which the caller closes. It goes on giving these bytes, whatever becomes of the name.
    case ready(Int32)
    /// Its sum has to be checked first: `CacheStore.check`.
    case unchecked
    case missing
  }

  public func open() -> Opening {
    let descriptor = Glibc.open(bodyPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return .missing }
    let stamp = FileStamp(descriptor)
    if let stamp, state.withLock({ $0.stamp == stamp }) { return .ready(descriptor) }
    close(descriptor)
    return stamp?.size == count ? .unchecked : .missing
  }

  /// Reads the whole file. Takes its time.
  /// - Returns: whether it is what was written.
  func check() -> Bool {
    let descriptor = Glibc.open(bodyPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard let stamp = FileStamp(descriptor), stamp.size == count else { return false }
    if state.withLock({ $0.stamp == stamp }) { return true }
    var sum = BodySum()
    guard sum.add(fileOf: descriptor, count: count), sum.value == self.sum, FileStamp(descriptor) == stamp else {
      return false
    }
    state.withLock { $0.stamp = stamp }
    return true
  }

  // MARK: What becomes of it

  func hold() { state.withLock { $0.holders &+= 1 } }
  func letGo() { state.withLock { $0.holders &-= 1 } }
  var isHeld: Bool { state.withLock { $0.holders > 0 } }

  /// Lets a restart know nothing of it: an invalidation has hit it. When this returns it is so.
  func forget() { state.withLock { _ in _ = unlink(headPath) } }

  /// Gives a head that has been written under another name its own, so that a restart finds it; unless the object has been
  /// invalidated or has left. An invalidation marks the object first and then forgets the file, so that one of the two is
  /// seen here or undoes this.
  func commit(_ temporary: String, of object: StoredObject) -> Bool {
    state.withLock { state in
      state.holders > 0 && !state.isDropped && !object.isInvalidated && rename(temporary, headPath) == 0
    }
  }

  /// Removes the files, if nothing in the store has them.
  /// - Returns: whether it did, this time.
  func drop() -> Bool {
    state.withLock { state in
      guard state.holders == 0, !state.isDropped else { return false }
      state.isDropped = true
      unlink(headPath)
      unlink(bodyPath)
      return true
    }
  }

  /// What an instance costs in memory: bytes.
  static let overhead = 320
}

extension BodyFile: Equatable {
  public static func == (one: BodyFile, other: BodyFile) -> Bool { one === other }
}

/// What tells whether a file has been touched.
struct FileStamp: Equatable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  let size: Int
  private let modified: Int64
  private let changed: Int64

  init?(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
  }
}

/// The sum over a body: 64 bits, in blocks of one size, so that it does not depend on how the body came in.
struct BodySum {
  static let block = 256 * 1024
  private(set) var value: UInt64 = 0x5EED_0F00_D15C

  /// - Parameter bytes: a whole block, or the last one.
  mutating func add(block bytes: UnsafeRawBufferPointer) { value = KeyHash.of(bytes, seed: value) }

  /// - Returns: false where the file has not so many bytes.
  mutating func add(fileOf descriptor: Int32, count: Int) -> Bool {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.block, alignment: 16)
    defer { buffer.deallocate() }
    var at = 0
    while at < count {
      let wanted = min(Self.block, count &- at)
      var filled = 0
      while filled < wanted {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, wanted &- filled, at &+ filled)
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { return false }
        filled &+= got
      }
      add(block: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
      at &+= filled
    }
    return true
  }
}

/// What the files of the tier are called.
enum DiskNames {
  static func body(_ id: UInt64, in directory: String) -> String { "\(directory)/\(name(id)).body" }
  static func head(_ id: UInt64, in directory: String) -> String { "\(directory)/\(name(id)).head" }
  static func temporary(_ id: UInt64, in directory: String) -> String { "\(directory)/\(name(id)).new" }

  private static func name(_ id: UInt64) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The number and the ending of a name; nil for one that is not ours.
  static func parse(_ name: String) -> (id: UInt64, ending: String)? {
    guard name.utf8.count > 17, let dot = name.firstIndex(of: "."),
      name.utf8.distance(from: name.startIndex, to: dot) == 16,
      let id = UInt64(name[..<dot], radix: 16)
    else { return nil }
    let ending = String(name[name.index(after: dot)...])
    return ["body", "head", "new"].contains(ending) ? (id, ending) : nil
  }
}
