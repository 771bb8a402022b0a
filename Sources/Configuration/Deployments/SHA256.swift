import COpenSSL

/// SHA-256 (FIPS 180-4) by OpenSSL, for telling whether two texts are the same and whether one is still what it was.
enum SHA256 {
  /// The digest in 64 small hexadecimal digits; nil when the library has no SHA-256 to give.
  static func hexadecimal(_ bytes: [UInt8]) -> String? {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha256(), nil) == 1 else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.prefix(Int(count)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
