import Testing

@testable import HTTPSemantics

@Suite("StatusCode")
struct StatusCodeTests {
  @Test(
    "a registered status must have its phrase, and another one none",
    arguments: [
      (100, "Continue"), (200, "OK"), (304, "Not Modified"), (413, "Content Too Large"),
      (431, "Request Header Fields Too Large"),
      (504, "Gateway Timeout"), (299, ""), (0, ""), (-1, ""), (1000, ""),
    ])
  func reasons(_ status: Int, _ reason: String) {
    #expect("\(StatusCode.reason(status))" == reason)
  }

  @Test("only interim answers, 204 and 304 must be without a body")
  func forbidsBody() {
    #expect((100..<600).filter { StatusCode.forbidsBody($0) } == Array(100..<200) + [204, 304])
  }
}
