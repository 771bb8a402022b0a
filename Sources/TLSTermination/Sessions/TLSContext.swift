import APIModel
import COpenSSL

/// An `SSL_CTX`: what the handshakes of one listener with one entry's certificates have in common.
// SAFETY: nothing is changed once it has been made, and OpenSSL guards what it counts and caches in it.
final class TLSContext: @unchecked Sendable {
  let pointer: OpaquePointer
  let entry: CertificateEntry
  /// The protocols, best first, as `ApplicationProtocol.choose` wants them.
  private let protocols: [ApplicationProtocol]

  /// - Throws: `.refused` when OpenSSL takes a certificate or a key for too weak, or memory has run out.
  init(_ entry: CertificateEntry, for terms: TLSListener.Terms) throws(CertificateFlaw) {
    guard let pointer = SSL_CTX_new(TLS_server_method()) else { throw .refused(entry.name, OpenSSLErrors.take()) }
    self.pointer = pointer
    self.entry = entry
    protocols = terms.protocols
    copenssl_set_modes(pointer)
    SSL_CTX_set_options(pointer, COPENSSL_SERVER_OPTIONS)
    if terms.usesKernel && KernelTLS.isOffered { SSL_CTX_set_options(pointer, COPENSSL_KERNEL_TLS) }
    let policy = terms.policy
    let versions = policy.wireVersions
    // Names of OpenSSL's own, which it knows: their failing would be a mistake of ours, and the handshakes would fail.
    _ = copenssl_set_versions(pointer, versions.least, versions.most)
    _ = SSL_CTX_set_cipher_list(pointer, policy.cipherList)
    _ = SSL_CTX_set_ciphersuites(pointer, SecurityPolicy.suites)
    _ = copenssl_set_groups(pointer, "X25519:P-256:P-384")
    // One ticket for each connection: a client that goes on from it gets the next.
    SSL_CTX_set_num_tickets(pointer, 1)
    for item in entry.items { try Self.use(item.pair, in: pointer) }
  }

  deinit { SSL_CTX_free(pointer) }

  static func use(_ pair: CertificatePair, in context: OpaquePointer) throws(CertificateFlaw) {
    guard let chain = copenssl_new_chain() else { throw .refused(pair.chainFile, OpenSSLErrors.take()) }
    defer { copenssl_free_chain(chain) }
    for issuer in pair.chain.dropFirst() { _ = copenssl_append(chain, issuer.x509) }
    guard SSL_CTX_use_cert_and_key(context, pair.leaf.x509, pair.key, chain, 1) == 1 else {
      throw .refused(pair.chainFile, OpenSSLErrors.take())
    }
  }

  /// - Throws: `.refused` where OpenSSL would not serve with the pair.
  static func check(_ pair: CertificatePair) throws(CertificateFlaw) {
    guard let context = SSL_CTX_new(TLS_server_method()) else { throw .refused(pair.chainFile, OpenSSLErrors.take()) }
    defer { SSL_CTX_free(context) }
    try use(pair, in: context)
  }

  // MARK: Callbacks

  /// Makes handshakes ask `self`, which must live as long as they.
  func install(_ tickets: TicketKeys) {
    tickets.install(in: pointer)
    let argument = Unmanaged.passUnretained(self).toOpaque()
    SSL_CTX_set_client_hello_cb(
      pointer,
      { ssl, alert, _ in
        guard let ssl, let transport = TLSTransport.of(ssl), let listener = transport.owner else {
          return SSL_CLIENT_HELLO_ERROR
        }
        guard let refusal = listener.choose(for: transport) else { return SSL_CLIENT_HELLO_SUCCESS }
        alert?.pointee = refusal
        return SSL_CLIENT_HELLO_ERROR
      }, nil)
    SSL_CTX_set_alpn_select_cb(
      pointer,
      { _, chosen, length, offered, count, argument in
        guard let argument, let offered, let chosen, let length else { return SSL_TLSEXT_ERR_NOACK }
        let names = UnsafeBufferPointer(start: offered, count: Int(count))
        return Unmanaged<TLSContext>.fromOpaque(argument)._withUnsafeGuaranteedRef { context in
          guard let range = ApplicationProtocol.choose(context.protocols, from: names) else {
            return SSL_TLSEXT_ERR_ALERT_FATAL
          }
          chosen.pointee = offered.advanced(by: range.lowerBound)
          length.pointee = UInt8(range.count)
          return SSL_TLSEXT_ERR_OK
        }
      }, argument)
    guard entry.items.contains(where: { $0.staple != nil || $0.pair.stapleSource != nil }) else { return }
    copenssl_set_status_callback(
      pointer,
      { ssl, argument in
        guard let ssl, let argument else { return SSL_TLSEXT_ERR_NOACK }
        return Unmanaged<TLSContext>.fromOpaque(argument)._withUnsafeGuaranteedRef { $0.staple(to: ssl) }
      }, argument)
  }

  /// Staples the issuer's word on the certificate that was chosen.
  private func staple(to ssl: OpaquePointer) -> Int32 {
    let used = SSL_get_certificate(ssl)
    guard let item = entry.items.first(where: { $0.pair.leaf.x509 == used }), let staple = item.shownStaple,
      let copy = copenssl_allocate(staple.bytes.count)
    else { return SSL_TLSEXT_ERR_NOACK }
    copy.copyMemory(from: staple.bytes, byteCount: staple.bytes.count)
    copenssl_set_status_response(ssl, copy.assumingMemoryBound(to: UInt8.self), staple.bytes.count)
    return SSL_TLSEXT_ERR_OK
  }
}

extension SecurityPolicy {
  /// By their numbers on the wire.
  var wireVersions: (least: Int32, most: Int32) {
    (leastVersion.wireNumber, TLS1_3_VERSION)
  }

  /// The ciphers of TLS 1.3, best first: 128 bits are enough for everybody, and cost less.
  static let suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

  /// As OpenSSL reads them. Below TLS 1.2 handshakes are signed by SHA-1, which its security level must let pass.
  var cipherList: String {
    let names = ciphers.isEmpty ? SecurityPolicy.standard.ciphers : ciphers
    return (leastVersion < .tls1_2 ? "@SECLEVEL=0:" : "") + names.joined(separator: ":")
  }
}
