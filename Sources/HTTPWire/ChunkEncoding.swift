import Bytes

/// Writes a body whose length is not known beforehand (RFC 9112 § 7.1).
public enum ChunkEncoding {
  /// Bytes that the framing of one chunk adds at most.
  public static var overhead: Int { 20 }

  /// Writes what stands in front of `count` bytes of data. A chunk of no bytes would end the body, so `count` must be
  /// more than 0.
  @inlinable public static func begin(count: Int, into out: ByteBuffer) {
    assert(count > 0)
    out.write(hexadecimal: UInt(bitPattern: count))
    out.write("\r\n")
  }

  /// Writes what stands behind the data of a chunk.
  @inlinable public static func end(into out: ByteBuffer) { out.write("\r\n") }

  /// Writes a whole chunk; nothing for no data.
  @inlinable public static func write(_ data: UnsafeRawBufferPointer, into out: ByteBuffer) {
    guard !data.isEmpty else { return }
    out.reserve(data.count &+ overhead)
    begin(count: data.count, into: out)
    out.write(data)
    end(into: out)
  }

  /// Writes the last chunk and what follows it.
  /// - Parameter trailers: lines `Name: value CRLF`, as `BodyDecoder.trailers` gives them.
  @inlinable public static func finish(trailers: ByteBuffer? = nil, into out: ByteBuffer) {
    out.write("0\r\n")
    if let trailers { out.write(trailers.readable) }
    out.write("\r\n")
  }
}
