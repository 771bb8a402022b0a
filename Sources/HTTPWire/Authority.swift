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
      while at < bytes.count, bytes[at] != 93 { at &+= 1 }
      guard at < bytes.count, isIPv6Address(UnsafeRawBufferPointer(rebasing: bytes[1..<at])) else { return false }
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

  /// Whether the bytes are an IPv6 address (RFC 4291 § 2.2): eight groups of one to four hexadecimal digits between colons,
  /// of which `::` may stand for one or more of zero, and an IPv4 address for the last two. A zone identifier has no place
  /// in a message.
  private static func isIPv6Address(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var groups = 0
    var isShortened = false
    var at = 0
    while at < bytes.count {
      if bytes[at] == 58 {
        // Between two groups there is one colon, which was taken with the first of them; here only `::` may begin.
        let isDouble = groups == 0 ? at &+ 1 < bytes.count && bytes[at &+ 1] == 58 : true
        guard isDouble, !isShortened else { return false }
        isShortened = true
        at &+= groups == 0 ? 2 : 1
        continue
      }
      let start = at
      while at < bytes.count, at &- start < 4, ByteSet.hexDigit.contains(bytes[at]) { at &+= 1 }
      if at < bytes.count, bytes[at] == 46 {
        groups &+= 2
        return isIPv4Address(UnsafeRawBufferPointer(rebasing: bytes[start...])) && fits(groups, isShortened)
      }
      guard at > start else { return false }
      groups &+= 1
      if at == bytes.count { break }
      guard bytes[at] == 58 else { return false }
      at &+= 1
      // A single colon at the end.
      if at == bytes.count { return false }
    }
    return fits(groups, isShortened)
  }

  private static func fits(_ groups: Int, _ isShortened: Bool) -> Bool { isShortened ? groups <= 7 : groups == 8 }

  /// Whether the bytes are four numbers up to 255 without leading zeros, with dots between them.
  private static func isIPv4Address(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var numbers = 0
    var at = 0
    while true {
      let start = at
      var number = 0
      while at < bytes.count, at &- start < 3, bytes[at] &- 48 < 10 {
        number = number &* 10 &+ Int(bytes[at] &- 48)
        at &+= 1
      }
      guard at > start, number <= 255, at &- start == 1 || bytes[start] != 48 else { return false }
      numbers &+= 1
      if at == bytes.count { return numbers == 4 }
      guard bytes[at] == 46 else { return false }
      at &+= 1
    }
  }
}
