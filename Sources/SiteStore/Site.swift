import Bytes
import Glibc
import HTTPSemantics
import StaticFiles

/// A directory that one worker serves: its root, the files that are open, and, for a directory of releases, the earlier ones.
///
/// What is known of a file is believed for a second; then the file is looked at again. It is looked at at once when somebody has
/// said that sites have changed (`generation`). Before a file is said not to exist, the directory itself is looked at again: another
/// worker may have answered by a newer release already.
public final class Site {
  /// What a name leads to.
  public enum Found {
    case file(SiteFile)
    case folder
    case nothing
  }

  public let settings: SiteSettings
  private var root: Root?
  private var table = FileTable()
  private let name = ByteBuffer(capacity: 256)
  /// Nanoseconds of the monotonic clock.
  private var rootChecked: Int64 = .min / 2
  /// What was looked at before is not believed.
  private var believedFrom: Int64 = .min / 2
  private var generation = 0

  /// How long what was seen of a file or directory is believed. Nanoseconds.
  static let believed: Int64 = 1_000_000_000

  public init(_ settings: SiteSettings) { self.settings = settings }

  /// The directory that is served at the moment.
  private struct Root {
    let directory: Descriptor
    let device: UInt64
    let inode: UInt64
    /// The other releases, the newest first.
    let others: [Descriptor]
  }

  /// How many other releases are searched.
  private static let mostOthers = 32

  /// Looks a file up.
  /// - Parameters:
  ///   - path: below the root, without a slash in front, checked by `SitePath`.
  ///   - now: of the monotonic clock, in nanoseconds.
  ///   - epoch: seconds since 1970.
  ///   - generation: another number than the last time says that something has changed on disk.
  public func find(_ path: UnsafeRawBufferPointer, now: Int64, epoch: Int64, generation: Int = 0) -> Found {
    if generation != self.generation {
      self.generation = generation
      believedFrom = now
      rootChecked = .min / 2
    }
    if now &- rootChecked >= Self.believed { checkRoot(now) }
    if let known = table.find(path) {
      if now &- known.checked < Self.believed, known.checked >= believedFrom { return .file(known) }
      if isUnchanged(known) {
        known.checked = now
        return .file(known)
      }
    }
    return search(path, now, epoch)
  }

  /// Keeps a form that was made of a file, for as long as the file is.
  public func keep(_ form: SiteForm, _ coding: ContentCoding, of file: SiteFile) {
    file.keep(form, coding)
    table.grew(file, by: form.cost)
  }

  private func search(_ path: UnsafeRawBufferPointer, _ now: Int64, _ epoch: Int64) -> Found {
    let bytes = Array(path)
    var found = root.map { open(bytes, in: $0.directory, now, epoch) } ?? .nothing
    if case .nothing = found, checkRoot(now) {
      found = root.map { open(bytes, in: $0.directory, now, epoch) } ?? .nothing
    }
    if case .nothing = found, let others = root?.others, !others.isEmpty, isImmutable(path) {
      for other in others {
        found = open(bytes, in: other, now, epoch)
        if case .file = found { break }
        found = .nothing
      }
    }
    if case .file(let file) = found { table.insert(file) } else { table.remove(path) }
    return found
  }

  /// Only what never changes under its name is taken from another release: a page that was taken away is gone.
  private func isImmutable(_ path: UnsafeRawBufferPointer) -> Bool { CacheControlRule.isImmutable(cacheControl(path)) }

  private func cacheControl(_ path: UnsafeRawBufferPointer) -> String {
    let whole = ByteBuffer(capacity: path.count &+ 1)
    whole.write("/")
    whole.write(path)
    return CacheControlRule.value(for: whole.readable, by: settings.cacheControl)
  }

  // MARK: The root

  /// Looks whether the directory is still the one that is open, and opens it where it is not.
  /// - Returns: whether it is another one now.
  @discardableResult private func checkRoot(_ now: Int64) -> Bool {
    rootChecked = now
    let isReleases = ReleaseLayout.isReleases(settings.directory)
    let path = isReleases ? settings.directory + "/" + ReleaseLayout.current : settings.directory
    var status = stat()
    guard stat(path, &status) == 0 else {
      let hadRoot = root != nil
      root = nil
      table.removeAll()
      return hadRoot
    }
    if let root, root.device == UInt64(status.st_dev), root.inode == UInt64(status.st_ino) { return false }
    root = nil
    table.removeAll()
    // What is opened may already be another one than was looked at: then the next look finds out.
    guard let directory = Descriptor.directory(path), fstat(directory.number, &status) == 0 else { return true }
    var others: [Descriptor] = []
    if isReleases {
      for number in ReleaseLayout.numbers(in: settings.directory).prefix(Self.mostOthers) {
        if let other = Descriptor.directory(ReleaseLayout.path(of: number, in: settings.directory)) {
          others.append(other)
        }
      }
    }
    root = Root(
      directory: directory, device: UInt64(status.st_dev), inode: UInt64(status.st_ino), others: others)
    return true
  }

  // MARK: Files

  private func open(_ path: [UInt8], in directory: Descriptor, _ now: Int64, _ epoch: Int64) -> Found {
    let (plain, metadata): (Descriptor, FileMetadata)
    switch withName(path, "", { directory.open($0) }) {
    case .file(let descriptor, let found): (plain, metadata) = (descriptor, found)
    case .folder: return .folder
    case .nothing: return .nothing
    }
    let ending = path.withUnsafeBytes { SitePath.fileExtension(of: $0).flatMap(ContentTypes.type) }
    let type = ending ?? ContentTypes.unknown
    let control = path.withUnsafeBytes { cacheControl($0) }
    var siblings: [(SiblingCoding, Descriptor, FileMetadata)] = []
    if ContentTypes.isCompressible(type.split(separator: ";").first.map(String.init) ?? type) {
      for coding in SiblingCoding.allCases {
        if case .file(let sibling, let found) = withName(path, coding.suffix, { directory.open($0) }) {
          siblings.append((coding, sibling, found))
        }
      }
    }
    func form(_ descriptor: Descriptor, _ metadata: FileMetadata, _ coding: SiblingCoding?) -> SiteForm {
      SiteForm(
        descriptor, metadata,
        Representation(
          metadata, contentType: type, cacheControl: control, coding: coding, varies: !siblings.isEmpty, now: epoch))
    }
    var brotli: SiteForm?
    var gzip: SiteForm?
    for (coding, descriptor, metadata) in siblings {
      switch coding {
      case .brotli: brotli = form(descriptor, metadata, coding)
      case .gzip: gzip = form(descriptor, metadata, coding)
      }
    }
    return .file(
      SiteFile(name: path, root: directory, plain: form(plain, metadata, nil), brotli: brotli, gzip: gzip, checked: now)
    )
  }

  /// Whether the directory still has the file, and its siblings, as they are open here.
  private func isUnchanged(_ file: SiteFile) -> Bool {
    guard withName(file.name, "", { file.root.metadata(of: $0) }) == file.plain.metadata else { return false }
    guard ContentTypes.isCompressible(file.plain.representation.contentType.prefix { $0 != ";" }.description) else {
      return true
    }
    return withName(file.name, SiblingCoding.brotli.suffix) { file.root.metadata(of: $0) } == file.brotli?.metadata
      && withName(file.name, SiblingCoding.gzip.suffix) { file.root.metadata(of: $0) } == file.gzip?.metadata
  }

  private func withName<Result>(
    _ path: [UInt8], _ suffix: StaticString, _ body: (UnsafePointer<CChar>) -> Result
  ) -> Result {
    name.clear()
    // The root itself is a folder by the name of `.`.
    if path.isEmpty { name.write(".") } else { name.write(path) }
    name.write(suffix)
    name.write(byte: 0)
    return body(name.base.assumingMemoryBound(to: CChar.self))
  }
}
