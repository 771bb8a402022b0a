/// What may be spoken above TLS, by its name in the handshake (RFC 7301).
public enum ApplicationProtocol: UInt8, Sendable, CaseIterable {
  case http1, http2

  public var name: StaticString {
    switch self {
    case .http1: "http/1.1"
    case .http2: "h2"
    }
  }

  init?(_ name: UnsafeBufferPointer<UInt8>) {
    guard let known = Self.allCases.first(where: { $0.equals(name) }) else { return nil }
    self = known
  }

  private func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    name.withUTF8Buffer { $0.elementsEqual(other) }
  }

  /// The first of ours, best first, that the client has named: where its name stands in `offered`, a list of names that each
  /// follow their length.
  static func choose(_ ours: [ApplicationProtocol], from offered: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    for candidate in ours {
      var index = 0
      while index < offered.count {
        let start = index &+ 1
        let end = start &+ Int(offered[index])
        guard end <= offered.count else { break }
        if candidate.equals(UnsafeBufferPointer(rebasing: offered[start..<end])) { return start..<end }
        index = end
      }
    }
    return nil
  }
}
