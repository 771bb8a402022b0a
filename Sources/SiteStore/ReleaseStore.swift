import CLinux
import Glibc

/// The releases of a site on disk: publishing, going back, and what there is. For the command line; a gateway that serves
/// the site sees the change by itself.
///
///     copy to .incoming-8 --whole--> rename to 8 --> current -> releases/8 by one rename --> drop the oldest
///
/// Whatever ends the process on the way, `current` leads to a whole release: the one before, or the new one.
public struct ReleaseStore {
  /// Why nothing was published; what is served is what was served before.
  public enum Failure: Error, Hashable, CustomStringConvertible {
    case noSource(String)
    case emptySource(String)
    /// Files lie in the site itself, where releases should.
    case plainSite(String)
    /// Neither a file nor a directory: a link could lead anywhere by the time it is followed.
    case unusable(String)
    /// Another process is publishing.
    case busy
    case noSuchRelease(Int)
    case nothingEarlier
    case system(operation: String, path: String, reason: String)

    public var description: String {
      switch self {
      case .noSource(let path): "there is no directory `\(path)`"
      case .emptySource(let path): "`\(path)` holds no files"
      case .plainSite(let path):
        "`\(path)` holds files of its own, and would stop serving them: publish into an empty directory"
      case .unusable(let path): "`\(path)` is neither a file nor a directory: a release holds nothing else"
      case .busy: "another process is publishing to this site"
      case .noSuchRelease(let number): "there is no release \(number)"
      case .nothingEarlier: "there is no earlier release to go back to"
      case .system(let operation, let path, let reason): "cannot \(operation) `\(path)`: \(reason)"
      }
    }
  }

  public let directory: String

  public init(directory: String) { self.directory = directory }

  public var current: Int? { ReleaseLayout.currentNumber(in: directory) }

  /// The newest first.
  public var releases: [Release] {
    ReleaseLayout.numbers(in: directory).map { Release($0, at: ReleaseLayout.path(of: $0, in: directory)) }
  }

  // MARK: Publishing

  /// Makes the files below `source` the current release.
  /// - Parameter keeping: earlier releases that stay.
  public func publish(_ source: String, keeping: Int) throws(Failure) -> Publication {
    let files = try FileTree.files(below: source)
    guard !files.paths.isEmpty else { throw .emptySource(source) }
    try prepare()
    let lock = try ReleaseLock(directory)
    defer { lock.release() }
    dropUnfinished()

    let before = current
    let number = max(ReleaseLayout.numbers(in: directory).first ?? 0, before ?? 0) + 1
    let incoming = "\(directory)/\(ReleaseLayout.releases)/\(ReleaseLayout.incoming)\(number)"
    let old = before.map { ReleaseLayout.path(of: $0, in: directory) }
    var publication = Publication(number: number, previous: before)
    try copy(files, from: source, to: incoming, comparing: old, &publication)
    if let old { publication.removed = Set(try FileTree.files(below: old).paths).subtracting(files.paths).sorted() }
    try synchronise(incoming)
    try system("rename", incoming) { rename(incoming, ReleaseLayout.path(of: number, in: directory)) }
    try makeCurrent(number)
    publication.dropped = drop(keeping: keeping)
    return publication
  }

  /// A directory that is empty, or has releases already.
  private func prepare() throws(Failure) {
    let releases = directory + "/" + ReleaseLayout.releases
    if ReleaseLayout.isDirectory(releases) { return }
    if ReleaseLayout.isDirectory(directory) {
      guard ReleaseLayout.names(in: directory).allSatisfy({ $0.hasPrefix(".") }) else { throw .plainSite(directory) }
    } else {
      try system("make", directory) { mkdir(directory, 0o755) }
    }
    try system("make", releases) { mkdir(releases, 0o755) }
  }

  /// Files whose bytes the last release has, too, become another name of the same file: they keep their entity tags, and
  /// take no room.
  private func copy(
    _ files: FileTree, from source: String, to target: String, comparing old: String?, _ publication: inout Publication
  ) throws(Failure) {
    try system("make", target) { mkdir(target, 0o755) }
    for folder in files.folders { try system("make", "\(target)/\(folder)") { mkdir("\(target)/\(folder)", 0o755) } }
    for path in files.paths {
      let (from, to) = ("\(source)/\(path)", "\(target)/\(path)")
      if let old {
        let earlier = "\(old)/\(path)"
        switch FileTree.haveSameBytes(from, earlier) {
        case true? where link(earlier, to) == 0: continue
        case true?: break
        case false?: publication.changed.append(path)
        case nil: publication.added.append(path)
        }
      } else {
        publication.added.append(path)
      }
      try FileTree.copy(from, to)
    }
  }

  /// Nothing may lead to bytes that a power cut could still take away.
  private func synchronise(_ path: String) throws(Failure) {
    guard let descriptor = Descriptor.directory(path) else { throw Self.failure("open", path) }
    try system("write out", path) { clinux_sync_filesystem(descriptor.number) }
  }

  private func makeCurrent(_ number: Int) throws(Failure) {
    let link = "\(directory)/.\(ReleaseLayout.current)-\(number)"
    unlink(link)
    try system("make", link) { symlink("\(ReleaseLayout.releases)/\(number)", link) }
    let current = "\(directory)/\(ReleaseLayout.current)"
    try system("replace", current) { rename(link, current) }
    try synchronise(directory)
  }

  // MARK: Going back

  /// Makes an earlier release the current one.
  /// - Parameter number: nil: the newest of those before the current one.
  public func rollBack(to number: Int?) throws(Failure) -> Publication {
    guard ReleaseLayout.isReleases(directory) else { throw .nothingEarlier }
    let lock = try ReleaseLock(directory)
    defer { lock.release() }
    let numbers = ReleaseLayout.numbers(in: directory)
    let before = current
    let target: Int
    if let number {
      guard numbers.contains(number) else { throw .noSuchRelease(number) }
      target = number
    } else {
      guard let before, let earlier = numbers.first(where: { $0 < before }) else { throw .nothingEarlier }
      target = earlier
    }
    var publication = Publication(number: target, previous: before)
    if let before, ReleaseLayout.isDirectory(ReleaseLayout.path(of: before, in: directory)) {
      let (old, new) = (
        ReleaseLayout.path(of: before, in: directory), ReleaseLayout.path(of: target, in: directory)
      )
      let oldFiles = Set(try FileTree.files(below: old).paths)
      let newFiles = try FileTree.files(below: new).paths
      publication.added = newFiles.filter { !oldFiles.contains($0) }
      publication.removed = oldFiles.subtracting(newFiles).sorted()
      publication.changed = newFiles.filter {
        oldFiles.contains($0) && FileTree.haveSameBytes("\(old)/\($0)", "\(new)/\($0)") == false
      }
    }
    try makeCurrent(target)
    return publication
  }

  // MARK: Dropping

  /// What a process that was ended left behind.
  private func dropUnfinished() {
    let releases = directory + "/" + ReleaseLayout.releases
    for name in ReleaseLayout.names(in: releases) where name.hasPrefix(ReleaseLayout.incoming) {
      FileTree.remove("\(releases)/\(name)")
    }
  }

  private func drop(keeping: Int) -> [Int] {
    let others = ReleaseLayout.numbers(in: directory).filter { $0 != current }
    let dropped = Array(others.dropFirst(max(0, keeping)))
    for number in dropped { FileTree.remove(ReleaseLayout.path(of: number, in: directory)) }
    return dropped
  }

  // MARK: The system's answers

  private func system(_ operation: String, _ path: String, _ call: () -> Int32) throws(Failure) {
    if call() != 0 { throw Self.failure(operation, path) }
  }

  static func failure(_ operation: String, _ path: String) -> Failure {
    .system(operation: operation, path: path, reason: String(cString: strerror(errno)))
  }
}

/// One release on disk.
public struct Release: Hashable, Sendable {
  public let number: Int
  /// Seconds since 1970.
  public let published: Int
  public let files: Int
  public let bytes: Int

  init(_ number: Int, at path: String) {
    self.number = number
    var status = stat()
    published = stat(path, &status) == 0 ? Int(status.st_ctim.tv_sec) : 0
    let tree = try? FileTree.files(below: path)
    files = tree?.paths.count ?? 0
    bytes = tree?.bytes ?? 0
  }
}

/// What publishing changed. Paths are below the root, without a slash in front, in order.
public struct Publication: Hashable, Sendable {
  public let number: Int
  /// The release before; nil for the first one.
  public let previous: Int?
  public var added: [String] = []
  public var changed: [String] = []
  public var removed: [String] = []
  /// Releases that were dropped since they were too many.
  public var dropped: [Int] = []

  /// The paths under which clients may hold something that is no longer so, with a slash in front: of a folder's document
  /// the folder's, too.
  /// - Parameter indexDocument: what answers for a folder.
  public func changedPaths(indexDocument: String) -> [String] {
    (changed + added + removed).sorted().flatMap { path -> [String] in
      guard path == indexDocument || path.hasSuffix("/" + indexDocument) else { return ["/" + path] }
      return ["/" + path.dropLast(indexDocument.utf8.count), "/" + path]
    }
  }
}
