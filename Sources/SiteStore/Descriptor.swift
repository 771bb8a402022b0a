import CLinux
import Glibc
import StaticFiles

/// An open file or directory, closed when it goes.
public final class Descriptor {
  public let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  /// Opens a directory by its path.
  static func directory(_ path: String) -> Descriptor? {
    let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    return number < 0 ? nil : Descriptor(number)
  }

  /// What became of opening a name below a root.
  enum Opened {
    case file(Descriptor, FileMetadata)
    case folder
    /// It does not exist, lies outside of the root, is neither file nor folder, or may not be read.
    case nothing
  }

  /// Opens a file below this directory, whatever links are on the way: what leads out of it does not exist.
  /// - Parameter path: relative, with a zero byte at its end.
  func open(_ path: UnsafePointer<CChar>) -> Opened {
    // A pipe that nobody writes to must not keep the thread: O_NONBLOCK changes nothing for regular files.
    let number = clinux_open_beneath(self.number, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard number >= 0 else { return .nothing }
    let opened = Descriptor(number)
    var status = stat()
    guard fstat(number, &status) == 0 else { return .nothing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(opened, FileMetadata(status))
    case S_IFDIR: return .folder
    default: return .nothing
    }
  }

  /// The state of a file below this directory, without opening it for reading.
  /// - Returns: nil for anything that `open` would not call a file.
  func metadata(of path: UnsafePointer<CChar>) -> FileMetadata? {
    let number = clinux_open_beneath(self.number, path, Self.pathOnly | O_CLOEXEC)
    guard number >= 0 else { return nil }
    defer { close(number) }
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return FileMetadata(status)
  }

  /// `O_PATH` (open(2)), which Glibc's module leaves out.
  private static let pathOnly: Int32 = 0o10000000
}

extension FileMetadata {
  init(_ status: stat) {
    self.init(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
      modifiedNanoseconds: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec))
  }
}
