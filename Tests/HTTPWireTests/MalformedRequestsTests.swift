import Bytes
import Testing

@testable import HTTPWire

@Suite("Malformed requests")
struct MalformedRequestsTests {
  @Test("a malformed request must be refused for its reason, however it arrives", arguments: MalformedRequests.all)
  func refused(_ entry: MalformedRequests.Case) {
    #expect(Wire.request(entry.text).0 == .failed(entry.error))
    for size in [1, 2, 7] {
      #expect(Wire.request(Array(entry.text.utf8), inPiecesOf: size).0 == .failed(entry.error), "in pieces of \(size)")
    }
  }

  @Test("every reason must be among the cases, but for those that need limits, bodies or responses")
  func everyReason() {
    let elsewhere: Set<WireError> = [
      .targetTooLong, .headTooLarge, .tooManyFields, .malformedStatusLine, .forbiddenBody, .malformedChunkSize,
      .malformedChunkExtension, .chunkExtensionsTooLarge, .malformedChunkEnd, .trailersTooLarge, .contentTooLarge,
      .unsupportedProtocol,
    ]
    #expect(Set(MalformedRequests.all.map(\.error)).union(elsewhere) == Set(WireError.allCases))
  }

  @Test("a byte that is not allowed where it stands must be refused there, and every other one taken")
  func everyByte() {
    for byte in UInt8.min...UInt8.max {
      let isToken = [byte].withUnsafeBytes { $0.isToken }
      let isText = byte == 9 || (byte >= 32 && byte != 127)
      func verdict(_ before: String, _ behind: String) -> Bool {
        if case .complete = Wire.request(Array(before.utf8) + [byte] + Array(behind.utf8)).0 { true } else { false }
      }
      #expect(verdict("G", "T / HTTP/1.1\r\nHost: a\r\n\r\n") == isToken, "method \(byte)")
      #expect(verdict("GET / HTTP/1.1\r\nHost: a\r\nX", "Y: z\r\n\r\n") == (isToken || byte == 58), "name \(byte)")
      #expect(verdict("GET / HTTP/1.1\r\nHost: a\r\nX: y", "z\r\n\r\n") == isText, "value \(byte)")
      #expect(
        verdict("GET / HTTP/1.1\r\nHost: a\r\nX: a long value, so that words are looked at ", "z and on\r\n\r\n")
          == isText)
      let isPath = "-._~!$&'()*+,;=:@/[]|?".utf8.contains(byte) || (byte | 32) &- 97 < 26 || byte &- 48 < 10
      #expect(verdict("GET /a", "b HTTP/1.1\r\nHost: a\r\n\r\n") == isPath, "path \(byte)")
      let isQuery = isPath || "\\^`{}".utf8.contains(byte)
      #expect(verdict("GET /?a", "b HTTP/1.1\r\nHost: a\r\n\r\n") == isQuery, "query \(byte)")
      let isHost = "-._~".utf8.contains(byte) || (byte | 32) &- 97 < 26 || byte &- 48 < 10
      #expect(verdict("GET / HTTP/1.1\r\nHost: a", "b\r\n\r\n") == isHost, "host \(byte)")
    }
  }
}
