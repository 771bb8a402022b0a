import Bytes

/// The right to see what becomes of one request.
struct ExplainGrant {
  /// Whether the request counts as HEAD.
  let isForHead: Bool

  /// - Parameter value: `X-Sluice-Explain`'s: the token, and ` HEAD` behind it where that is meant.
  /// - Returns: nil for a value that is not right. How long that takes says nothing about how much of it was.
  init?(_ value: UnsafeRawBufferPointer, token: String) {
    var token = Array(token.utf8)
    if Self.areEqual(value, token) {
      isForHead = false
    } else {
      token += " HEAD".utf8
      guard Self.areEqual(value, token) else { return nil }
      isForHead = true
    }
  }

  private static func areEqual(_ value: UnsafeRawBufferPointer, _ token: [UInt8]) -> Bool {
    var difference = UInt64(truncatingIfNeeded: value.count ^ token.count)
    for index in 0..<value.count {
      difference |= UInt64(value[index] ^ (index < token.count ? token[index] : 0))
    }
    return difference == 0
  }
}
