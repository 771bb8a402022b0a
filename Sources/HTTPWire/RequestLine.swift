import Bytes
import HTTPSemantics

/// Reads a request line (RFC 9112 § 3).
///
///     method SP request-target SP HTTP-version CRLF
public enum RequestLine {
  enum Result {
    /// The byte behind the line.
    case complete(Int)
    case incomplete
    case failed(WireError)
  }

  /// The longest method that is told from nonsense.
  private static var longestMethod: Int { 32 }

  @inline(__always)
  static func parse(
    _ base: UnsafeRawPointer, from: Int, end: Int, limit: Int, into head: RequestHead
  ) -> Result {
    // method
    var at = from
    if from &+ 8 <= end, let known = knownMethod(ByteScan.word(base, from)) {
      head.method = known.method
      at = from &+ known.count
    } else {
      while at < end, ByteSet.token.contains(ByteScan.byte(base, at)) { at &+= 1 }
      guard at &- from <= longestMethod else { return .failed(.methodTooLong) }
      guard at < end else { return .incomplete }
      guard at > from, ByteScan.byte(base, at) == 32 else { return .failed(.malformedMethod) }
      head.method = HTTPMethod(UnsafeRawBufferPointer(start: base + from, count: at &- from))
    }
    at &+= 1

    // request-target
    let target = at
    guard target < end else { return .incomplete }
    var query = -1
    if ByteScan.byte(base, target) == 47 {
      head.form = .origin
      at = scan(ByteSet.receivedPath, base, from: at, end: end)
      if at < end, ByteScan.byte(base, at) == 63 {
        query = at &+ 1
        at = scan(ByteSet.receivedQuery, base, from: query, end: end)
      }
      guard at &- target <= limit else { return .failed(.targetTooLong) }
      guard at < end else { return .incomplete }
      guard ByteScan.byte(base, at) == 32 else {
        return undecidedEscape(base, at, end) ? .incomplete : .failed(.malformedTarget)
      }
      head.path = target..<(query < 0 ? at : query &- 1)
      head.query = query < 0 ? nil : query..<at
      head.authority = at..<at
      if case .connect = head.method { return .failed(.targetFormForbidden) }
    } else {
      switch otherForm(base, target, end, limit, head) {
      case .complete(let behind): at = behind
      case .incomplete: return .incomplete
      case .failed(let error): return .failed(error)
      }
    }
    at &+= 1

    // HTTP-version CRLF
    if at &+ 10 <= end, base.loadUnaligned(fromByteOffset: at &+ 8, as: UInt16.self) == UInt16(littleEndian: 0x0A0D) {
      let version = ByteScan.word(base, at)
      if version == http11 {
        head.minorVersion = 1
        return .complete(at &+ 10)
      }
      if version == http10 {
        head.minorVersion = 0
        return .complete(at &+ 10)
      }
    }
    return version(base, at, end)
  }

  /// `HTTP/1.1` and `HTTP/1.0` as words.
  static var http11: UInt64 { 0x312E_312F_5054_5448 }
  static var http10: UInt64 { 0x302E_312F_5054_5448 }

  /// The methods of nearly all requests, told by their first eight bytes.
  @inline(__always)
  private static func knownMethod(_ word: UInt64) -> (method: HTTPMethod, count: Int)? {
    if word & 0xFFFF_FFFF == 0x2054_4547 { return (.get, 3) }
    if word & 0xFF_FFFF_FFFF == 0x20_5453_4F50 { return (.post, 4) }
    if word & 0xFFFF_FFFF == 0x2054_5550 { return (.put, 3) }
    if word & 0xFF_FFFF_FFFF == 0x20_4441_4548 { return (.head, 4) }
    if word & 0xFF_FFFF_FFFF_FFFF == 0x20_4554_454C_4544 { return (.delete, 6) }
    if word & 0xFFFF_FFFF_FFFF == 0x2048_4354_4150 { return (.patch, 5) }
    if word == 0x2053_4E4F_4954_504F { return (.options, 7) }
    return nil
  }

  /// The place of the first byte that is neither in `set` nor part of a whole percent-encoding.
  @inline(__always)
  private static func scan(_ set: ByteSet, _ base: UnsafeRawPointer, from: Int, end: Int) -> Int {
    var at = from
    while at < end {
      let byte = ByteScan.byte(base, at)
      if set.contains(byte) {
        at &+= 1
      } else if byte == 37, at &+ 2 < end, ByteSet.hexDigit.contains(ByteScan.byte(base, at &+ 1)),
        ByteSet.hexDigit.contains(ByteScan.byte(base, at &+ 2))
      {
        at &+= 3
      } else {
        break
      }
    }
    return at
  }

  /// Whether `at` is a `%` that bytes still to come may complete.
  private static func undecidedEscape(_ base: UnsafeRawPointer, _ at: Int, _ end: Int) -> Bool {
    guard ByteScan.byte(base, at) == 37, at &+ 2 >= end else { return false }
    return at &+ 1 == end || ByteSet.hexDigit.contains(ByteScan.byte(base, at &+ 1))
  }

  /// The forms that only proxies, CONNECT and OPTIONS see (RFC 9112 § 3.2.2 to § 3.2.4), up to the space behind them.
  @inline(never)
  private static func otherForm(
    _ base: UnsafeRawPointer, _ target: Int, _ end: Int, _ limit: Int, _ head: RequestHead
  ) -> Result {
    var space = target
    while space < end, ByteScan.byte(base, space) > 32, ByteScan.byte(base, space) < 127 { space &+= 1 }
    guard space &- target <= limit else { return .failed(.targetTooLong) }
    guard space < end else { return .incomplete }
    guard ByteScan.byte(base, space) == 32, space > target else { return .failed(.malformedTarget) }
    let bytes = UnsafeRawBufferPointer(start: base + target, count: space &- target)
    head.query = nil

    if case .connect = head.method {
      guard Authority.isValid(bytes, requiringPort: true) else { return .failed(.targetFormForbidden) }
      head.form = .authority
      head.authority = target..<space
      head.path = target..<space
      return .complete(space)
    }
    if bytes.count == 1, bytes[0] == 42 {
      guard case .options = head.method else { return .failed(.targetFormForbidden) }
      head.form = .asterisk
      head.path = target..<space
      head.authority = space..<space
      return .complete(space)
    }

    let scheme = schemeCount(bytes)
    guard scheme > 0 else {
      return .failed(Authority.isValid(bytes, requiringPort: true) ? .targetFormForbidden : .malformedTarget)
    }
    var at = target &+ scheme
    let authority = at
    while at < space {
      let byte = ByteScan.byte(base, at)
      if byte == 47 || byte == 63 { break }
      at &+= 1
    }
    guard Authority.isValid(UnsafeRawBufferPointer(start: base + authority, count: at &- authority)) else {
      return .failed(.malformedHost)
    }
    head.form = .absolute
    head.authority = authority..<at
    let path = at
    at = scan(ByteSet.receivedPath, base, from: path, end: space)
    // An empty path means `/` (RFC 9110 § 4.2.3); the last slash of `http://` serves as that byte.
    head.path = at == path ? authority &- 1..<authority : path..<at
    if at < space, ByteScan.byte(base, at) == 63 {
      let query = at &+ 1
      at = scan(ByteSet.receivedQuery, base, from: query, end: space)
      head.query = query..<at
    }
    return at == space ? .complete(space) : .failed(.malformedTarget)
  }

  /// How many bytes `http://` or `https://` take at the front; 0 where neither is there.
  private static func schemeCount(_ bytes: UnsafeRawBufferPointer) -> Int {
    if bytes.count >= 7, UnsafeRawBufferPointer(rebasing: bytes[..<7]).equalsIgnoringCase("http://") { return 7 }
    if bytes.count >= 8, UnsafeRawBufferPointer(rebasing: bytes[..<8]).equalsIgnoringCase("https://") { return 8 }
    return 0
  }

  /// What stands behind the target where it is not a whole `HTTP/1.1` or `HTTP/1.0` line end: not all there yet, another
  /// version, or no version.
  @inline(never)
  private static func version(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Result {
    let name: StaticString = "HTTP/"
    for index in 0..<8 {
      guard start &+ index < end else { return .incomplete }
      let byte = ByteScan.byte(base, start &+ index)
      let fits =
        switch index {
        case 0..<5: byte == name.utf8Start[index]
        case 6: byte == 46
        default: byte &- 48 < 10
        }
      guard fits else { return .failed(.malformedVersion) }
    }
    guard start &+ 8 < end else { return .incomplete }
    switch ByteScan.byte(base, start &+ 8) {
    case 13: break
    case 10: return .failed(.bareLineFeed)
    default: return .failed(.malformedVersion)
    }
    guard start &+ 9 < end else { return .incomplete }
    guard ByteScan.byte(base, start &+ 9) == 10 else { return .failed(.bareCarriageReturn) }
    return .failed(.unsupportedVersion)
  }
}
