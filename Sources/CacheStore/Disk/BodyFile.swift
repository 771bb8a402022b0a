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
  let bodyPath: String
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
    if let stamp, isKnown(stamp) { return .ready(descriptor) }
    close(descriptor)
    return stamp?.size == count ? .unchecked : .missing
  }

  /// Whether the file was whole when it looked like this.
  func isKnown(_ stamp: FileStamp) -> Bool { state.withLock { $0.stamp == stamp } }

  /// Its sum was right while it looked like this.
  func know(_ stamp: FileStamp) { state.withLock { $0.stamp = stamp } }

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
