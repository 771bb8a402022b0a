import Bytes

/// `email`: an address of RFC 5321 § 4.1.2, quoted or not, with a domain or an address in brackets behind the `@`.
enum EmailFormat {
  static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let at = text.lastIndex(of: UInt8(ascii: "@")), at > 0, at + 1 < text.count else { return false }
    let local = UnsafeRawBufferPointer(rebasing: text[..<at])
    let domain = UnsafeRawBufferPointer(rebasing: text[(at + 1)...])
    return (isDotted(local, isAtom) || isQuoted(local)) && (isDotted(domain, isLabel) || isBracketed(domain))
  }

  private static func isAtom(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte >= 0x80 || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  private static func isLabel(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte >= 0x80 || byte == UInt8(ascii: "-")
  }

  private static func isDotted(_ text: UnsafeRawBufferPointer, _ isAllowed: (UInt8) -> Bool) -> Bool {
    var isEmpty = true
    for byte in text {
      if byte == UInt8(ascii: ".") {
        if isEmpty { return false }
        isEmpty = true
      } else {
        guard isAllowed(byte) else { return false }
        isEmpty = false
      }
    }
    return !isEmpty
  }

  private static func isQuoted(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count >= 3, text[0] == UInt8(ascii: "\""), text[text.count - 1] == UInt8(ascii: "\"") else {
      return false
    }
    var isEscaped = false
    for byte in text[1..<text.count - 1] {
      guard byte >= 32, byte != 127 else { return false }
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        return false
      }
    }
    return !isEscaped
  }

  private static func isBracketed(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count > 2, text[0] == UInt8(ascii: "["), text[text.count - 1] == UInt8(ascii: "]") else { return false }
    let inside = UnsafeRawBufferPointer(rebasing: text[1..<text.count - 1])
    if inside.count > 5, UnsafeRawBufferPointer(rebasing: inside[..<5]).equals("IPv6:") {
      return HostFormats.isIPv6(UnsafeRawBufferPointer(rebasing: inside[5...]))
    }
    return HostFormats.isIPv4(inside)
  }
}
