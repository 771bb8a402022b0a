import Bytes
import HTTPSemantics

/// The grammar of `Host` and of the authority in a target: `uri-host [ ":" port ]` (RFC 9110 § 7.2).
///
/// Narrower than RFC 3986, on purpose: a name is made of letters, digits and `- . _ ~`. The rest of what a `reg-name` may
/// hold (percent-encoding, `,`, `;`, `=` …) names no host that exists, and is read differently by different servers.
enum Authority {
  /// Whether the bytes are host or host:port, neither of them empty, the port at most 65,535.
  static func isValid(_ bytes: UnsafeRawBufferPointer, requiringPort: Bool = false) -> Bool {
    guard let first = bytes.first else { return false }
    var at = 0
    if first == 91 {  // [
      at = 1
      while at < bytes.count, isAddressByte(bytes[at]) { at &+= 1 }
      guard at > 3, at < bytes.count, bytes[at] == 93 else { return false }
      at &+= 1
    } else {
      while at < bytes.count, ByteSet.unreserved.contains(bytes[at]) { at &+= 1 }
      guard at > 0 else { return false }
    }
    if at == bytes.count { return !requiringPort }
    guard bytes[at] == 58 else { return false }
    at &+= 1
    guard at < bytes.count, bytes.count &- at <= 5 else { return false }
    var port = 0
    while at < bytes.count {
      let digit = bytes[at] &- 48
      guard digit < 10 else { return false }
      port = port &* 10 &+ Int(digit)
      at &+= 1
    }
    return port <= 65_535
  }

  /// What an IPv6 address is written with; a zone identifier has no place in a message.
  private static func isAddressByte(_ byte: UInt8) -> Bool {
    ByteSet.hexDigit.contains(byte) || byte == 58 || byte == 46
  }
}
