import ArgumentParser
import Foundation

/// Tells when files have been saved. It watches their folders, since many editors write a new file and give it the old
/// one's name.
struct FileWatch {
  private let descriptor: Int32
  /// The files to tell about: of each watched folder, by name.
  private var files: [Int32: [String: String]] = [:]

  private static let saved = UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO)

  /// - Throws: `ExitCode.missingInput` where a folder is not there.
  init(_ paths: [String]) throws {
    descriptor = inotify_init1(Int32(IN_CLOEXEC))
    for path in paths {
      // A link's target may be saved in another folder.
      for url in [URL(filePath: path), URL(filePath: path).resolvingSymlinksInPath()] {
        let folder = url.deletingLastPathComponent().path
        let watch = inotify_add_watch(descriptor, folder, Self.saved | UInt32(IN_ONLYDIR))
        guard watch >= 0 else {
          Terminal.error.print("sluice: the folder `\(folder)` cannot be watched")
          throw ExitCode.missingInput
        }
        files[watch, default: [:]][url.lastPathComponent] = path
      }
    }
  }

  /// Waits until files have been saved.
  /// - Returns: their paths, as they were given, in alphabetical order.
  func next() throws -> [String] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ExitCode.internalError }
      let names = names(in: buffer[..<count])
      if !names.isEmpty { return names.sorted() }
    }
  }

  /// The kernel's records: `wd`, `mask`, `cookie`, `len` of four bytes each, and a name of `len` bytes that ends in zeros.
  private func names(in records: ArraySlice<UInt8>) -> Set<String> {
    var names: Set<String> = []
    var rest = records
    while rest.count >= 16 {
      let (watch, mask, length) = rest.withUnsafeBytes {
        (
          $0.loadUnaligned(as: Int32.self), $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
          Int($0.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        )
      }
      let name = String(decoding: rest.dropFirst(16).prefix(length).prefix { $0 != 0 }, as: UTF8.self)
      if let path = files[watch]?[name] { names.insert(path) }
      // Some were lost: any may have been saved.
      if mask & UInt32(IN_Q_OVERFLOW) != 0 { for folder in files.values { names.formUnion(folder.values) } }
      rest = rest.dropFirst(16 + length)
    }
    return names
  }
}
