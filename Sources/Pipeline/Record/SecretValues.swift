import Bytes
import Glibc
import HTTPSemantics
import JSON

/// The secret values that a request has brought to light, so that they are found again wherever a mapping or a template
/// has put them, whatever they are called there.
struct SecretValues {
  /// Bytes below which a value is hidden only under its own name: shorter ones are found everywhere by chance.
  static let shortest = 6
  /// Values that are followed. Beyond that, bodies are not shown at all.
  static let most = 256

  private var texts: Set<[UInt8]> = []
  /// Whether there are more than can be followed.
  private(set) var areTooMany = false

  mutating func insert(_ value: String) {
    guard value.utf8.count >= Self.shortest, value != Redaction.mark else { return }
    guard texts.count < Self.most else {
      areTooMany = true
      return
    }
    // As it stands, in a target, and in JSON text.
    texts.insert(Array(value.utf8))
    let encoded = ByteBuffer(capacity: value.utf8.count)
    var value = value
    value.withUTF8 { PercentEncoding.encode(UnsafeRawBufferPointer($0), into: encoded) }
    texts.insert(Array(encoded.readable))
    encoded.clear()
    value.withUTF8 { JSONWriter.write(escaping: UnsafeRawBufferPointer($0), style: .standard, into: encoded) }
    texts.insert(Array(encoded.readable))
  }

  /// A text with `Redaction.mark` for every secret in it.
  func removed(from text: String) -> String {
    guard !texts.isEmpty else { return text }
    var bytes = Array(text.utf8)
    // The longest first: one may be a part of another.
    for secret in texts.sorted(by: { ($1.count, $1[0]) < ($0.count, $0[0]) }) where secret.count <= bytes.count {
      bytes = Self.replace(secret, in: bytes) ?? bytes
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func replace(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8]? {
    var result: [UInt8]?
    var at = 0
    while let found = find(secret, in: bytes, from: at) {
      result = (result ?? []) + bytes[at..<found] + Redaction.mark.utf8
      at = found + secret.count
    }
    return result.map { $0 + bytes[at...] }
  }

  private static func find(_ secret: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { bytes in
      secret.withUnsafeBytes { secret in
        guard let base = bytes.baseAddress, let needle = secret.baseAddress else { return nil }
        var at = start
        while at + secret.count <= bytes.count,
          let first = memchr(base + at, Int32(secret[0]), bytes.count - secret.count - at + 1)
        {
          at = UnsafeRawPointer(first) - base
          if memcmp(base + at, needle, secret.count) == 0 { return at }
          at += 1
        }
        return nil
      }
    }
  }
}
