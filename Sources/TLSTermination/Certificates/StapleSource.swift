import COpenSSL

/// Where the word of a certificate's issuer on its revocation is to be had (RFC 5280 § 4.2.2.1, RFC 6960).
public struct StapleSource: Sendable, Hashable {
  /// Of the responder, without brackets.
  public let host: String
  public let port: UInt16
  /// With the query.
  public let path: String

  /// Only `http:`, as responders have it: the answers are signed, and whoever asks for a certificate's status by TLS would need
  /// another certificate's status first.
  /// - Returns: nil for what is no such URL.
  init?(_ url: String) {
    guard url.lowercased().hasPrefix("http://") else { return nil }
    let rest = url.dropFirst(7)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    var authority = rest[..<end]
    let tail = rest[end...].prefix { $0 != "#" }
    path = tail.hasPrefix("/") ? String(tail) : "/" + tail
    if authority.contains("@") { return nil }
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      host = String(authority[authority.index(after: authority.startIndex)..<close])
      authority = authority[authority.index(after: close)...]
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      host = String(authority[..<colon])
      authority = authority[colon...]
    }
    switch authority.first {
    case nil: port = 80
    case ":":
      guard let number = UInt16(authority.dropFirst()), number > 0 else { return nil }
      port = number
    default: return nil
    }
    // What goes into a request must be what a request may have.
    guard !host.isEmpty, (host + path).utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
  }

  /// As `Host` has it.
  public var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == 80 ? name : "\(name):\(port)"
  }

  public var url: String { "http://\(authority)\(path)" }
}

extension Certificate {
  /// The first responder that can be asked; nil: it names none.
  public var stapleSource: StapleSource? {
    var index: Int32 = 0
    while let address = copenssl_responder(x509, index) {
      defer { copenssl_free(address) }
      if let source = StapleSource(String(cString: address)) { return source }
      index += 1
    }
    return nil
  }

  /// Whether clients refuse it without a stapled response (RFC 7633, `must-staple`).
  public var mustBeStapled: Bool { copenssl_must_staple(x509) == 1 }
}

extension CertificatePair {
  /// Where its issuer's word can be fetched; nil: nowhere, or there is no issuer behind the certificate to check it by.
  public var stapleSource: StapleSource? { chain.count > 1 ? leaf.stapleSource : nil }

  /// The question to a responder, in DER (RFC 6960 § 4.1).
  public var stapleRequest: [UInt8] {
    guard chain.count > 1 else { return [] }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = copenssl_ocsp_request(chain[0].x509, chain[1].x509, &bytes)
    defer { copenssl_free(bytes) }
    guard let bytes, count > 0 else {
      ERR_clear_error()
      return []
    }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }
}
