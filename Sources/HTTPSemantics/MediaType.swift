import Bytes

/// A media type as `Content-Type` and `Accept` write it: `type "/" subtype *( OWS ";" OWS name "=" value )`
/// (RFC 9110 § 8.3.1). A view of the bytes that it was read from, which must outlive it.
public struct MediaType {
  /// `type/subtype` as received; letters count without regard to case.
  public let essence: UnsafeRawBufferPointer
  private let rest: UnsafeRawBufferPointer

  /// - Returns: nil where the bytes do not begin with a type and a subtype.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    let bytes = bytes.trimmingWhitespace
    var slash = 0
    while slash < bytes.count, ByteSet.token.contains(bytes[slash]) { slash &+= 1 }
    guard slash > 0, slash < bytes.count, bytes[slash] == 47 else { return nil }
    var end = slash &+ 1
    while end < bytes.count, ByteSet.token.contains(bytes[end]) { end &+= 1 }
    guard end > slash &+ 1 else { return nil }
    var at = end
    while at < bytes.count, bytes[at] == 32 || bytes[at] == 9 { at &+= 1 }
    guard at == bytes.count || bytes[at] == 59 else { return nil }
    essence = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    rest = UnsafeRawBufferPointer(rebasing: bytes[at...])
  }

  /// Whether this is `text`, parameters not looked at.
  /// - Parameter text: in small letters.
  @inlinable public func isEssence(_ text: StaticString) -> Bool { essence.equalsIgnoringCase(text) }

  /// The value of the first parameter with this name; a quoted string without its quotes, with `\` taken off.
  /// - Parameter name: in small letters.
  public func parameter(_ name: StaticString) -> String? {
    var parameters = Parameters(rest)
    while let parameter = parameters.next() {
      if parameter.name.equalsIgnoringCase(name) { return parameter.text }
    }
    return nil
  }

  /// The parameters in the order received.
  public var parameters: Parameters { Parameters(rest) }
}

/// The parameters behind a value: `*( OWS ";" OWS [ name "=" ( token / quoted-string ) ] )` (RFC 9110 § 5.6.6). What is
/// not of this form ends them.
public struct Parameters: IteratorProtocol {
  public struct Parameter {
    public let name: UnsafeRawBufferPointer
    /// As received; what is between the quotes, for a quoted string.
    public let value: UnsafeRawBufferPointer
    public let isQuoted: Bool

    /// The value as text, a quoted string's `\` taken off.
    public var text: String {
      guard isQuoted, value.contains(92) else { return value.text }
      var bytes: [UInt8] = []
      var at = 0
      while at < value.count {
        if value[at] == 92, at &+ 1 < value.count { at &+= 1 }
        bytes.append(value[at])
        at &+= 1
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  public mutating func next() -> Parameter? {
    while true {
      skipWhitespace()
      guard at < bytes.count, bytes[at] == 59 else { return nil }
      at &+= 1
      skipWhitespace()
      let name = token()
      if name.isEmpty {
        if at < bytes.count, bytes[at] == 59 { continue }
        return nil
      }
      guard at < bytes.count, bytes[at] == 61 else { return nil }
      at &+= 1
      if at < bytes.count, bytes[at] == 34 {
        at &+= 1
        let start = at
        while at < bytes.count, bytes[at] != 34 { at &+= bytes[at] == 92 ? 2 : 1 }
        guard at < bytes.count else { return nil }
        let value = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
        at &+= 1
        return Parameter(name: name, value: value, isQuoted: true)
      }
      return Parameter(name: name, value: token(), isQuoted: false)
    }
  }

  private mutating func skipWhitespace() {
    while at < bytes.count, bytes[at] == 32 || bytes[at] == 9 { at &+= 1 }
  }

  private mutating func token() -> UnsafeRawBufferPointer {
    let start = at
    while at < bytes.count, ByteSet.token.contains(bytes[at]) { at &+= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<at])
  }
}
