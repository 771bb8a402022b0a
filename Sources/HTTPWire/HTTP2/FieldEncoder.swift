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

  // MARK: Of requests (RFC 7541 § A, 1 to 7)

  func write(method: UnsafeRawBufferPointer, into out: ByteBuffer) {
    if method.equals("GET") { return out.write(byte: 0x82) }
    if method.equals("POST") { return out.write(byte: 0x83) }
    write(2, method, into: out)
  }

  func write(method: StaticString, into out: ByteBuffer) { write(2, method.bytes, into: out) }

  func write(isSecure: Bool, into out: ByteBuffer) { out.write(byte: isSecure ? 0x87 : 0x86) }

  func write(path: UnsafeRawBufferPointer, into out: ByteBuffer) {
    if path.equals("/") { return out.write(byte: 0x84) }
    write(4, path, into: out)
  }

  func write(authority: UnsafeRawBufferPointer, into out: ByteBuffer) { write(1, authority, into: out) }

  /// A field whose name, in small letters, the static table does not have.
  func write(_ name: StaticString, _ value: StaticString, into out: ByteBuffer) {
    out.write(byte: 0)
    write(name.bytes, into: out)
    write(value.bytes, into: out)
  }

  /// A value to one of the static table's first fourteen names.
  private func write(_ index: UInt8, _ value: UnsafeRawBufferPointer, into out: ByteBuffer) {
    out.write(byte: index)
    write(value, into: out)
  }

  private func write(_ text: UnsafeRawBufferPointer, into out: ByteBuffer) {
    out.reserve(16)
    guard let room = out.writable.baseAddress else { return }
    var to = room
    Self.writeLength(text.count, &to)
    out.didWrite(to - room)
    out.write(text)
  }

  // MARK: Of both

  func write(contentLength: Int, into out: ByteBuffer) {
    out.write(byte: 15)
    out.write(byte: 28 &- 15)
    // At most 19 digits, whose number is written in front of them.
    let count = out.writeIndex
    out.write(byte: 0)
    out.write(decimal: contentLength)
    let digits = out.writeIndex &- count &- 1
    out.writeIndex = count
    out.write(byte: UInt8(truncatingIfNeeded: digits))
    out.writeIndex = count &+ 1 &+ digits
  }

  /// Fields that are not to be written, beside those of an HTTP/1 connection.
  enum Omission {
    case none
    /// `Host`, for which there is `:authority`.
    case host
    /// That, and what proves a WebSocket's handshake over HTTP/1 (RFC 8441 § 5).
    case handshake
  }

  /// - Parameter block: lines `Name: value CRLF`.
  func write(block: UnsafeRawBufferPointer, without omitted: Omission = .none, into out: ByteBuffer) {
    guard let base = block.baseAddress else { return }
    // A line loses as many bytes as two short lengths and a first byte take; a length from 127 on takes more, a fraction of
    // what it is the length of. Names are written eight bytes at a time.
    out.reserve(block.count &+ block.count / 8 &+ 64)
    guard let room = out.writable.baseAddress else { return }
    var to = room
    var line = 0
    while line < block.count {
      // Of a request nobody has seen yet that every line has a colon.
      let bound = omitted == .none ? block.count : ByteScan.first(13, in: base, from: line, end: block.count)
      let colon = ByteScan.first(58, in: base, from: line, end: bound)
      let end = omitted == .none ? ByteScan.first(13, in: base, from: colon, end: bound) : bound
      if colon < end, colon > line {
        var start = colon &+ 1
        if start < end, ByteScan.byte(base, start) == 32 { start &+= 1 }
        let id = FieldID.recognise(base + line, count: colon &- line, readable: block.count &- line)
        switch id {
        case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade, .te: break
        case .host where omitted != .none: break
        case _ where omitted == .handshake && Self.isHandshakeKey(base + line, colon &- line): break
        default:
          Self.writeName(id, base + line, colon &- line, readable: block.count &- line, &to)
          Self.writeLength(end &- start, &to)
          Self.copy(base + start, end &- start, readable: block.count &- start, &to)
        }
      }
      line = end &+ 2
    }
    out.didWrite(to - room)
  }

  /// Copies a value, most of which are too short for a call.
  @inline(__always)
  private static func copy(
    _ value: UnsafeRawPointer, _ count: Int, readable: Int, _ to: inout UnsafeMutableRawPointer
  ) {
    if count <= 48, readable >= (count &+ 7) & ~7 {
      var at = 0
      while at < count {
        to.storeBytes(of: value.loadUnaligned(fromByteOffset: at, as: UInt64.self), toByteOffset: at, as: UInt64.self)
        at &+= 8
      }
    } else {
      to.copyMemory(from: value, byteCount: count)
    }
    to += count
  }

  private static func isHandshakeKey(_ name: UnsafeRawPointer, _ count: Int) -> Bool {
    UnsafeRawBufferPointer(start: name, count: count).equalsIgnoringCase("sec-websocket-key")
  }

  /// A literal without indexing (RFC 7541 § 6.2.2): by the static table's name where it has it.
  @inline(__always)
  private static func writeName(
    _ id: FieldID, _ name: UnsafeRawPointer, _ count: Int, readable: Int, _ to: inout UnsafeMutableRawPointer
  ) {
    let index = index(of: id)
    if index > 0 {
      if index < 15 { return put(index, &to) }
      put(15, &to)
      return put(index &- 15, &to)
    }
    put(0, &to)
    writeLength(count, &to)
    var at = 0
    while at < count, at &+ 8 <= readable {
      // A letter from A to Z has its small one 32 places behind it.
      let word = name.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      let letters = word & 0x7F7F_7F7F_7F7F_7F7F
      let marks =
        (letters &+ 0x3F3F_3F3F_3F3F_3F3F) & ~(letters &+ 0x2525_2525_2525_2525) & ~word & 0x8080_8080_8080_8080
      to.storeBytes(of: word | marks &>> 2, toByteOffset: at, as: UInt64.self)
      at &+= 8
    }
    while at < count {
      let byte = ByteScan.byte(name, at)
      to.storeBytes(of: byte &- 65 < 26 ? byte | 32 : byte, toByteOffset: at, as: UInt8.self)
      at &+= 1
    }
    to += count
  }

  /// The length of a string that is not Huffman-coded: an integer with a prefix of seven bits (RFC 7541 § 5.1).
  @inline(__always)
  private static func writeLength(_ length: Int, _ to: inout UnsafeMutableRawPointer) {
    if length < 127 { return put(UInt8(truncatingIfNeeded: length), &to) }
    put(127, &to)
    var rest = length &- 127
    while rest >= 128 {
      put(UInt8(truncatingIfNeeded: rest & 127) | 128, &to)
      rest &>>= 7
    }
    put(UInt8(truncatingIfNeeded: rest), &to)
  }

  @inline(__always)
  private static func put(_ byte: UInt8, _ to: inout UnsafeMutableRawPointer) {
    to.storeBytes(of: byte, as: UInt8.self)
    to += 1
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

extension StaticString {
  fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
