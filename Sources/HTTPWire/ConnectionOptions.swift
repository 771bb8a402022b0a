import Bytes
import HTTPSemantics

/// What `Connection` says about this connection (RFC 9110 § 7.6.1), and what `Upgrade` asks for on it (§ 7.8).
enum ConnectionOptions {
  /// Reads every `Connection` line of the head and sets `keepsAlive`, `upgrade` and `nominatesFields`.
  ///
  /// A request with a body is not upgraded: whether the body or the new protocol comes first is where readers differ.
  @inline(never)
  static func apply(to head: MessageHead) {
    var closes = false
    var keepsAlive = false
    var upgrades = false
    for index in head.fields.indices where head.fields[index].id == .connection {
      let value = head.value(of: head.fields[index])
      if value.equalsIgnoringCase("keep-alive") {
        keepsAlive = true
        continue
      }
      var tokens = TokenList(value)
      while let token = tokens.next() {
        if token.equalsIgnoringCase("close") {
          closes = true
        } else if token.equalsIgnoringCase("keep-alive") {
          keepsAlive = true
        } else if token.equalsIgnoringCase("upgrade") {
          upgrades = true
        } else {
          head.nominatesFields = true
        }
      }
    }
    if closes {
      head.keepsAlive = false
    } else if head.minorVersion == 0 {
      head.keepsAlive = keepsAlive
    }
    if upgrades, head.minorVersion == 1, head.framing == .none {
      head.upgrade = protocolAskedFor(head)
    }
  }

  /// The only `Upgrade` field, if what it names may be tunnelled.
  ///
  /// HTTP/2 in clear text is not: whoever tunnels `h2c` lets requests through that nobody looks at.
  private static func protocolAskedFor(_ head: MessageHead) -> FieldSlice? {
    var found: FieldSlice?
    for field in head.fields where field.id == .upgrade {
      if found != nil { return nil }
      found = field
    }
    guard let field = found else { return nil }
    var protocols = TokenList(head.value(of: field))
    var count = 0
    while let name = protocols.next() {
      if name.count >= 3, UnsafeRawBufferPointer(rebasing: name[..<3]).equalsIgnoringCase("h2c") { return nil }
      count &+= 1
    }
    return count > 0 ? field : nil
  }
}

/// The elements of a comma-separated list without quoted strings; empty elements are passed over (RFC 9110 § 5.6.1).
struct TokenList {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func next() -> UnsafeRawBufferPointer? {
    while at < bytes.count {
      let start = at
      while at < bytes.count, bytes[at] != 44 { at &+= 1 }
      let element = UnsafeRawBufferPointer(rebasing: bytes[start..<at]).trimmingWhitespace
      at &+= 1
      if !element.isEmpty { return element }
    }
    return nil
  }
}
