import Bytes
import PCRE

/// What a text must be, by `format`: those that json-schema-validator knows for draft 04, and as strictly as it checks
/// them. Any other format (`int32`, `date`, `password`) asks for nothing.
enum Format: String, CaseIterable, Sendable {
  case dateTime = "date-time"
  case email, hostname, ipv4, ipv6, uri
  // Beyond the draft:
  case regex, uuid, base64, mac, md5, sha1, sha256, sha512
  case jsonPointer = "json-pointer"

  /// Why a text is not of a format.
  enum Flaw: Sendable {
    case invalid(Format)
    case length(found: Int, wanted: Int)
    case base64Length(Int)
    /// At an index in UTF-16, as Java counts.
    case character(String, at: Int, isBase64: Bool)

    /// - Parameter value: the text, as much of it as messages show.
    func text(_ value: String) -> String {
      switch self {
      case .length(let found, let wanted): "input string has incorrect length (\(found), expected \(wanted))"
      case .base64Length(let found): "input has illegal length (must be a multiple of 4, found \(found))"
      case .character(let character, let index, false): "illegal character \"\(character)\" in input at index \(index)"
      case .character(let character, let index, true):
        "illegal character \"\(character)\" at index \(index) (not in Base64 alphabet)"
      case .invalid(let format): Self.message(format, value)
      }
    }

    private static func message(_ format: Format, _ value: String) -> String {
      switch format {
      case .dateTime:
        "string \"\(value)\" is invalid against requested date format(s) "
          + "[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"
      case .email: "string \"\(value)\" is not a valid email address"
      case .hostname: "string \"\(value)\" is not a valid hostname"
      case .ipv4: "string \"\(value)\" is not a valid IPv4 address"
      case .ipv6: "string \"\(value)\" is not a valid IPv6 address"
      case .uri: "string \"\(value)\" is not a valid URI"
      case .regex: "string \"\(value)\" is not a valid ECMA 262 regular expression"
      case .uuid: "input string \"\(value)\" is not a valid UUID"
      case .mac: "input string \"\(value)\" is not a valid MAC address"
      case .jsonPointer: "input string \"\(value)\" is not a valid JSON Pointer"
      case .base64, .md5, .sha1, .sha256, .sha512: "input string \"\(value)\" is invalid"
      }
    }
  }

  /// Nil: the text, in UTF-8, is of the format.
  func flaw(in text: UnsafeRawBufferPointer) -> Flaw? {
    let isGood: Bool
    switch self {
    case .dateTime: isGood = DateTimeFormat.isValid(text)
    case .email: isGood = EmailFormat.isValid(text)
    case .hostname: isGood = HostFormats.isHostname(text)
    case .ipv4: isGood = HostFormats.isIPv4(text)
    case .ipv6: isGood = HostFormats.isIPv6(text)
    case .uri: isGood = URIFormat.isValid(text)
    case .regex: isGood = (try? Regex(text.text, options: .ecmaDialect)) != nil
    case .uuid: isGood = Self.isUUID(text)
    case .mac: isGood = Self.isMAC(text)
    case .jsonPointer: isGood = Self.isPointer(text)
    case .base64: return Self.base64Flaw(text)
    case .md5: return Self.digestFlaw(text, 32)
    case .sha1: return Self.digestFlaw(text, 40)
    case .sha256: return Self.digestFlaw(text, 64)
    case .sha512: return Self.digestFlaw(text, 128)
    }
    return isGood ? nil : .invalid(self)
  }

  /// Five runs of hexadecimal digits with hyphens between them: as leniently as `java.util.UUID.fromString`.
  private static func isUUID(_ text: UnsafeRawBufferPointer) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return text.count <= 36 && parts.count == 5
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isHexadecimal) }
  }

  private static func isMAC(_ text: UnsafeRawBufferPointer) -> Bool {
    text.count == 17
      && text.enumerated().allSatisfy { index, byte in
        index % 3 == 2 ? byte == UInt8(ascii: ":") : isAlphanumeric(byte)
      }
  }

  /// RFC 6901 § 3.
  private static func isPointer(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first else { return true }
    guard first == UInt8(ascii: "/") else { return false }
    for (index, byte) in text.enumerated() where byte == UInt8(ascii: "~") {
      guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "0") || text[index + 1] == UInt8(ascii: "1")
      else { return false }
    }
    return true
  }

  private static func digestFlaw(_ text: UnsafeRawBufferPointer, _ length: Int) -> Flaw? {
    let found = text.text.utf16.count
    if found != length { return .length(found: found, wanted: length) }
    return character(in: text, upTo: text.count, isHexadecimal).map { .character($0.0, at: $0.1, isBase64: false) }
  }

  private static func base64Flaw(_ text: UnsafeRawBufferPointer) -> Flaw? {
    let length = text.text.utf16.count
    if length % 4 != 0 { return .base64Length(length) }
    var end = text.count
    while end > 0, end > text.count - 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
    let flaw = character(in: text, upTo: end) {
      isAlphanumeric($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
    }
    return flaw.map { .character($0.0, at: $0.1, isBase64: true) }
  }

  /// The first character that is not allowed, and where it is in UTF-16.
  private static func character(
    in text: UnsafeRawBufferPointer, upTo end: Int, _ isAllowed: (UInt8) -> Bool
  ) -> (String, Int)? {
    guard let place = text[..<end].firstIndex(where: { !isAllowed($0) }) else { return nil }
    // What stands before it is ASCII.
    let rest = UnsafeRawBufferPointer(rebasing: text[place..<min(place + 4, text.count)]).text
    return (rest.unicodeScalars.first.map { String($0) } ?? "", place)
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
func isLetter(_ byte: UInt8) -> Bool { (byte | 32) &- 97 < 26 }
func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 32) &- 97 < 6 }
