import Bytes

/// What a proxy says in front of a connection about the client that it speaks for (the PROXY protocol of HAProxy, versions 1
/// and 2: haproxy.org/download/2.9/doc/proxy-protocol.txt).
///
///     version 1:  PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 CRLF
///     version 2:  12 bytes of signature | version, command | family | length | addresses | type-length-values
public struct ProxyHeader: Equatable, Sendable {
  /// Who connected to the proxy, and to which port.
  public struct Client: Equatable, Sendable {
    public var address: IPAddress
    public var port: UInt16
    /// The port that the client connected to.
    public var destinationPort: UInt16
  }

  /// Nil where the proxy speaks for itself (a health check) or does not know: the connection's own addresses count.
  public var client: Client?
  /// Bytes that the header takes.
  public var byteCount: Int

  public enum Flaw: Error, Equatable {
    /// The first bytes are those of no version.
    case noHeader
    case malformed
    /// Longer than `ProxyHeader.longest`.
    case tooLarge
  }

  /// Bytes of a header at most: version 1 takes up to 107, version 2 carries what else a proxy has to say.
  public static let longest = 4096
  private static let longestText = 107
  private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]

  /// Reads the header at the beginning of a connection.
  /// - Returns: nil while it is not whole.
  public static func read(_ bytes: UnsafeRawBufferPointer) throws(Flaw) -> ProxyHeader? {
    guard let first = bytes.first else { return nil }
    return switch first {
    case 80: try readText(bytes)
    case 13: try readBinary(bytes)
    default: throw .noHeader
    }
  }

  // MARK: Version 1

  private static func readText(_ bytes: UnsafeRawBufferPointer) throws(Flaw) -> ProxyHeader? {
    let intro: StaticString = "PROXY "
    let known = min(bytes.count, intro.utf8CodeUnitCount)
    for index in 0..<known where bytes[index] != intro.utf8Start[index] { throw .noHeader }
    let bound = min(bytes.count, longestText)
    guard let end = bytes[..<bound].firstIndex(of: 10) else {
      if bytes.count >= longestText { throw .malformed }
      return nil
    }
    guard end > 6, bytes[end - 1] == 13 else { throw .malformed }
    let words = UnsafeRawBufferPointer(rebasing: bytes[6..<end - 1]).split(
      separator: 32, omittingEmptySubsequences: false)
    func word(_ index: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: words[index]) }
    if word(0).elementsEqual("UNKNOWN".utf8) { return ProxyHeader(client: nil, byteCount: end + 1) }
    let isV4 = word(0).elementsEqual("TCP4".utf8)
    guard isV4 || word(0).elementsEqual("TCP6".utf8), words.count == 5, word(1).contains(58) != isV4,
      let address = IPAddress(word(1)), IPAddress(word(2)) != nil, let port = number(word(3)),
      let destination = number(word(4))
    else { throw .malformed }
    return ProxyHeader(
      client: Client(address: address, port: port, destinationPort: destination), byteCount: end + 1)
  }

  private static func number(_ text: UnsafeRawBufferPointer) -> UInt16? {
    guard 1...5 ~= text.count, text.count == 1 || text[0] != 48 else { return nil }
    var value = 0
    for byte in text {
      guard byte &- 48 < 10 else { return nil }
      value = value &* 10 &+ Int(byte &- 48)
    }
    return UInt16(exactly: value)
  }

  // MARK: Version 2

  private static func readBinary(_ bytes: UnsafeRawBufferPointer) throws(Flaw) -> ProxyHeader? {
    for index in 0..<min(bytes.count, signature.count) where bytes[index] != signature[index] { throw .noHeader }
    guard bytes.count >= 16 else { return nil }
    let length = Int(bytes[14]) &<< 8 | Int(bytes[15])
    guard 16 &+ length <= longest else { throw .tooLarge }
    guard bytes[12] &>> 4 == 2, bytes[12] & 15 <= 1 else { throw .malformed }
    guard bytes.count >= 16 &+ length else { return nil }
    let count = 16 &+ length
    // LOCAL: the proxy's own connection. Whatever follows is to be skipped.
    guard bytes[12] & 15 == 1 else { return ProxyHeader(client: nil, byteCount: count) }
    func word(at offset: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian
    }
    func port(at offset: Int) -> UInt16 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self).bigEndian }
    switch bytes[13] {
    case 0x11:
      guard length >= 12 else { throw .malformed }
      let address = bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self).bigEndian
      let client = Client(address: IPAddress(v4: address), port: port(at: 24), destinationPort: port(at: 26))
      return ProxyHeader(client: client, byteCount: count)
    case 0x21:
      guard length >= 36 else { throw .malformed }
      let address = IPAddress(high: word(at: 16), low: word(at: 24))
      let client = Client(address: address, port: port(at: 48), destinationPort: port(at: 50))
      return ProxyHeader(client: client, byteCount: count)
    // UNSPEC, datagrams and Unix-domain sockets say nothing of an HTTP client's address.
    case 0x00, 0x12, 0x22, 0x31, 0x32: return ProxyHeader(client: nil, byteCount: count)
    default: throw .malformed
    }
  }
}
