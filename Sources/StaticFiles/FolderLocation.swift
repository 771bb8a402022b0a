import Bytes

/// Where a folder asked for without its slash is: the same path with it, on the same host.
public enum FolderLocation {
  /// Writes the `Location` line.
  ///
  /// An absolute path, so that no host's name has to be believed. It cannot begin with two slashes, which would name another
  /// host: `SitePath` takes no path that does.
  /// - Parameters:
  ///   - path: as received, still encoded.
  ///   - query: as received; nil: none.
  public static func write(_ path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?, into out: ByteBuffer) {
    out.write("Location: ")
    out.write(path)
    out.write("/")
    if let query {
      out.write("?")
      out.write(query)
    }
    out.write("\r\n")
  }
}
