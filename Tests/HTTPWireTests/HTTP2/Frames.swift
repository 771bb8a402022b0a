/// A peer's bytes, frame by frame (RFC 9113 § 4.1), with fields as literals that are neither indexed nor coded.
enum Frames {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])

  static func frame(_ type: UInt8, _ flags: UInt8, _ stream: Int, _ payload: [UInt8]) -> [UInt8] {
    number(payload.count, 3) + [type, flags] + number(stream, 4) + payload
  }

  static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// - Parameter isWhole: with END_STREAM.
  static func head(_ stream: Int, _ fields: [(String, String)], isWhole: Bool = true) -> [UInt8] {
    frame(1, isWhole ? 5 : 4, stream, section(fields))
  }

  static func data(_ stream: Int, _ text: String, isWhole: Bool = false) -> [UInt8] {
    frame(0, isWhole ? 1 : 0, stream, Array(text.utf8))
  }

  static func section(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { [0] + LiteralText.write($0.0.utf8) + LiteralText.write($0.1.utf8) }
  }

  static let get = [(":method", "GET"), (":scheme", "http"), (":authority", "a.example"), (":path", "/p?q")]
}
