import Bytes
import HTTPSemantics

/// One proxy's part of `Forwarded` (RFC 7239 § 4): `for=192.0.2.60;proto=http;by=203.0.113.43`.
struct ForwardedElement {
  /// Nil where it is not said, or hidden (`unknown`, `_name`: RFC 7239 § 6.2 and 6.3).
  var client: IPAddress?
  var isSecure: Bool?

  /// Reads a whole field value.
  /// - Returns: whether it follows the grammar.
  static func read(_ value: UnsafeRawBufferPointer, into elements: inout [ForwardedElement]) -> Bool {
    var element = ForwardedElement()
    var isEmpty = true
    var at = 0
    func skipSpace() { while at < value.count, value[at] == 32 || value[at] == 9 { at += 1 } }
    while true {
      skipSpace()
      if at < value.count, value[at] != 44, value[at] != 59 {
        let nameStart = at
        while at < value.count, ByteSet.token.contains(value[at]) { at += 1 }
        let name = UnsafeRawBufferPointer(rebasing: value[nameStart..<at])
        guard !name.isEmpty, at < value.count, value[at] == 61 else { return false }
        at += 1
        guard let text = word(value, &at) else { return false }
        isEmpty = false
        if name.equalsIgnoringCase("for") { element.client = TrustedProxies.address(text) }
        if name.equalsIgnoringCase("proto") {
          element.isSecure = text.equalsIgnoringCase("https") ? true : text.equalsIgnoringCase("http") ? false : nil
        }
        skipSpace()
      }
      let separator = at < value.count ? value[at] : 44
      guard separator == 44 || separator == 59 else { return false }
      if separator == 44 {
        if !isEmpty { elements.append(element) }
        element = ForwardedElement()
        isEmpty = true
      }
      guard at < value.count else { return true }
      at += 1
    }
  }

  /// A token or what stands between quotes. An escaped character is not undone: no address and no scheme has one.
  private static func word(_ value: UnsafeRawBufferPointer, _ at: inout Int) -> UnsafeRawBufferPointer? {
    guard at < value.count else { return nil }
    if value[at] == 34 {
      let start = at + 1
      at = start
      while at < value.count, value[at] != 34 { at += value[at] == 92 ? 2 : 1 }
      guard at < value.count else { return nil }
      at += 1
      return UnsafeRawBufferPointer(rebasing: value[start..<at - 1])
    }
    let start = at
    // A port or an IPv6 address would need quotes by the grammar; proxies leave them away.
    while at < value.count, ByteSet.token.contains(value[at]) || value[at] == 58 || value[at] == 91 || value[at] == 93 {
      at += 1
    }
    return start == at ? nil : UnsafeRawBufferPointer(rebasing: value[start..<at])
  }
}
