import COpenSSL
import Synchronization

/// What sessions' tickets are sealed with (RFC 5077, RFC 8446 § 4.6.1): one set for all workers and all listeners, so that a
/// session begun on one goes on on any other, whatever the configuration is by then.
///
///     rotate: a new key seals from now on; those before it still open what they have sealed, for two turns
///
/// The keys are nowhere but in this process, and who takes one can read what was sealed in its time only: hence the turns.
public final class TicketKeys: Sendable {
  private struct Key {
    var name: [UInt8]
    var cipherKey: [UInt8]
    var digestKey: [UInt8]

    init() {
      func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // Cannot fail once OpenSSL has been seeded, and it seeds itself from the kernel.
        RAND_bytes(&bytes, Int32(count))
        return bytes
      }
      name = random(16)
      cipherKey = random(32)
      digestKey = random(32)
    }
  }

  /// Seconds for which a session may go on.
  public static let lifetime = 12 * 3600
  /// Seconds between two turns.
  public static let turn = 6 * 3600
  private static let kept = 3

  /// The newest first.
  private let keys: Mutex<[Key]>

  public init() { keys = Mutex([Key()]) }

  /// Seals with a new key from now on.
  public func rotate() {
    let fresh = Key()
    keys.withLock { keys in
      keys.insert(fresh, at: 0)
      if keys.count > Self.kept { keys.removeLast() }
    }
  }

  private enum Algorithms {
    // SAFETY: fetched once, under the lock of a static's initialisation, and only read afterwards; OpenSSL counts references
    // to it with atomic operations.
    nonisolated(unsafe) static let cipher = EVP_CIPHER_fetch(nil, "AES-256-CBC", nil)
  }

  /// What OpenSSL asks to seal a ticket or to open one.
  /// - Parameter renews: whether a ticket is used once, so that each is answered with the next (RFC 8446 § C.4).
  /// - Returns: as SSL_CTX_set_tlsext_ticket_key_evp_cb(3) has it: 0 for a key that is not known, 2 for a ticket that is to be
  ///   followed by another: in TLS 1.3, and where its key is no longer the newest.
  fileprivate func prepare(
    name: UnsafeMutablePointer<UInt8>, vector: UnsafeMutablePointer<UInt8>, cipher: OpaquePointer, mac: OpaquePointer,
    seals: Bool, renews: Bool
  ) -> Int32 {
    keys.withLock { keys in
      guard let newest = keys.first else { return 0 }
      if seals {
        guard RAND_bytes(vector, 16) == 1 else { return -1 }
        name.update(from: newest.name, count: 16)
        guard EVP_EncryptInit_ex(cipher, Algorithms.cipher, nil, newest.cipherKey, vector) == 1,
          Self.prepare(mac, newest)
        else { return -1 }
        return 1
      }
      let asked = UnsafeBufferPointer(start: name, count: 16)
      guard let index = keys.firstIndex(where: { $0.name.elementsEqual(asked) }) else { return 0 }
      guard EVP_DecryptInit_ex(cipher, Algorithms.cipher, nil, keys[index].cipherKey, vector) == 1,
        Self.prepare(mac, keys[index])
      else { return -1 }
      return index == 0 && !renews ? 1 : 2
    }
  }

  private static func prepare(_ mac: OpaquePointer, _ key: Key) -> Bool {
    copenssl_init_hmac(mac, key.digestKey, key.digestKey.count) == 1
  }

  /// Makes a context's tickets these.
  func install(in context: OpaquePointer) {
    copenssl_set_lifetime(context, Self.lifetime)
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context) { ssl, name, vector, cipher, mac, seals in
      guard let name, let vector, let cipher, let mac, let keys = TLSTransport.of(ssl)?.owner?.tickets else {
        return -1
      }
      return keys.prepare(
        name: name, vector: vector, cipher: cipher, mac: mac, seals: seals == 1,
        renews: SSL_version(ssl) == TLS1_3_VERSION)
    }
  }
}
