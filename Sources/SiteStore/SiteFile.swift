import Glibc
import HTTPSemantics
import StaticFiles

/// One form of a file: as it is, or compressed beside it. Whoever sends it keeps it, whatever becomes of its name meanwhile.
public final class SiteForm {
  /// Where the bytes are.
  public enum Content {
    /// Few: as they were when the file was opened.
    case memory(UnsafeRawBufferPointer)
    case file(Descriptor)
  }

  public let representation: Representation
  public let content: Content
  let metadata: FileMetadata

  init(_ descriptor: Descriptor, _ metadata: FileMetadata, _ representation: Representation) {
    self.metadata = metadata
    self.representation = representation
    content = Self.read(descriptor, metadata).map { .memory($0) } ?? .file(descriptor)
  }

  /// A form that was made of another.
  /// - Parameter bytes: what it takes over.
  public init(of form: SiteForm, _ representation: Representation, bytes: UnsafeRawBufferPointer) {
    metadata = form.metadata
    self.representation = representation
    content = .memory(bytes)
  }

  /// Whether the file still is as it was when it was opened; true for one that is in memory.
  public var isUnchanged: Bool {
    guard case .file(let descriptor) = content else { return true }
    var status = stat()
    return fstat(descriptor.number, &status) == 0 && FileMetadata(status) == metadata
  }

  deinit { if case .memory(let bytes) = content { bytes.deallocate() } }

  /// - Returns: nil for a file that is large, or that changes while it is read.
  private static func read(_ descriptor: Descriptor, _ metadata: FileMetadata) -> UnsafeRawBufferPointer? {
    guard metadata.size <= keptInMemory else { return nil }
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, metadata.size), alignment: 16)
    var filled = 0
    while filled < metadata.size {
      let count = pread(descriptor.number, bytes.baseAddress.map { $0 + filled }, metadata.size &- filled, filled)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      filled &+= count
    }
    var status = stat()
    guard filled == metadata.size, fstat(descriptor.number, &status) == 0, FileMetadata(status) == metadata else {
      bytes.deallocate()
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<filled])
  }

  /// Files up to this size are answered from memory, in one system call with their head; larger ones by sendfile, which
  /// spares a copy. Bytes.
  static let keptInMemory = 16 * 1024

  /// What the form takes, about, in bytes; an open descriptor is dear, too.
  var cost: Int {
    switch content {
    case .memory(let bytes): bytes.count &+ 1024
    case .file: 64 * 1024
    }
  }
}

/// A file of a site in all its forms.
public final class SiteFile {
  public let plain: SiteForm
  public let brotli: SiteForm?
  public let gzip: SiteForm?
  /// What was compressed here of a file that has no siblings, each coding once.
  private var madeBrotli: SiteForm?
  private var madeGzip: SiteForm?
  private var beginnings: Set<ContentCoding> = []
  /// Below the root, without a slash in front.
  let name: [UInt8]
  /// The directory that it was found in.
  let root: Descriptor
  /// Nanoseconds of the monotonic clock when it was last known to be what the directory has.
  var checked: Int64

  init(
    name: [UInt8], root: Descriptor, plain: SiteForm, brotli: SiteForm?, gzip: SiteForm?, checked: Int64
  ) {
    self.name = name
    self.root = root
    self.plain = plain
    self.brotli = brotli
    self.gzip = gzip
    self.checked = checked
  }

  public var hasSiblings: Bool { brotli != nil || gzip != nil }

  /// What has been made of it in a coding.
  public func made(_ coding: ContentCoding) -> SiteForm? { coding == .brotli ? madeBrotli : madeGzip }

  /// Takes it on to make a form, which each is once: who is told false sends the file as it is.
  public func beginForm(_ coding: ContentCoding) -> Bool { beginnings.insert(coding).inserted }

  func keep(_ form: SiteForm, _ coding: ContentCoding) {
    if coding == .brotli { madeBrotli = form } else { madeGzip = form }
  }

  /// What it takes in the table, with the forms that were made of it.
  var cost: Int {
    plain.cost &+ (brotli?.cost ?? 0) &+ (gzip?.cost ?? 0) &+ (madeBrotli?.cost ?? 0) &+ (madeGzip?.cost ?? 0)
      &+ name.count
  }
}
