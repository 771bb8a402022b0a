import Bytes
import HTTPSemantics

/// The head of an HTTP/2 request, written down as the HTTP/1.1 head that means the same (RFC 9113 § 8.3).
///
/// So it is read by the one parser that there is, checked by the same rules and held to the same limits; and what goes on
/// to an HTTP/1 origin has passed through them. What HTTP/1 could not even write down without changing its meaning is
/// refused here: names and values are looked at byte by byte before they become lines.
///
///     :method GET, :scheme https, :authority a.example, :path /p?q    GET /p?q HTTP/1.1 CRLF
///     accept */*                                                ──▶   host: a.example CRLF
///     cookie a=1                                                      accept: */* CRLF
///     cookie b=2                                                      cookie: a=1; b=2 CRLF CRLF
final class RequestText {
  enum Outcome {
    case whole(isWebSocket: Bool)
    /// It is a request, but the client is told that it will not do.
    case refused(WireError)
    /// It is no request (RFC 9113 § 8.1.1): the stream is reset.
    case malformed
  }

  /// The text so far.
  let out = ByteBuffer(capacity: 64)
  private let pseudo = ByteBuffer(capacity: 64)
  private let cookies = ByteBuffer(capacity: 64)
  private var method: Range<Int>?
  private var scheme: Range<Int>?
  private var path: Range<Int>?
  private var authority: Range<Int>?
  private var connectProtocol: Range<Int>?
  private var hasBegun = false
  private var hasHost = false
  private var isWebSocket = false
  private var isMalformed = false
  private var refusal: WireError?
  private var lines = 0
  /// Bytes of all fields, kept or not, as HPACK counts them (RFC 7541 § 4.1).
  private var seen = 0
  private var limits = HeadLimits.standard
  /// Bytes that most heads fit into.
  private static let usualSize = 1024

  init() {}

  func begin(limits: HeadLimits) {
    out.clear()
    pseudo.clear()
    cookies.clear()
    out.reserve(Self.usualSize)
    method = nil
    scheme = nil
    path = nil
    authority = nil
    connectProtocol = nil
    hasBegun = false
    hasHost = false
    isWebSocket = false
    isMalformed = false
    refusal = nil
    lines = 0
    seen = 0
    self.limits = limits
  }

  /// Lets go of the memory that heads have taken.
  func rest() {
    out.shrink()
    pseudo.shrink()
    cookies.shrink()
  }

  /// A field that the library itself found wrong.
  func noteMalformed() { isMalformed = true }

  /// Whether it is so far beyond the limits that it is not looked at any more: a few bytes of HPACK can stand for millions.
  var isBomb: Bool { seen > 4 &* limits.headBytes }

  /// Takes the next field, pseudo or not.
  func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    seen &+= name.count &+ value.count &+ 32
    if isMalformed { return }
    guard let first = name.first else {
      isMalformed = true
      return
    }
    if first == 58 { return addPseudo(name, value) }
    if !hasBegun { writeStart() }
    if isMalformed { return }
    if let base = value.baseAddress, ByteScan.firstControl(in: base, from: 0, end: value.count) < value.count {
      isMalformed = true
      return
    }
    let id = FieldID.recognise(name.baseAddress ?? UnsafeRawPointer(out.base), count: name.count, readable: name.count)
    guard isLowercaseToken(name) else {
      isMalformed = true
      return
    }
    switch id {
    case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade:
      // RFC 9113 § 8.2.2.
      isMalformed = true
      return
    case .te where !value.equalsIgnoringCase("trailers"):
      isMalformed = true
      return
    case .host: return addHost(value)
    case .cookie: return addCookie(value)
    default: break
    }
    if isWebSocket, name.equals("sec-websocket-key") { return }
    line(name, value)
  }

  /// Ends the head.
  /// - Parameter nonce: 16 bytes that nobody can foresee, for `Sec-WebSocket-Key`.
  func finish(nonce: @autoclosure () -> (UInt64, UInt64)) -> Outcome {
    if !hasBegun, !isMalformed { writeStart() }
    if isMalformed { return .malformed }
    if !cookies.isEmpty {
      let name: StaticString = "cookie"
      line(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), cookies.readable)
    }
    if let refusal { return .refused(refusal) }
    if isWebSocket {
      out.write("sec-websocket-key: ")
      WebSocketKey.write(nonce(), into: out)
      out.write("\r\n")
    }
    out.write("\r\n")
    return .whole(isWebSocket: isWebSocket)
  }

  // MARK: Pseudo-header fields

  private func addPseudo(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    guard !hasBegun else {
      isMalformed = true
      return
    }
    guard value.count <= limits.headBytes &- pseudo.count else {
      refusal = name.equals(":path") ? .targetTooLong : .headTooLarge
      return
    }
    let start = pseudo.writeIndex
    pseudo.write(value)
    let range = start..<pseudo.writeIndex
    // Control bytes, spaces and line ends would begin something else on the line that these are written to.
    for byte in value where byte <= 32 || byte == 127 { isMalformed = true }
    switch name.count {
    case 7 where name.equals(":method"):
      isMalformed = isMalformed || method != nil || !value.isToken
      method = range
    case 7 where name.equals(":scheme"):
      isMalformed = isMalformed || scheme != nil
      scheme = range
    case 5 where name.equals(":path"):
      isMalformed = isMalformed || path != nil || value.isEmpty
      path = range
    case 10 where name.equals(":authority"):
      isMalformed = isMalformed || authority != nil
      authority = range
    case 9 where name.equals(":protocol"):
      isMalformed = isMalformed || connectProtocol != nil
      connectProtocol = range
    default: isMalformed = true
    }
  }

  /// Writes the request line, and what `:authority` and `:protocol` mean in HTTP/1.
  private func writeStart() {
    hasBegun = true
    if refusal != nil { return }
    guard let method else {
      isMalformed = true
      return
    }
    let name = pseudo[method]
    if name.equals("CONNECT"), connectProtocol == nil {
      // RFC 9113 § 8.5.
      guard path == nil, scheme == nil, let authority else {
        isMalformed = true
        return
      }
      return writeStart(name, pseudo[authority])
    }
    guard let path, let scheme, isKnownScheme(pseudo[scheme]) else {
      isMalformed = true
      return
    }
    let target = pseudo[path]
    let isAsterisk = target.count == 1 && target[0] == 42 && name.equals("OPTIONS")
    guard target[0] == 47 || isAsterisk else {
      isMalformed = true
      return
    }
    guard target.count <= limits.targetBytes else {
      refusal = .targetTooLong
      return
    }
    guard let connectProtocol else { return writeStart(name, target) }
    guard name.equals("CONNECT"), authority != nil, !isAsterisk else {
      isMalformed = true
      return
    }
    // RFC 8441 § 5: what HTTP/1 asks for by Upgrade. Of protocols there is one.
    guard pseudo[connectProtocol].equalsIgnoringCase("websocket") else {
      refusal = .unsupportedProtocol
      return
    }
    isWebSocket = true
    let get: StaticString = "GET"
    writeStart(UnsafeRawBufferPointer(start: get.utf8Start, count: get.utf8CodeUnitCount), target)
    out.write("connection: upgrade\r\nupgrade: websocket\r\n")
    // With the key, which comes last.
    lines = 4
  }

  private func writeStart(_ method: UnsafeRawBufferPointer, _ target: UnsafeRawBufferPointer) {
    out.write(method)
    out.write(byte: 32)
    out.write(target)
    out.write(" HTTP/1.1\r\n")
    guard let authority, !authority.isEmpty else { return }
    lines = 1
    out.write("host: ")
    out.write(pseudo[authority])
    out.write("\r\n")
  }

  private func isKnownScheme(_ scheme: UnsafeRawBufferPointer) -> Bool {
    scheme.equalsIgnoringCase("https") || scheme.equalsIgnoringCase("http")
  }

  // MARK: Fields

  /// `Host` says what `:authority` says, or stands in its place (RFC 9113 § 8.3.1).
  private func addHost(_ value: UnsafeRawBufferPointer) {
    guard !hasHost else {
      isMalformed = true
      return
    }
    hasHost = true
    if let authority, !authority.isEmpty {
      if !pseudo[authority].equalsIgnoringCase(value) { isMalformed = true }
      return
    }
    let name: StaticString = "host"
    line(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
  }

  /// Cookies that came in pieces go on as one line (RFC 9113 § 8.2.3).
  private func addCookie(_ value: UnsafeRawBufferPointer) {
    guard value.count <= limits.headBytes &- cookies.count else {
      refusal = refusal ?? .headTooLarge
      return
    }
    if !cookies.isEmpty { cookies.write("; ") }
    cookies.write(value)
  }

  private func line(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    if refusal != nil { return }
    lines &+= 1
    // What is beyond the limits is not kept, however much more of it comes.
    if lines > limits.fieldCount {
      refusal = .tooManyFields
    } else if name.count &+ value.count &+ 4 > limits.headBytes &- out.count {
      refusal = .headTooLarge
    } else {
      FieldLine.write(name: name, value: value, into: out)
    }
  }

  /// RFC 9113 § 8.2.1.
  private func isLowercaseToken(_ name: UnsafeRawBufferPointer) -> Bool {
    for byte in name where !ByteSet.token.contains(byte) || byte &- 65 < 26 { return false }
    return true
  }
}

/// The nonce of a WebSocket handshake (RFC 6455 § 4.1): 16 bytes in base64.
enum WebSocketKey {
  static func write(_ nonce: (UInt64, UInt64), into out: ByteBuffer) {
    let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    // 126 bits are 21 letters; the last two bits are the upper ones of the 22nd.
    var (high, low) = nonce
    for _ in 0..<21 {
      out.write(byte: alphabet.utf8Start[Int(high &>> 58)])
      high = high &<< 6 | low &>> 58
      low = low &<< 6
    }
    out.write(byte: alphabet.utf8Start[Int(high &>> 62) &<< 4])
    out.write("==")
  }
}
