import Bytes
import HTTPSemantics

/// Writes field sections in HPACK (RFC 7541): names and whole fields of the static table by their index, everything else as it
/// stands.
///
/// Nothing is put into the dynamic table, whose size is said to be 0 before anything else: so a section does not depend on
/// those before it, and one that is never sent is missed by nobody. A field block of the house is read line by line and
/// written once; names become small on the way. What belongs to an HTTP/1 connection (RFC 9113 § 8.2.2) is left out.
struct FieldEncoder {
  private var hasSaidSize = false

  /// Begins a section.
  mutating func begin(into out: ByteBuffer) {
    if hasSaidSize { return }
    hasSaidSize = true
    // RFC 7541 § 6.3.
    out.write(byte: 0x20)
  }

  /// RFC 7541 § A, 8 to 14.
  func write(status: Int, into out: ByteBuffer) {
    switch status {
    case 200: out.write(byte: 0x88)
    case 204: out.write(byte: 0x89)
    case 206: out.write(byte: 0x8A)
    case 304: out.write(byte: 0x8B)
    case 400: out.write(byte: 0x8C)
    case 404: out.write(byte: 0x8D)
    case 500: out.write(byte: 0x8E)
    default:
      out.write(byte: 0x08)
      out.write(byte: 3)
      out.write(decimal: status)
    }
  }

  func write(contentLength: Int, into out: ByteBuffer) {
    writeIndex(28, into: out)
    // At most 19 digits, whose number is written in front of them.
    let count = out.writeIndex
    out.write(byte: 0)
    out.write(decimal: contentLength)
    let digits = out.writeIndex &- count &- 1
    out.writeIndex = count
    out.write(byte: UInt8(truncatingIfNeeded: digits))
    out.writeIndex = count &+ 1 &+ digits
  }

  /// - Parameter block: lines `Name: value CRLF`.
  func write(block: UnsafeRawBufferPointer, into out: ByteBuffer) {
    guard let base = block.baseAddress else { return }
    out.reserve(block.count &+ 64)
    var line = 0
    while line < block.count {
      let end = ByteScan.first(13, in: base, from: line, end: block.count)
      let colon = ByteScan.first(58, in: base, from: line, end: end)
      if colon < end, colon > line {
        var start = colon &+ 1
        if start < end, ByteScan.byte(base, start) == 32 { start &+= 1 }
        let id = FieldID.recognise(base + line, count: colon &- line, readable: block.count &- line)
        switch id {
        case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade, .te: break
        default:
          let index = Self.index(of: id)
          if index > 0 {
            writeIndex(index, into: out)
          } else {
            out.write(byte: 0)
            writeName(base + line, colon &- line, into: out)
          }
          writeLength(end &- start, into: out)
          out.write(UnsafeRawBufferPointer(start: base + start, count: end &- start))
        }
      }
      line = end &+ 2
    }
  }

  /// A literal without indexing whose name is the static table's (RFC 7541 § 6.2.2).
  @inline(__always)
  private func writeIndex(_ index: UInt8, into out: ByteBuffer) {
    if index < 15 {
      out.write(byte: index)
    } else {
      out.write(byte: 15)
      out.write(byte: index &- 15)
    }
  }

  @inline(__always)
  private func writeName(_ name: UnsafeRawPointer, _ count: Int, into out: ByteBuffer) {
    writeLength(count, into: out)
    var at = 0
    while at < count {
      let byte = ByteScan.byte(name, at)
      out.write(byte: byte &- 65 < 26 ? byte | 32 : byte)
      at &+= 1
    }
  }

  /// The length of a string that is not Huffman-coded: an integer with a prefix of seven bits (RFC 7541 § 5.1).
  @inline(__always)
  private func writeLength(_ length: Int, into out: ByteBuffer) {
    if length < 127 {
      out.write(byte: UInt8(truncatingIfNeeded: length))
      return
    }
    out.write(byte: 127)
    var rest = length &- 127
    while rest >= 128 {
      out.write(byte: UInt8(truncatingIfNeeded: rest & 127) | 128)
      rest &>>= 7
    }
    out.write(byte: UInt8(truncatingIfNeeded: rest))
  }

  /// Where the static table has a name (RFC 7541 § A); 0: nowhere.
  @inline(__always)
  static func index(of id: FieldID) -> UInt8 {
    switch id {
    case .accept: 19
    case .acceptEncoding: 16
    case .age: 21
    case .authorization: 23
    case .cacheControl: 24
    case .contentEncoding: 26
    case .contentLength: 28
    case .contentType: 31
    case .cookie: 32
    case .date: 33
    case .etag: 34
    case .expect: 35
    case .expires: 36
    case .host: 38
    case .ifModifiedSince: 40
    case .ifNoneMatch: 41
    case .lastModified: 44
    case .location: 46
    case .maxForwards: 47
    case .proxyAuthenticate: 48
    case .proxyAuthorization: 49
    case .range: 50
    case .referer: 51
    case .server: 54
    case .setCookie: 55
    case .userAgent: 58
    case .vary: 59
    case .via: 60
    case .wwwAuthenticate: 61
    default: 0
    }
  }
}
