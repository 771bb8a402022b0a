import COpenSSL

/// MD5 and SHA256: the bytes of the digest. Where the library has none to give (MD5 in a FIPS build), nothing.
enum MessageDigest {
  static func md5(_ text: UnsafeRawBufferPointer, into out: UnsafeMutablePointer<UInt8>) -> Int {
    digest(text, EVP_md5(), into: out)
  }

  static func sha256(_ text: UnsafeRawBufferPointer, into out: UnsafeMutablePointer<UInt8>) -> Int {
    digest(text, EVP_sha256(), into: out)
  }

  private static func digest(
    _ text: UnsafeRawBufferPointer, _ kind: OpaquePointer?, into out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var count: UInt32 = 0
    return EVP_Digest(text.baseAddress, text.count, out, &count, kind, nil) == 1 ? Int(count) : 0
  }
}
