import Bytes
import HTTPSemantics
import HTTPWire

/// What the cache asks an origin by (RFC 9111 § 4.3.1), and which stored response a 304 confirms (§ 4.3.4).
public enum Validators {
  /// Writes `If-None-Match` and `If-Modified-Since` for a stored response, as far as it has what they need.
  /// - Parameter fields: of the stored response.
  public static func write(for record: ResponseRecord, fields: UnsafeRawBufferPointer, into out: ByteBuffer) {
    if let place = record.etag {
      FieldLine.write(
        name: "If-None-Match", value: UnsafeRawBufferPointer(rebasing: fields[place]), into: out)
    }
    if record.lastModified != nil, let text = FieldBlock(fields).first(.lastModified) {
      // Sent back as it came: origins compare text.
      FieldLine.write(name: "If-Modified-Since", value: text, into: out)
    }
  }

  /// Writes the `Range` and the `If-Range` by which the rest of a stored part is asked for (RFC 9111 § 3.4), as far as it
  /// has the strong entity tag that this takes.
  /// - Parameter fields: of the stored part.
  public static func writeRest(of record: ResponseRecord, fields: UnsafeRawBufferPointer, into out: ByteBuffer) {
    guard let part = record.part, let place = record.etag else { return }
    out.write("Range: bytes=")
    out.write(decimal: part.last &+ 1)
    out.write("-\r\n")
    FieldLine.write(name: "If-Range", value: UnsafeRawBufferPointer(rebasing: fields[place]), into: out)
  }

  /// Whether a 304 confirms this stored response.
  ///
  /// An origin that was asked about one response and names no validator means that one. One that names another strong
  /// entity tag speaks of something that is not stored.
  public static func confirms(
    _ notModified: ResponseFacts, _ record: ResponseRecord, fields: UnsafeRawBufferPointer, wasAskedAbout: Bool
  ) -> Bool {
    if let tag = notModified.etag {
      guard let place = record.etag else { return false }
      let stored = EntityTag(UnsafeRawBufferPointer(rebasing: fields[place]))
      let newer = EntityTag(tag)
      return newer.isWeak ? stored.isWeaklyEqual(newer) : stored.isStronglyEqual(newer)
    }
    if let modified = notModified.lastModified { return record.lastModified == modified }
    return wasAskedAbout
  }
}
