import Bytes
import CacheRules
import Glibc

/// What an earlier process has left on disk.
extension DiskTier {
  /// A head is longer only where fields are; theirs are bounded when they are received.
  private static let longestHead = 4 << 20

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
