import Bytes
import Glibc
import Reactor

/// Parts of files for responses that are framed, and so cannot be sent by sendfile(2).
enum FileBytes {
  /// Reads a part of a file behind what is in `buffer`. It may wait for the disk, as sendfile does.
  /// - Throws: `.failed(SocketError.shortFile)` for a file that has become shorter.
  static func read(_ file: Int32, _ range: Range<Int>, into buffer: ByteBuffer) throws(SocketError) {
    buffer.reserve(range.count)
    var at = range.lowerBound
    while at < range.upperBound {
      let count = pread(file, buffer.writable.baseAddress, range.upperBound &- at, at)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .failed(count == 0 ? SocketError.shortFile : errno) }
      buffer.didWrite(count)
      at &+= count
    }
  }
}
