import Bytes
import JSON

/// `$util`: escaping and encoding.
extension MethodCall {
  func onUtil(_ receiver: OpaqueObject) throws(Signal) -> Value {
    switch (name, count) {
    case (.escapeJavaScript, 1):
      if isNull(0) { return .null }
      let argument = self[0]
      return try machine.text { (writer) throws(Signal) in
        try machine.escape(argument, into: writer.out)
      }
    case (.parseJson, 1), (.urlEncode, 1), (.urlDecode, 1), (.base64Encode, 1), (.base64Decode, 1):
      if isNull(0) { throw nullPointer() }
      guard let text = self[0].asText else { return .null }
      try heap.spend(text.bytes.count / 16 + 1)
      switch name {
      case .parseJson: return machine.parse(text)
      case .urlEncode: return .text(FormEncoding.encode(machine.utf8(text)))
      case .urlDecode: return .text(try FormEncoding.decode(text))
      case .base64Encode: return .text(Base64.encode(machine.utf8(text)))
      default: return .text(try Base64.decode(text))
      }
    default: return try onObject(.object(receiver))
    }
  }
}

/// `application/x-www-form-urlencoded`, as `java.net.URLEncoder` and `URLDecoder` have it.
enum FormEncoding {
  static func encode(_ bytes: [UInt8]) -> Text {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        result.append(byte)
      case UInt8(ascii: " "): result.append(UInt8(ascii: "+"))
      default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return Text(bytes: result)
  }

  static func decode(_ text: Text) throws(Signal) -> Text {
    var result: [UInt8] = []
    let bytes = text.bytes
    var at = 0
    func digit(_ offset: Int) -> UInt8? {
      guard offset < bytes.count else { return nil }
      let byte = bytes[offset]
      if byte &- 48 < 10 { return byte &- 48 }
      return (byte | 32) &- 97 < 6 ? (byte | 32) &- 87 : nil
    }
    var encoded: [UInt8] = []
    func flush() {
      // Each run of escapes is decoded by itself.
      result += String(decoding: encoded, as: UTF8.self).utf8
      encoded = []
    }
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "%") {
        guard at + 2 < bytes.count else {
          throw .exception("java.lang.IllegalArgumentException: URLDecoder: Incomplete trailing escape (%) pattern")
        }
        guard let high = digit(at + 1), let low = digit(at + 2) else {
          throw .exception(
            "java.lang.IllegalArgumentException: URLDecoder: Illegal hex characters in escape (%) pattern")
        }
        encoded.append(high << 4 | low)
        at += 3
        continue
      }
      if !encoded.isEmpty { flush() }
      result.append(bytes[at] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[at])
      at += 1
    }
    if !encoded.isEmpty { flush() }
    return text.mayHaveHalves ? Text(wtf8: result) : Text(bytes: result)
  }
}

/// Base64 of RFC 4648 § 4, as `java.util.Base64` has it.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> Text {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    var at = 0
    while at < bytes.count {
      let rest = bytes.count - at
      let word =
        UInt32(bytes[at]) << 16 | UInt32(rest > 1 ? bytes[at + 1] : 0) << 8 | UInt32(rest > 2 ? bytes[at + 2] : 0)
      for place in 0..<4 {
        let symbol = alphabet[Int(word >> UInt32(18 - 6 * place) & 63)]
        result.append(place > rest ? UInt8(ascii: "=") : symbol)
      }
      at += 3
    }
    return Text(bytes: result)
  }

  /// Padding may be missing, but not wrong.
  static func decode(_ text: Text) throws(Signal) -> Text {
    var result: [UInt8] = []
    var word: UInt32 = 0
    var count = 0
    let bytes = text.bytes
    var at = 0
    while at < bytes.count, bytes[at] != UInt8(ascii: "=") {
      guard let value = alphabet.firstIndex(of: bytes[at]) else {
        throw .exception(
          "java.lang.IllegalArgumentException: Illegal base64 character \(String(bytes[at], radix: 16))")
      }
      word = word << 6 | UInt32(value)
      count += 1
      if count == 4 {
        result += [
          UInt8(truncatingIfNeeded: word >> 16), UInt8(truncatingIfNeeded: word >> 8), UInt8(truncatingIfNeeded: word),
        ]
        word = 0
        count = 0
      }
      at += 1
    }
    let padding = bytes.count - at
    let isWellPadded =
      switch (count, padding) {
      case (0, 0), (2, 0), (3, 0): true
      case (2, 2): bytes[at + 1] == UInt8(ascii: "=")
      case (3, 1): true
      default: false
      }
    guard isWellPadded else {
      throw .exception("java.lang.IllegalArgumentException: Input byte array has wrong 4-byte ending unit")
    }
    if count >= 2 { result.append(UInt8(truncatingIfNeeded: word >> UInt32(6 * count - 8))) }
    if count == 3 { result.append(UInt8(truncatingIfNeeded: word >> 2)) }
    return Text(String(decoding: result, as: UTF8.self))
  }
}
