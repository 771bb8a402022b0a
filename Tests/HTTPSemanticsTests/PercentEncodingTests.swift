import Bytes
import Testing

@testable import HTTPSemantics

@Suite("PercentEncoding")
struct PercentEncodingTests {
  private func decoded(_ text: String, plusIsSpace: Bool = false) -> String {
    Array(text.utf8).withUnsafeBytes { PercentEncoding.decoded($0, plusIsSpace: plusIsSpace) }
  }

  @Test(
    "encoded bytes must be decoded, and a % without two digits left alone",
    arguments: [
      ("a%20b", "a b"), ("%C3%a4", "ä"), ("100%", "100%"), ("%4", "%4"), ("%zz", "%zz"), ("%%41", "%A"), ("a+b", "a+b"),
      ("", ""),
    ])
  func decode(_ text: String, _ expected: String) {
    #expect(decoded(text) == expected)
  }

  @Test("a plus must be a space in forms only")
  func plus() {
    #expect(decoded("a+b%2B", plusIsSpace: true) == "a b+")
  }

  @Test("everything but unreserved bytes must be encoded, and decoding must give it back")
  func encode() {
    let every = (UInt8.min...UInt8.max).map { $0 }
    let out = ByteBuffer()
    every.withUnsafeBytes { PercentEncoding.encode($0, into: out) }
    let back = ByteBuffer()
    PercentEncoding.decode(out.readable, into: back)
    #expect(Array(back.readable) == every)
    let text = ByteBuffer()
    Array("a-b/ü~".utf8).withUnsafeBytes { PercentEncoding.encode($0, into: text) }
    #expect(text.readable.text == "a-b%2F%C3%BC~")
  }
}
