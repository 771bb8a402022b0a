import Glibc

/// The files below a directory, and what is done with them when a release is made.
struct FileTree {
  /// Below the directory, in order: a folder before what is in it.
  var folders: [String] = []
  var paths: [String] = []
  /// Of all files together.
  var bytes = 0

  /// - Returns: everything that a site could serve: names that begin with a dot are passed over, but for `.well-known`.
  static func files(below directory: String) throws(ReleaseStore.Failure) -> FileTree {
    guard ReleaseLayout.isDirectory(directory) else { throw .noSource(directory) }
    var tree = FileTree()
    var waiting = [""]
    while let folder = waiting.popLast() {
      for name in ReleaseLayout.names(in: folder.isEmpty ? directory : "\(directory)/\(folder)") {
        guard !name.hasPrefix(".") || (folder.isEmpty && name == ".well-known") else { continue }
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        var status = stat()
        guard lstat("\(directory)/\(path)", &status) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
          tree.paths.append(path)
          tree.bytes += Int(status.st_size)
        case S_IFDIR:
          tree.folders.append(path)
          waiting.append(path)
        default: throw .unusable("\(directory)/\(path)")
        }
      }
    }
    tree.paths.sort()
    tree.folders.sort()
    return tree
  }

  /// Nil where the second one is no file.
  static func haveSameBytes(_ one: String, _ other: String) -> Bool? {
    let second = open(other, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard second >= 0 else { return nil }
    defer { close(second) }
    let first = open(one, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard first >= 0 else { return false }
    defer { close(first) }
    var (left, right) = (stat(), stat())
    guard fstat(first, &left) == 0, fstat(second, &right) == 0, left.st_size == right.st_size else { return false }
    var (a, b) = ([UInt8](repeating: 0, count: 1 << 16), [UInt8](repeating: 0, count: 1 << 16))
    while true {
      guard let count = fill(&a, from: first), let same = fill(&b, from: second), count == same else { return false }
      if count == 0 { return true }
      if a[..<count] != b[..<count] { return false }
    }
  }

  /// Reads until the buffer is full or the file ends; nil where reading fails.
  private static func fill(_ buffer: inout [UInt8], from descriptor: Int32) -> Int? {
    var filled = 0
    while filled < buffer.count {
      let count = buffer.withUnsafeMutableBytes { bytes in
        read(descriptor, bytes.baseAddress.map { $0 + filled }, bytes.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// Copies a file's bytes. The copy's time is now: a build that gives all its files one fixed time must not make two
  /// contents look like one.
  static func copy(_ source: String, _ target: String) throws(ReleaseStore.Failure) {
    let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard from >= 0 else { throw ReleaseStore.failure("open", source) }
    defer { close(from) }
    let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard to >= 0 else { throw ReleaseStore.failure("make", target) }
    defer { close(to) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      guard let count = fill(&buffer, from: from) else { throw ReleaseStore.failure("read", source) }
      if count == 0 { return }
      var written = 0
      while written < count {
        let done = buffer.withUnsafeBytes { bytes in
          write(to, bytes.baseAddress.map { $0 + written }, count - written)
        }
        if done < 0, errno == EINTR { continue }
        guard done >= 0 else { throw ReleaseStore.failure("write", target) }
        written += done
      }
    }
  }

  /// Removes a file, or a directory with all that is in it, links not followed. What cannot be removed stays.
  static func remove(_ path: String) {
    // A folder is met twice: first to take out what is in it, then itself.
    var waiting = [(path: path, isEmpty: false)]
    while let (path, isEmpty) = waiting.popLast() {
      if isEmpty {
        rmdir(path)
        continue
      }
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        waiting.append((path, true))
        for name in ReleaseLayout.names(in: path) { waiting.append(("\(path)/\(name)", false)) }
      } else {
        unlink(path)
      }
    }
  }
}

/// One process at a time makes releases of a site. The kernel gives the lock back when its holder ends, however it ends.
struct ReleaseLock {
  private let descriptor: Int32

  init(_ directory: String) throws(ReleaseStore.Failure) {
    let path = "\(directory)/\(ReleaseLayout.releases)/.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw ReleaseStore.failure("open", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .busy
    }
  }

  func release() { close(descriptor) }
}
