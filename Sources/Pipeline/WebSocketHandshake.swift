import Bytes
import HTTPSemantics
import HTTPWire

/// The handshake over HTTP/1.1 for an origin that is spoken to over HTTP/2 and so has nothing to say of it (RFC 8441 § 5): the
/// gateway proves for it that the client was understood.
///
///     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==  ──▶  Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
public enum WebSocketHandshake {
  /// The key of a request that asks for a WebSocket and nothing else (RFC 6455 § 4.1); nil where it does not.
  public static func key(of request: RequestHead) -> UnsafeRawBufferPointer? {
    guard let upgrade = request.upgrade, request.value(of: upgrade).equalsIgnoringCase("websocket"),
      request.method == .get
    else { return nil }
    var key: UnsafeRawBufferPointer?
    for field in request.fields where request.name(of: field).equalsIgnoringCase("sec-websocket-key") {
      if key != nil { return nil }
      key = request.value(of: field)
    }
    // 16 bytes in base64.
    return key?.count == 24 ? key : nil
  }

  /// Writes the field line that answers a key (RFC 6455 § 4.2.2).
  public static func writeAccept(of key: UnsafeRawBufferPointer, into out: ByteBuffer) {
    out.write("Sec-WebSocket-Accept: ")
    let digest = SHA1.digest(Array(key) + Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
    digest.withUnsafeBytes { Base64.encode($0, into: out) }
    out.write("\r\n")
  }
}

/// SHA-1 (RFC 3174), which a WebSocket's handshake is made with: it proves that the request was read, and protects nothing.
enum SHA1 {
  static func digest(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: (UInt64(message.count) &<< 3) &>> UInt64(shift)))
    }
    for start in stride(from: 0, to: padded.count, by: 64) { mix(padded[start..<start + 64], into: &state) }
    return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word &>> UInt32($0)) } }
  }

  private static func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var words = [UInt32](repeating: 0, count: 80)
    for (index, byte) in block.enumerated() { words[index / 4] = words[index / 4] &<< 8 | UInt32(byte) }
    for index in 16..<80 {
      words[index] = rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for (index, word) in words.enumerated() {
      let (mixed, constant): (UInt32, UInt32) =
        switch index {
        case ..<20: (b & c | ~b & d, 0x5A82_7999)
        case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      (a, b, c, d, e) = (rotate(a, 5) &+ mixed &+ e &+ constant &+ word, a, rotate(b, 30), c, d)
    }
    for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word &<< count | word &>> (32 &- count) }
}
