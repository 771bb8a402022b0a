/// Texts of fields as HPACK has them where they are not coded by Huffman (RFC 7541 § 5.2), for peers that tests play. The targets
/// whose tests play some link to this file.
enum LiteralText {
  static func write(_ bytes: some Collection<UInt8>) -> [UInt8] {
    guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
    var length: [UInt8] = [127]
    var rest = bytes.count - 127
    while rest >= 128 {
      length.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return length + [UInt8(rest)] + bytes
  }
}
