import COpenSSL
import Glibc

/// One origin as TLS knows it: the name that its certificate must be for, and the session that the next connection goes on
/// from (RFC 8446 § 2.2). Belongs to one thread.
public final class TLSPeer {
  public let client: TLSClient
  /// A host name, which is also what the origin is asked for (RFC 6066 § 3), or an address.
  public let name: String
  private let isAddress: Bool
  /// The latest, and what it was agreed under: one that was verified by other authorities is not gone on from.
  private var session: (pointer: OpaquePointer, context: TLSClientContext)?

  public init(_ name: String, of client: TLSClient) {
    self.name = name
    self.client = client
    var room = in6_addr()
    isAddress = inet_pton(AF_INET, name, &room) == 1 || inet_pton(AF_INET6, name, &room) == 1
  }

  deinit { forget() }

  /// TLS for a connection that was made on the descriptor; nil where the client's files cannot be used, or memory has run
  /// out.
  /// - Parameter offersHTTP2: besides HTTP/1.1 (RFC 7301): `applicationProtocol` then says what the origin has chosen.
  public func connect(on descriptor: Int32, offersHTTP2: Bool = false) -> TLSTransport? {
    guard let context = client.context, let ssl = SSL_new(context.pointer) else {
      ERR_clear_error()
      return nil
    }
    SSL_set_connect_state(ssl)
    let isNamed =
      isAddress
      ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1
      : copenssl_set_server_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1
    // Without a name to verify, any certificate of any name would do.
    guard isNamed else {
      SSL_free(ssl)
      ERR_clear_error()
      return nil
    }
    if offersHTTP2 {
      let protocols: [UInt8] = [2] + Array("h2".utf8) + [8] + Array("http/1.1".utf8)
      SSL_set_alpn_protos(ssl, protocols, UInt32(protocols.count))
    }
    if let session {
      if session.context === context { SSL_set_session(ssl, session.pointer) } else { forget() }
    }
    guard let transport = TLSTransport(ssl: ssl, on: descriptor) else { return nil }
    transport.peer = self
    transport.clientContext = context
    return transport
  }

  /// Takes over a reference to a session.
  func keep(_ pointer: OpaquePointer, of context: TLSClientContext) {
    forget()
    session = (pointer, context)
  }

  private func forget() {
    if let session { SSL_SESSION_free(session.pointer) }
    session = nil
  }
}
