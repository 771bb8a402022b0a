import COpenSSL

/// What a client's first message gives away about the program that sends it: two names that the field knows, by which firewalls
/// and lists of malware speak of the same clients.
public struct TLSFingerprint: Sendable, Equatable {
  /// 32 hexadecimal digits (github.com/salesforce/ja3).
  public let ja3: [UInt8]
  /// `t13d1516h2_8daaf6152771_e5627efa2ab1` (FoxIO's specification of JA4, the TLS client's fingerprint).
  public let ja4: [UInt8]

  init(_ hello: ClientHello) {
    ja3 = TLSFingerprint.digest(TLSFingerprint.text(hello), EVP_md5(), 16)
    ja4 = TLSFingerprint.name(hello)
  }

  // MARK: JA3

  /// Version, ciphers, extensions, groups and point formats, in decimal and in the client's order.
  static func text(_ hello: ClientHello) -> [UInt8] {
    var text = Array("\(hello.version)".utf8)
    func append(_ numbers: some Sequence<some FixedWidthInteger>) {
      text.append(UInt8(ascii: ","))
      var isFirst = true
      for number in numbers {
        if !isFirst { text.append(UInt8(ascii: "-")) }
        isFirst = false
        text.append(contentsOf: "\(number)".utf8)
      }
    }
    append(hello.ciphers)
    append(hello.extensions)
    append(hello.groups)
    append(hello.pointFormats)
    return text
  }

  // MARK: JA4

  /// Three parts: what can be read off, the ciphers' digest, and the digest of extensions and signature algorithms.
  private static func name(_ hello: ClientHello) -> [UInt8] {
    var name: [UInt8] = [UInt8(ascii: "t")]
    name += version(hello)
    name.append(hello.extensions.contains(0) ? UInt8(ascii: "d") : UInt8(ascii: "i"))
    name += count(hello.ciphers.count)
    name += count(hello.extensions.count)
    name += ends(of: hello.firstProtocol ?? [])
    name.append(UInt8(ascii: "_"))
    name += digest(list(hello.ciphers.sorted()))
    name.append(UInt8(ascii: "_"))
    // The name and the protocol are in the first part already, and are not the program's own.
    var rest = list(hello.extensions.filter { $0 != 0 && $0 != 16 }.sorted())
    if !rest.isEmpty, !hello.signatureAlgorithms.isEmpty {
      rest.append(UInt8(ascii: "_"))
      rest += list(hello.signatureAlgorithms)
    }
    name += digest(rest)
    return name
  }

  /// The greatest of those that it offers.
  private static func version(_ hello: ClientHello) -> [UInt8] {
    switch hello.versions.max() ?? hello.version {
    case 0x0304: Array("13".utf8)
    case 0x0303: Array("12".utf8)
    case 0x0302: Array("11".utf8)
    case 0x0301: Array("10".utf8)
    case 0x0300: Array("s3".utf8)
    case 0x0002: Array("s2".utf8)
    default: Array("00".utf8)
    }
  }

  private static func count(_ number: Int) -> [UInt8] {
    let shown = min(number, 99)
    return [48 + UInt8(shown / 10), 48 + UInt8(shown % 10)]
  }

  /// The first and the last character; of its hexadecimal form where one of them is neither a letter nor a digit.
  private static func ends(of name: [UInt8]) -> [UInt8] {
    guard let first = name.first, let last = name.last else { return Array("00".utf8) }
    func isPlain(_ byte: UInt8) -> Bool { byte &- 48 < 10 || (byte | 32) &- 97 < 26 }
    if isPlain(first), isPlain(last) { return [first, last] }
    return [hexadecimal(first >> 4), hexadecimal(last & 15)]
  }

  /// `1301,1302,c02b`.
  private static func list(_ numbers: some Sequence<UInt16>) -> [UInt8] {
    var text: [UInt8] = []
    for number in numbers {
      if !text.isEmpty { text.append(UInt8(ascii: ",")) }
      for shift in [12, 8, 4, 0] { text.append(hexadecimal(UInt8(truncatingIfNeeded: number >> shift & 15))) }
    }
    return text
  }

  /// The beginning of SHA-256; zeros for nothing.
  private static func digest(_ text: [UInt8]) -> [UInt8] {
    text.isEmpty ? [UInt8](repeating: 48, count: 12) : digest(text, EVP_sha256(), 6)
  }

  // MARK: Digests

  private static func digest(_ text: [UInt8], _ kind: OpaquePointer?, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    _ = EVP_Digest(text, text.count, &bytes, nil, kind, nil)
    return bytes[..<count].flatMap { [hexadecimal($0 >> 4), hexadecimal($0 & 15)] }
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 87 + digit }
}

extension TLSTransport {
  /// Has the fingerprint taken of the client's first message.
  func takeFingerprint() {
    SSL_set_msg_callback(ssl) { isWritten, _, type, bytes, count, ssl, _ in
      guard isWritten == 0, type == SSL3_RT_HANDSHAKE, let bytes, count > 0, let transport = TLSTransport.of(ssl) else {
        return
      }
      // One that is repeated (RFC 8446 § 4.1.4) says less of the client than the first.
      SSL_set_msg_callback(ssl, nil)
      guard let hello = ClientHello(UnsafeRawBufferPointer(start: bytes, count: count)) else { return }
      transport.fingerprint = TLSFingerprint(hello)
    }
  }
}
