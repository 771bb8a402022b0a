import Glibc

/// A small file as it is on disk, and by what it can be told that it has changed.
struct FileContent {
  /// What changes with a file's content (stat(2)), whoever wrote it and however it was put in its place.
  struct Stamp: Hashable, Sendable {
    let device, inode: UInt64
    let size, seconds, nanoseconds: Int64

    /// Of the file that `path` leads to, through links; nil where there is none.
    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      seconds = Int64(status.st_mtim.tv_sec)
      nanoseconds = Int64(status.st_mtim.tv_nsec)
    }
  }

  /// Chains of certificates have some kilobytes; stores of trust some hundred.
  static let largest = 4 << 20

  static func read(_ path: String) throws(CertificateFlaw) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path, errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(path, errno) }
      if count == 0 { return bytes }
      guard bytes.count + count <= largest else { throw .tooLarge(path) }
      bytes += piece.prefix(count)
    }
  }

  /// The names in a directory, sorted.
  static func names(in directory: String) throws(CertificateFlaw) -> [String] {
    guard let stream = opendir(directory) else { throw .unreadable(directory, errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
