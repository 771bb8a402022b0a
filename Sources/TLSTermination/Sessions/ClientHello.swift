/// What a client's first message offers (RFC 8446 § 4.1.2, RFC 5246 § 7.4.1.2), as far as fingerprints are made of it. Values
/// that are there to keep servers tolerant (GREASE, RFC 8701) are left out of every list.
///
///     type (1): 1 | length (3) | version (2) | random (32) | session (1 + n) | ciphers (2 + n) | compressions (1 + n) |
///     extensions (2 + n), each: type (2) | length (2) | content
struct ClientHello {
  /// The old field, which says 1.2 where an extension says more.
  var version: UInt16
  var ciphers: [UInt16]
  /// In the order in which they came.
  var extensions: [UInt16] = []
  var groups: [UInt16] = []
  var pointFormats: [UInt8] = []
  var signatureAlgorithms: [UInt16] = []
  /// Of the extension that says which versions there are.
  var versions: [UInt16] = []
  /// The first protocol that it would like to speak (RFC 7301); nil: it does not say.
  var firstProtocol: [UInt8]?

  /// - Parameter message: with the handshake's header. Nil for what is none, or not whole.
  init?(_ message: UnsafeRawBufferPointer) {
    var reader = HandshakeReader(message)
    guard reader.byte() == 1, let length = reader.number(3), length <= reader.count else { return nil }
    guard let version = reader.number(2), reader.skip(32), reader.vector(1) != nil, let ciphers = reader.vector(2),
      reader.vector(1) != nil
    else { return nil }
    self.version = UInt16(truncatingIfNeeded: version)
    self.ciphers = ciphers.words
    // SSL 3.0 and TLS 1.0 know clients without extensions.
    guard reader.count > 0 else { return }
    guard var list = reader.vector(2) else { return nil }
    while list.count > 0 {
      guard let type = list.number(2), var content = list.vector(2) else { return nil }
      take(UInt16(truncatingIfNeeded: type), &content)
    }
  }

  private mutating func take(_ type: UInt16, _ content: inout HandshakeReader) {
    if !type.isGrease { extensions.append(type) }
    switch type {
    case 10: groups = content.vector(2)?.words ?? []
    case 11: pointFormats = content.vector(1)?.bytes ?? []
    case 13: signatureAlgorithms = content.vector(2)?.words ?? []
    case 16:
      if var names = content.vector(2) { firstProtocol = names.vector(1)?.bytes }
    case 43: versions = content.vector(1)?.words ?? []
    default: break
    }
  }
}

/// Reads numbers and vectors one behind the other, and never beyond the end.
private struct HandshakeReader {
  private var rest: Slice<UnsafeRawBufferPointer>

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }
  private init(_ rest: Slice<UnsafeRawBufferPointer>) { self.rest = rest }

  var count: Int { rest.count }
  var bytes: [UInt8] { Array(rest) }

  mutating func byte() -> UInt8? { rest.popFirst() }

  mutating func skip(_ count: Int) -> Bool {
    guard rest.count >= count else { return false }
    rest = rest.dropFirst(count)
    return true
  }

  /// A number of so many bytes.
  mutating func number(_ width: Int) -> Int? {
    guard rest.count >= width else { return nil }
    let value = rest.prefix(width).reduce(0) { $0 &<< 8 | Int($1) }
    rest = rest.dropFirst(width)
    return value
  }

  /// What stands behind a length of so many bytes.
  mutating func vector(_ width: Int) -> HandshakeReader? {
    guard let length = number(width), length <= rest.count else { return nil }
    let content = rest.prefix(length)
    rest = rest.dropFirst(length)
    return HandshakeReader(content)
  }

  /// Numbers of two bytes.
  var words: [UInt16] {
    var reader = self
    var words: [UInt16] = []
    words.reserveCapacity(count / 2)
    while let word = reader.number(2) {
      let word = UInt16(truncatingIfNeeded: word)
      if !word.isGrease { words.append(word) }
    }
    return words
  }
}

extension UInt16 {
  /// RFC 8701 § 2: 0x0A0A, 0x1A1A, …, 0xFAFA.
  fileprivate var isGrease: Bool { self & 0x0F0F == 0x0A0A && self >> 8 == self & 0xFF }
}
