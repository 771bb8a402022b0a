import Glibc
import Reactor

/// Parts of files for responses that are framed, and so cannot be sent by sendfile(2).
enum FileBytes {
  /// Fills `room` from a file. It may wait for the disk, as sendfile does.
  /// - Throws: `.failed(SocketError.shortFile)` for a file that has become shorter.
  static func read(_ file: Int32, at offset: Int, into room: UnsafeMutableRawBufferPointer) throws(SocketError) {
    var filled = 0
    while filled < room.count {
      let count = pread(file, room.baseAddress?.advanced(by: filled), room.count &- filled, offset &+ filled)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .failed(count == 0 ? SocketError.shortFile : errno) }
      filled &+= count
    }
  }
}
