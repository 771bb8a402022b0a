import Bytes

/// `uri`: what `java.net.URI` takes, which is what json-schema-validator asks. That is RFC 3986's *reference*, relative
/// ones too, and characters beyond ASCII.
enum URIFormat {
  static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    let slice = text[...]
    let hash = slice.firstIndex(of: UInt8(ascii: "#"))
    if let hash, !isMade(slice[(hash + 1)...], uric) { return false }
    var rest = slice[..<(hash ?? slice.endIndex)]
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")), !rest[..<colon].contains(where: { "/?".utf8.contains($0) }) {
      let scheme = rest[..<colon]
      guard let first = scheme.first, isLetter(first),
        scheme.allSatisfy({ isAlphanumeric($0) || "+-.".utf8.contains($0) })
      else { return false }
      rest = rest[(colon + 1)...]
      guard let next = rest.first else { return false }
      // `mailto:a@b`: no hierarchy, nothing to look into.
      if next != UInt8(ascii: "/") { return isMade(rest, uric) }
    }
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      guard isMade(rest[(mark + 1)...], uric) else { return false }
      rest = rest[..<mark]
    }
    if rest.starts(with: "//".utf8) {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
      guard isAuthority(rest[..<end]) else { return false }
      rest = rest[end...]
    }
    return isMade(rest, path)
  }

  private static let unreserved = "-_.!~*'()"
  private static let path = Array((unreserved + ":@&=+$,;/").utf8)
  private static let uric = Array((unreserved + ":@&=+$,;/?[]").utf8)
  private static let registry = Array((unreserved + ":@&=+$,;").utf8)

  /// Letters, digits, what is beyond ASCII and no control or space, whole escapes, and the given others.
  private static func isMade(_ text: Slice<UnsafeRawBufferPointer>, _ others: [UInt8]) -> Bool {
    var at = text.startIndex
    while at < text.endIndex {
      let byte = text[at]
      if byte == UInt8(ascii: "%") {
        guard at + 2 < text.endIndex, isHexadecimal(text[at + 1]), isHexadecimal(text[at + 2]) else { return false }
        at += 2
      } else if byte >= 0x80 {
        // U+0080–U+009F are controls, U+00A0 and its kind are spaces.
        if byte == 0xC2, at + 1 < text.endIndex, text[at + 1] <= 0xA0 { return false }
      } else if !isAlphanumeric(byte), !others.contains(byte) {
        return false
      }
      at += 1
    }
    return true
  }

  private static func isAuthority(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard let bracket = text.firstIndex(of: UInt8(ascii: "[")) else { return isMade(text, registry) }
    guard let close = text[bracket...].firstIndex(of: UInt8(ascii: "]")) else { return false }
    let user = text[..<bracket]
    guard user.isEmpty || user.last == UInt8(ascii: "@"), isMade(user, registry),
      HostFormats.isIPv6(UnsafeRawBufferPointer(rebasing: text[(bracket + 1)..<close]))
    else { return false }
    let port = text[(close + 1)...]
    return port.isEmpty || port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy(isDigit)
  }
}
