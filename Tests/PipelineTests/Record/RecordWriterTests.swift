import Foundation
import Testing

@testable import Pipeline

@Suite struct RecordWriterTests {
  private let requests = [
    "GET /dev/a?x=1 HTTP/1.1\r\nHost: c", "POST /dev/a HTTP/1.1\r\nHost: c\r\nContent-Length: 4\r\n\r\n\u{1}\"é\\",
  ]

  @Test("What is written must read back as the same record")
  func roundTrip() throws {
    for request in requests {
      for answer in ["HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\nbody", nil] {
        let (record, json) = Bench().record(request, origin: answer)
        #expect(try JSONDecoder().decode(ExchangeRecord.self, from: Data(json.utf8)) == record)
      }
    }
  }

  @Test("The document must begin with its version, and end with a line")
  func frame() {
    let json = Bench().record(requests[0]).json
    #expect(json.hasPrefix(#"{"version":1,"requestId":"#))
    #expect(json.hasSuffix("}\n"))
  }
}
