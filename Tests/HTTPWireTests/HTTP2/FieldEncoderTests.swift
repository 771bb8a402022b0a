import Bytes
import CNGHTTP2
import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("HPACK")
struct FieldEncoderTests {
  private func section(_ status: Int, _ block: String, contentLength: Int) -> [String] {
    var block = block
    let out = ByteBuffer()
    var encoder = FieldEncoder()
    encoder.begin(into: out)
    encoder.write(status: status, into: out)
    block.withUTF8 { encoder.write(block: UnsafeRawBufferPointer($0), into: out) }
    encoder.write(contentLength: contentLength, into: out)
    return Sections.decode(out)
  }

  @Test("a section must be read as it was meant, its names in small letters")
  func section() {
    for status in [100, 103, 200, 201, 204, 206, 304, 400, 404, 431, 500, 503] {
      #expect(
        section(status, "Content-Type: a/b\r\nX-Own: 1 2\r\nEmpty: \r\nNoSpace:x\r\n", contentLength: 42) == [
          ":status: \(status)", "content-type: a/b", "x-own: 1 2", "empty: ", "nospace: x", "content-length: 42",
        ])
    }
  }

  @Test("values of any length must be read")
  func lengths() {
    for count in [0, 1, 126, 127, 128, 254, 255, 300, 16_500, 40_000] {
      let value = String(repeating: "v", count: count)
      #expect(section(200, "X: \(value)\r\n", contentLength: count)[1] == "x: \(value)", "\(count)")
      #expect(section(200, "X: \(value)\r\n", contentLength: count).last == "content-length: \(count)")
    }
    #expect(section(200, "", contentLength: Int.max).last == "content-length: \(Int.max)")
  }

  @Test("a name of any length must be written in small letters, and nothing but letters be changed, wherever it stands")
  func cases() {
    let bytes = (UInt8(33)...126).filter { ByteSet.token.contains($0) }.map { Character(UnicodeScalar($0)) }
    let token = String(bytes)
    #expect(section(200, "\(token): x\r\n", contentLength: 0)[1] == "\(token.lowercased()): x")
    for count in 1...40 {
      let name = String(String(repeating: "X-AZaz@", count: 6).filter { $0 != "@" }.prefix(count))
      #expect(section(200, "\(name):\r\n", contentLength: 0)[1] == "\(name.lowercased()): ")
      let many = String(repeating: "\(name): \(name)\r\n", count: 50)
      let fields = section(200, many, contentLength: 0)
      #expect(fields.count == 52 && fields[1...50].allSatisfy { $0 == "\(name.lowercased()): \(name)" })
    }
    let long = String(repeating: "N", count: 300)
    #expect(section(200, "\(long): x\r\n", contentLength: 0)[1] == "\(long.lowercased()): x")
  }

  @Test("every name of the static table must be the one that it is taken for")
  func names() {
    for id in FieldID.allCases where FieldEncoder.index(of: id) > 0 {
      #expect(section(200, "\(id.lowercaseName): x\r\n", contentLength: 0)[1] == "\(id.lowercaseName): x")
    }
  }
}
