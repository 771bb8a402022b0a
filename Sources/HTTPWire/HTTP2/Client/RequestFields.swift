import Bytes
import HTTPSemantics

/// An HTTP/1.1 request's head, and the section that it becomes in HTTP/2 (RFC 9113 § 8.3.1).
///
///     POST /p?q HTTP/1.1 CRLF           :method POST, :scheme http, :path /p?q, :authority a.example
///     Host: a.example CRLF        ──▶   accept: */*
///     Accept: */* CRLF CRLF
///
/// One that asks for a WebSocket becomes an extended CONNECT (RFC 8441 § 5):
///
///     GET /chat HTTP/1.1, Upgrade: websocket   ──▶   :method CONNECT, :protocol websocket, :scheme http, :path /chat, …
///
/// What belongs to an HTTP/1 connection (RFC 9113 § 8.2.2) is left out. The head stays where it is.
struct RequestFields {
  private let method: UnsafeRawBufferPointer
  private let target: UnsafeRawBufferPointer
  private let authority: UnsafeRawBufferPointer?
  /// The field lines.
  private let lines: UnsafeRawBufferPointer
  private let isSecure: Bool
  private let acceptsTrailers: Bool
  private let isTunnel: Bool
  /// Bytes of the head, its empty line included.
  let byteCount: Int

  /// - Parameters:
  ///   - text: a head, and perhaps a body behind it.
  ///   - acceptsTrailers: whether the one that the answer is for takes trailers (RFC 9110 § 10.1.4).
  ///   - isTunnel: whether it is to be an extended CONNECT.
  /// - Returns: nil where it is no head that HTTP/2 has.
  init?(_ text: UnsafeRawBufferPointer, isSecure: Bool, acceptsTrailers: Bool, isTunnel: Bool = false) {
    guard let base = text.baseAddress, let start = Self.lineEnd(text, from: 0) else { return nil }
    let methodEnd = ByteScan.first(32, in: base, from: 0, end: start)
    guard let targetEnd = text[..<start].lastIndex(of: 32), methodEnd > 0, targetEnd > methodEnd &+ 1 else {
      return nil
    }
    method = UnsafeRawBufferPointer(rebasing: text[..<methodEnd])
    target = UnsafeRawBufferPointer(rebasing: text[(methodEnd &+ 1)..<targetEnd])
    if method.equals("CONNECT") { return nil }

    var authority: UnsafeRawBufferPointer?
    var at = start &+ 2
    while true {
      guard let end = Self.lineEnd(text, from: at) else { return nil }
      if end == at { break }
      let colon = ByteScan.first(58, in: base, from: at, end: end)
      guard colon < end, colon > at else { return nil }
      // Only a name of four letters can be Host's.
      if colon &- at == 4, authority == nil,
        FieldID.recognise(base + at, count: 4, readable: text.count &- at) == .host
      {
        authority = UnsafeRawBufferPointer(rebasing: text[(colon &+ 1)..<end]).trimmingWhitespace
      }
      at = end &+ 2
    }
    self.authority = authority
    lines = UnsafeRawBufferPointer(rebasing: text[(start &+ 2)..<at])
    byteCount = at &+ 2
    self.isSecure = isSecure
    self.acceptsTrailers = acceptsTrailers
    self.isTunnel = isTunnel
  }

  /// Where the line ends that begins at `start`: its CR.
  private static func lineEnd(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let base = text.baseAddress, start < text.count else { return nil }
    let end = ByteScan.first(13, in: base, from: start, end: text.count)
    return end &+ 1 < text.count && text[end &+ 1] == 10 ? end : nil
  }

  /// What nghttp2 is to take it for.
  var standIn: HTTP2StandIn { isTunnel ? .connect : method.equals("HEAD") ? .head : .get }

  func write(by encoder: FieldEncoder, into out: ByteBuffer) {
    if isTunnel {
      encoder.write(method: "CONNECT", into: out)
      encoder.write(":protocol", "websocket", into: out)
    } else {
      encoder.write(method: method, into: out)
    }
    encoder.write(isSecure: isSecure, into: out)
    encoder.write(path: target, into: out)
    if let authority { encoder.write(authority: authority, into: out) }
    encoder.write(block: lines, without: isTunnel ? .handshake : .host, into: out)
    if acceptsTrailers { encoder.write("te", "trailers", into: out) }
  }
}
