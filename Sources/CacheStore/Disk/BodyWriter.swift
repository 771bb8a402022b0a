import Glibc

/// The file of a body that is being written, from its first byte to its last. It becomes a `BodyFile` when it is whole; until
/// then nothing tells a restart of it, and who holds it may read what has been written.
// SAFETY: what changes is touched by jobs of the tier's queue alone, one after the other; the descriptor stays open for as
// long as this is held.
final class BodyWriter: @unchecked Sendable {
  let id: UInt64
  let descriptor: Int32
  let path: String
  /// Bytes that have been written.
  private(set) var count = 0
  /// Bytes that the tier has made room for.
  var reserved = 0
  private var sum = BodySum()
  private let write: DiskTier.Write

  private init(_ id: UInt64, _ path: String, _ descriptor: Int32, by write: @escaping DiskTier.Write) {
    self.id = id
    self.path = path
    self.descriptor = descriptor
    self.write = write
  }

  deinit { close(descriptor) }

  /// - Returns: nil where there can be no such file; `errno` says why.
  static func open(_ id: UInt64, _ path: String, by write: @escaping DiskTier.Write) -> BodyWriter? {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    return descriptor < 0 ? nil : BodyWriter(id, path, descriptor, by: write)
  }

  /// Writes the next bytes.
  /// - Returns: false where they cannot be written; `errno` says why.
  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard Self.writeAll(bytes, descriptor, by: write) else { return false }
    sum.add(bytes)
    count &+= bytes.count
    return true
  }

  /// The body is whole.
  /// - Returns: nil where it did not arrive in the file; `errno` says why.
  func finish(in directory: String) -> BodyFile? {
    // Closing tells what writing did not, on file systems that put it off; this descriptor is still read from.
    let copy = dup(descriptor)
    guard copy >= 0, close(copy) == 0, let stamp = FileStamp(descriptor), stamp.size == count else { return nil }
    return BodyFile(id, in: directory, count: count, sum: sum.end(), stamp: stamp)
  }

  /// Writes to a descriptor until all is written.
  static func writeAll(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32, by write: DiskTier.Write) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let done = write(descriptor, rest)
      if done < 0, errno == EINTR { continue }
      guard done > 0 else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[min(done, rest.count)...])
    }
    return true
  }
}
