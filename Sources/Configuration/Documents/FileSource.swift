import Foundation
import Glibc

/// Where the loader gets files from: the disk, or whatever a test says.
public struct FileSource {
  /// Why a file cannot be had.
  public enum Failure: Error, Equatable {
    case missing, notAFile, notReadable
    /// Its size in bytes.
    case tooLarge(Int)
  }

  let read: (_ path: String) throws(Failure) -> [UInt8]
  /// Whether there is a directory under the path.
  let isDirectory: (_ path: String) -> Bool

  public init(
    isDirectory: @escaping (_ path: String) -> Bool = { _ in false },
    _ read: @escaping (_ path: String) throws(Failure) -> [UInt8]
  ) {
    self.read = read
    self.isDirectory = isDirectory
  }

  /// Files by path.
  public init(_ files: [String: String]) {
    self.init(isDirectory: { path in files.keys.contains { $0.hasPrefix(path + "/") } }) { path throws(Failure) in
      guard let text = files[path] else { throw .missing }
      return Array(text.utf8)
    }
  }

  /// The disk. Only regular files are read: a pipe or a device could keep the loader waiting for ever.
  public static var disk: FileSource {
    FileSource(isDirectory: Self.isDirectoryOnDisk) { path throws(Failure) in
      let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { throw errno == ENOENT || errno == ENOTDIR ? .missing : .notReadable }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
      let size = Int(clamping: status.st_size)
      guard size <= DocumentLimits.bytes else { throw .tooLarge(size) }
      // One byte more than the limit shows a file that grows while it is read.
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      while bytes.count <= DocumentLimits.bytes {
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .notReadable }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
      }
      throw .tooLarge(bytes.count)
    }
  }

  private static func isDirectoryOnDisk(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// Paths as people write them in a configuration: relative to the file that they stand in.
enum FilePath {
  /// `reference` as seen from the folder of `file`, with `.` and `..` worked out as far as the text allows.
  static func resolve(_ reference: String, from file: String) -> String {
    if reference.hasPrefix("/") { return normalized(reference) }
    guard let slash = file.lastIndex(of: "/") else { return normalized(reference) }
    return normalized(file[...slash] + reference)
  }

  static func normalized(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    return (isAbsolute ? "/" : "") + parts.joined(separator: "/")
  }
}
