import Bytes
import Testing

@testable import Pipeline

@Suite("What requests are called by")
struct RequestFactsTests {
  private func text(_ write: (ByteBuffer) -> Void) -> String {
    let buffer = ByteBuffer()
    write(buffer)
    return buffer.readable.text
  }

  @Test("A request id must be a UUID of version 4, whatever the bytes")
  func requestID() {
    let zero = RequestFacts(requestID: (0, 0))
    #expect(text(zero.writeRequestID) == "00000000-0000-4000-8000-000000000000")
    let ones = RequestFacts(requestID: (.max, .max))
    #expect(text(ones.writeRequestID) == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    let various = RequestFacts(requestID: (0x0123_4567_89AB_CDEF, 0x0F1E_2D3C_4B5A_6978))
    #expect(text(various.writeRequestID) == "01234567-89ab-4def-8f1e-2d3c4b5a6978")
  }

  @Test("An extended id must be sixteen characters that end in an equals sign")
  func extendedID() {
    #expect(text(RequestFacts().writeExtendedID) == "AAAAAAAAAAAAAAA=")
    #expect(text(RequestFacts(requestID: (0, .max), extendedID: .max).writeExtendedID) == "//////////////8=")
  }

  @Test("A trace id must have the second and 96 bits")
  func traceID() {
    #expect(text(Bench.facts.identifiers.writeTraceID) == "Root=1-6553f100-0123456789abcdef44556677")
  }

  @Test(
    "A time must be written as logs have it",
    arguments: [
      (0, "01/Jan/1970:00:00:00 +0000"), (951_827_696_999, "29/Feb/2000:12:34:56 +0000"),
      (1_795_256_100_000, "21/Nov/2026:10:15:00 +0000"), (-1, "31/Dec/1969:23:59:59 +0000"),
      (4_102_444_799_000, "31/Dec/2099:23:59:59 +0000"), (Int64.max, "31/Dec/9999:23:59:59 +0000"),
      (Int64.min, "01/Jan/0000:00:00:00 +0000"),
    ])
  func time(_ milliseconds: Int64, _ expected: String) {
    #expect(text { RequestTime.write(milliseconds, into: $0) } == expected)
  }
}
