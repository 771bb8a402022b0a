import Bytes
import CNGHTTP2
import HTTPSemantics

/// The fields that an HTTP/1.1 request's head becomes in HTTP/2 (RFC 9113 § 8.3.1). They lie where the head lies.
///
///     POST /p?q HTTP/1.1 CRLF           :method POST, :scheme http, :authority a.example, :path /p?q
///     Host: a.example CRLF        ──▶   accept: */*
///     Accept: */* CRLF CRLF
///
/// What belongs to an HTTP/1 connection (RFC 9113 § 8.2.2) is left out.
struct RequestFields {
  private(set) var fields: ContiguousArray<nghttp2_nv> = []
  /// Bytes of the head, its empty line included.
  let byteCount: Int

  /// - Parameters:
  ///   - text: a head, and perhaps a body behind it; it must stay where it is while the fields are used.
  ///   - acceptsTrailers: whether the one that the answer is for takes trailers (RFC 9110 § 10.1.4).
  /// - Returns: nil where it is no head that HTTP/2 has.
  init?(_ text: UnsafeRawBufferPointer, isSecure: Bool, acceptsTrailers: Bool) {
    guard let base = text.baseAddress, let lineEnd = Self.lineEnd(text, from: 0) else { return nil }
    let line = UnsafeRawBufferPointer(rebasing: text[..<lineEnd])
    guard let method = line.firstIndex(of: 32), let target = line.lastIndex(of: 32), method > 0, target > method &+ 1
    else { return nil }
    let name = UnsafeRawBufferPointer(rebasing: line[..<method])
    if name.equals("CONNECT") { return nil }

    fields.reserveCapacity(24)
    fields.append(Self.field(":method", name))
    fields.append(isSecure ? Self.field(":scheme", "https") : Self.field(":scheme", "http"))
    fields.append(Self.field(":path", UnsafeRawBufferPointer(rebasing: line[(method &+ 1)..<target])))
    var at = lineEnd &+ 2
    while true {
      guard let end = Self.lineEnd(text, from: at) else { return nil }
      if end == at { break }
      let colon = ByteScan.first(58, in: base, from: at, end: end)
      guard colon < end, colon > at else { return nil }
      var start = colon &+ 1
      while start < end, text[start] == 32 { start &+= 1 }
      let name = UnsafeRawBufferPointer(rebasing: text[at..<colon])
      let value = UnsafeRawBufferPointer(rebasing: text[start..<end])
      switch FieldID.recognise(base + at, count: colon &- at, readable: text.count &- at) {
      case .host: fields.insert(Self.field(":authority", value), at: 2)
      case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade, .te: break
      default: fields.append(Self.field(name, value))
      }
      at = end &+ 2
    }
    if acceptsTrailers { fields.append(Self.field("te", "trailers")) }
    byteCount = at &+ 2
  }

  /// Where the line ends that begins at `start`: its CR.
  private static func lineEnd(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = text.baseAddress, start < text.count else { return nil }
    let end = ByteScan.first(13, in: base, from: start, end: text.count)
    return end &+ 1 < text.count && text[end &+ 1] == 10 ? end : nil
  }

  private static func field(_ name: StaticString, _ value: StaticString) -> nghttp2_nv {
    field(name, UnsafeRawBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
  }

  private static func field(_ name: StaticString, _ value: UnsafeRawBufferPointer) -> nghttp2_nv {
    field(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
  }

  /// nghttp2 copies both, and makes names small.
  private static func field(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> nghttp2_nv {
    nghttp2_nv(
      name: bytes(name), value: bytes(value), namelen: name.count, valuelen: value.count,
      flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
  }

  /// nghttp2 only reads through it.
  private static func bytes(_ text: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
    text.baseAddress.map { UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: UInt8.self)) }
  }

  /// The lines of a trailer section.
  init(trailers: ByteBuffer) {
    let text = trailers.readable
    var at = 0
    while let end = Self.lineEnd(text, from: at), end > at {
      let line = UnsafeRawBufferPointer(rebasing: text[at..<end])
      at = end &+ 2
      guard let colon = line.firstIndex(of: 58), colon > 0 else { continue }
      let value = UnsafeRawBufferPointer(rebasing: line[(colon &+ 1)...]).trimmingWhitespace
      fields.append(Self.field(UnsafeRawBufferPointer(rebasing: line[..<colon]), value))
    }
    byteCount = text.count
  }
}
