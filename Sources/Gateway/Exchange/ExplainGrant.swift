import Bytes

/// The right to see what becomes of one request.
struct ExplainGrant {
  /// Whether the request counts as HEAD.
  let isForHead: Bool

  /// - Parameter value: `X-Sluice-Explain`'s: the token, and ` HEAD` behind it where that is meant.
  /// - Returns: nil for a value that is not right. How long that takes says nothing about how much of it was.
  init?(_ value: UnsafeRawBufferPointer, token: String) {
    var token = Array(token.utf8)
    if ConstantTime.areEqual(value, token) {
      isForHead = false
    } else {
      token += " HEAD".utf8
      guard ConstantTime.areEqual(value, token) else { return nil }
      isForHead = true
    }
  }
}
