/// Comparing secrets.
public enum ConstantTime {
  /// Whether two texts are the same, in a time that tells nothing but their lengths: a comparison that stops at the first
  /// difference lets a patient peer find a secret byte by byte.
  public static func areEqual(_ given: UnsafeRawBufferPointer, _ secret: [UInt8]) -> Bool {
    guard given.count == secret.count else { return false }
    var difference: UInt8 = 0
    for index in secret.indices { difference |= given[index] ^ secret[index] }
    return difference == 0
  }
}
