import Glibc

/// What tells one content of a file from the next, without reading it.
public struct FileSignature: Sendable, Equatable {
  private let device, inode: UInt
  private let size: Int
  private let seconds, nanoseconds: Int

  /// Nil where there is no file.
  public init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
  }
}
