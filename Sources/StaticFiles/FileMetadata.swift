import Bytes
import HTTPSemantics

/// What tells one state of a file from another.
public struct FileMetadata: Hashable, Sendable {
  public var device: UInt64
  public var inode: UInt64
  /// Bytes.
  public var size: Int
  /// Of the last change of its content, since 1970.
  public var modifiedNanoseconds: Int64

  public init(device: UInt64 = 0, inode: UInt64 = 0, size: Int, modifiedNanoseconds: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modifiedNanoseconds = modifiedNanoseconds
  }

  /// Seconds since 1970, rounded down.
  public var modifiedSeconds: Int64 {
    let seconds = modifiedNanoseconds / 1_000_000_000
    return modifiedNanoseconds % 1_000_000_000 < 0 ? seconds - 1 : seconds
  }
}

/// A coding that a file lies beside its plain form in: `app.js.br`.
public enum SiblingCoding: CaseIterable, Sendable {
  case brotli, gzip

  /// The name in `Content-Encoding`.
  public var name: StaticString {
    switch self {
    case .brotli: "br"
    case .gzip: "gzip"
    }
  }

  /// What the sibling's name has more.
  public var suffix: StaticString {
    switch self {
    case .brotli: ".br"
    case .gzip: ".gz"
    }
  }
}

/// One form of a file, ready to be sent: its validators, and its field lines written out, since every request for it gets
/// the same ones. An object, so that a request that takes it counts one reference.
public final class Representation: Sendable {
  /// Bytes.
  public let size: Int
  /// With its quotes: the time of the last change in nanoseconds and the size, as a number each, and the coding.
  public let entityTag: [UInt8]
  /// Whether the tag is a weak one: of what was compressed here, since another time it may come out as other bytes.
  public let isWeak: Bool
  /// Seconds since 1970; never later than it was made (RFC 9110 § 8.8.2.1).
  public let lastModified: Int64
  public let contentType: String
  /// The field lines of a 200, a 206 without its range, and a 304, without `Date` and what frames a body.
  public let fields: [UInt8]
  /// The same for a body of several parts, which has a type of its own.
  public let fieldsWithoutType: [UInt8]
  public let notModifiedFields: [UInt8]

  /// - Parameters:
  ///   - varies: other forms of the file exist, and `Accept-Encoding` chooses.
  ///   - now: seconds since 1970.
  public init(
    _ file: FileMetadata, contentType: String, cacheControl: String, coding: SiblingCoding? = nil, varies: Bool,
    now: Int64
  ) {
    size = file.size
    isWeak = false
    self.contentType = contentType
    lastModified = min(file.modifiedSeconds, now)
    let tag = ByteBuffer(capacity: 64)
    tag.write("\"")
    tag.write(hexadecimal: UInt(bitPattern: Int(file.modifiedNanoseconds)))
    tag.write("-")
    tag.write(hexadecimal: UInt(bitPattern: file.size))
    if let coding {
      tag.write("-")
      tag.write(coding.name)
    }
    tag.write("\"")
    entityTag = Array(tag.readable)

    let lines = ByteBuffer(capacity: 256)
    if !cacheControl.isEmpty {
      lines.write("Cache-Control: ")
      lines.write(cacheControl)
      lines.write("\r\n")
    }
    lines.write("ETag: ")
    lines.write(entityTag)
    lines.write("\r\n")
    if varies { lines.write("Vary: Accept-Encoding\r\n") }
    notModifiedFields = Array(lines.readable)
    lines.clear()
    if let coding {
      lines.write("Content-Encoding: ")
      lines.write(coding.name)
      lines.write("\r\n")
    }
    lines.write("Last-Modified: ")
    HTTPDate.write(epochSeconds: lastModified, into: lines)
    lines.write("\r\nAccept-Ranges: bytes\r\n")
    lines.write(notModifiedFields)
    fieldsWithoutType = Array(lines.readable)
    fields = Array("Content-Type: \(contentType)\r\n".utf8) + fieldsWithoutType
  }

  /// A form that was made of a plain one by compressing it. It is sent whole.
  /// - Parameters:
  ///   - size: bytes.
  ///   - fields: of a 200; `notModifiedFields`: of a 304.
  public init(of plain: Representation, size: Int, fields: [UInt8], notModifiedFields: [UInt8]) {
    self.size = size
    isWeak = true
    entityTag = plain.entityTag
    contentType = plain.contentType
    lastModified = plain.lastModified
    self.fields = fields
    fieldsWithoutType = fields
    self.notModifiedFields = notModifiedFields
  }
}
