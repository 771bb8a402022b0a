import Bytes
import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("FieldLine")
struct FieldLineTests {
  private func written(_ body: (ByteBuffer) -> Void) -> String {
    let out = ByteBuffer()
    body(out)
    return out.readable.text
  }

  @Test("a received field line must be written as it was, but for white space around the value")
  func fieldLines() {
    let head = Wire.request("GET / HTTP/1.1\r\nHost: a\r\nX-a:b\r\nY:  \tc d \t\r\nZ:\r\nW: \r\n\r\n").1
    #expect(
      written { out in for field in head.fields { head.write(field, into: out) } }
        == "Host: a\r\nX-a: b\r\nY: c d\r\nZ: \r\nW: \r\n")
    #expect(written { FieldLine.write(name: "Content-Length", value: 17, into: $0) } == "Content-Length: 17\r\n")
  }
}
