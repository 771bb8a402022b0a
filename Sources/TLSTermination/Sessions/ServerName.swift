import COpenSSL

/// The host that a client asks for in its first message (RFC 6066 § 3).
///
///     list length (2) | type (1): 0, a host name | length (2) | name | …
enum ServerName {
  /// In lower case, without a dot at its end; nil where the client names none.
  static func read(_ ssl: OpaquePointer) -> String? {
    var bytes: UnsafePointer<UInt8>?
    var count = 0
    guard SSL_client_hello_get0_ext(ssl, UInt32(TLSEXT_TYPE_server_name), &bytes, &count) == 1 else { return nil }
    return parse(UnsafeBufferPointer(start: bytes, count: count))
  }

  static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard bytes.count >= 5, bytes[2] == 0 else { return nil }
    let count = Int(bytes[3]) << 8 | Int(bytes[4])
    guard count > 0, count <= 255, 5 &+ count <= bytes.count else { return nil }
    var name = UnsafeBufferPointer(rebasing: bytes[5..<(5 &+ count)])
    if name.last == UInt8(ascii: ".") { name = UnsafeBufferPointer(rebasing: name.dropLast()) }
    return String(unsafeUninitializedCapacity: name.count) { room in
      for (index, byte) in name.enumerated() {
        let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        room[index] = isUpper ? byte | 0x20 : byte
      }
      return name.count
    }
  }
}

/// Something for each of several hosts: found by the exact name, else by the wildcard one label above it (RFC 6125 § 6.4.3).
struct HostTable<Value: Sendable>: Sendable {
  private var exact: [String: Value] = [:]
  /// By what stands behind the `*`: `.example.com`.
  private var wildcards: [String: Value] = [:]

  var isEmpty: Bool { exact.isEmpty && wildcards.isEmpty }

  /// Adds a name, unless it is there already.
  mutating func add(_ name: String, _ value: Value) {
    let name = name.lowercased()
    if name.hasPrefix("*.") {
      let suffix = String(name.dropFirst())
      if wildcards[suffix] == nil { wildcards[suffix] = value }
    } else if exact[name] == nil {
      exact[name] = value
    }
  }

  /// - Parameter name: in lower case.
  func find(_ name: String) -> Value? {
    if let value = exact[name] { return value }
    guard !wildcards.isEmpty, let dot = name.utf8.firstIndex(of: UInt8(ascii: ".")), dot > name.startIndex else {
      return nil
    }
    return wildcards[String(name[dot...])]
  }
}
