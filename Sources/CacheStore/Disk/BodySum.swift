import Bytes
import Glibc

/// The sum over a body: 64 bits, in blocks of one size, so that it does not depend on how the body came in.
struct BodySum {
  static let block = 256 * 1024
  private var value: UInt64 = 0x5EED_0F00_D15C
  /// The beginning of a block of which more is to come; nil between two blocks.
  private var begun: ByteBuffer?

  /// The next bytes. Whole blocks are not copied.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty {
      if begun == nil, rest.count >= Self.block {
        add(block: UnsafeRawBufferPointer(rebasing: rest[..<Self.block]))
        rest = UnsafeRawBufferPointer(rebasing: rest[Self.block...])
        continue
      }
      let begun = begun ?? ByteBuffer(capacity: Self.block)
      self.begun = begun
      let taken = min(rest.count, Self.block &- begun.count)
      begun.write(UnsafeRawBufferPointer(rebasing: rest[..<taken]))
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
      if begun.count == Self.block { endBlock() }
    }
  }

  /// The sum of what has been added; it may go on only where that was whole blocks.
  mutating func end() -> UInt64 {
    endBlock()
    return value
  }

  private mutating func endBlock() {
    guard let begun else { return }
    add(block: begun.readable)
    self.begun = nil
  }

  private mutating func add(block bytes: UnsafeRawBufferPointer) { value = KeyHash.of(bytes, seed: value) }
}

/// The check of a body's sum, in steps that take a few milliseconds each: others wait for the tier's thread, too.
// SAFETY: touched by one job of the tier's queue after the other.
final class BodyCheck: @unchecked Sendable {
  private let file: BodyFile
  private let descriptor: Int32
  private let stamp: FileStamp
  private var sum = BodySum()
  private var at = 0

  /// - Returns: nil where the file is not there or has another length.
  init?(_ file: BodyFile) {
    let descriptor = Glibc.open(file.bodyPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    guard let stamp = FileStamp(descriptor), stamp.size == file.count else {
      close(descriptor)
      return nil
    }
    self.file = file
    self.descriptor = descriptor
    self.stamp = stamp
  }

  deinit { close(descriptor) }

  /// Bytes of a step.
  private static let step = 16 << 20

  /// - Returns: whether the file is what was written; nil where there is more to read.
  func next() -> Bool? {
    if file.isKnown(stamp) { return true }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: BodySum.block, alignment: 16)
    defer { buffer.deallocate() }
    let end = min(at &+ min(Self.step, file.count), file.count)
    while at < end {
      let got = pread(descriptor, buffer.baseAddress, min(buffer.count, end &- at), at)
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return false }
      sum.add(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
      at &+= got
    }
    if at < file.count { return nil }
    guard sum.end() == file.sum, FileStamp(descriptor) == stamp else { return false }
    file.know(stamp)
    return true
  }
}
