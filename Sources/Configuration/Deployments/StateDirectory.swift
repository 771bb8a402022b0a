import Foundation
import Glibc

/// A directory that a gateway remembers things in: written so that a crash leaves the old or the new, and nothing between.
struct StateDirectory {
  /// What the system says against writing.
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String { "`\(path)`: \(String(cString: strerror(code)))" }
  }

  let path: String

  init(_ path: String) { self.path = path }

  /// Makes the directory, for its owner alone, since a configuration may hold secrets. It keeps itself out of Git.
  func make() throws(Failure) {
    try makeFolder(path)
    guard access(path, R_OK | W_OK | X_OK) == 0 else { throw failure(path) }
    if access(full(".gitignore"), F_OK) != 0 { try write(Array("*\n".utf8), ".gitignore") }
  }

  /// The deployments there are, in order.
  var numbers: [Int] { names.compactMap { Int($0) }.filter { $0 > 0 }.sorted() }

  /// The numbers that were taken and nothing is stored under yet.
  var reserved: [Int] {
    names.filter { $0.hasPrefix(".") && $0.hasSuffix(".new") }.compactMap { Int($0.dropFirst().dropLast(4)) }.sorted()
  }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

  func read(_ name: String) -> [UInt8]? { try? FileSource.disk.read(full(name)) }

  /// Takes a number for this process.
  /// - Returns: false when another one has it.
  func reserve(_ number: Int) throws(Failure) -> Bool {
    let name = full(".\(number).new")
    guard mkdir(name, 0o700) == 0 else {
      if errno == EEXIST { return false }
      throw failure(name)
    }
    if access(full("\(number)"), F_OK) != 0 { return true }
    rmdir(name)
    return false
  }

  /// Writes a file of its own and waits until the disk has it; folders are made where they are missing.
  func write(_ bytes: [UInt8], _ name: String) throws(Failure) {
    let file = full(name)
    try makeFolder(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(file) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(file) }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw failure(file) }
  }

  /// Gives what was written under one name another one, at once and for good.
  func rename(_ name: String, to other: String) throws(Failure) {
    guard Glibc.rename(full(name), full(other)) == 0 else { throw failure(full(other)) }
    // The folder's entry is on the disk only when the folder is.
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  /// Removes a file or a folder with all that is in it; what cannot be removed stays.
  func remove(_ name: String) { try? FileManager.default.removeItem(atPath: full(name)) }

  private func full(_ name: String) -> String { path + "/" + name }

  private func failure(_ path: String) -> Failure { Failure(path: path, code: errno) }

  private func makeFolder(_ folder: String) throws(Failure) {
    if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else {
      throw failure(folder)
    }
    try makeFolder(String(folder[..<slash]))
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure(folder) }
  }

  /// A file's path, seen from the configuration's folder, as a path that stays below the directory: `..` is written
  /// `%2E%2E`, and `%` itself `%25`, so that no two paths become one.
  static func escaped(_ path: String) -> String {
    path.split(separator: "/").map { part in
      part == ".." ? "%2E%2E" : part.replacing("%", with: "%25")
    }.joined(separator: "/")
  }
}
