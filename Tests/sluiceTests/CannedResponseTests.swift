import Foundation
import Pipeline
import Testing

@Suite struct CannedResponseTests {
  /// What the integration is taken to have answered, by a file.
  private func answered(_ file: String, method: String = "GET") throws -> MessageRecord? {
    try Explained(method, "/dev/a", files: ["answer": file]).record?[.integration]?.response
  }

  @Test(
    "A response must be read as it goes over the wire and as people save it",
    arguments: [
      "HTTP/1.1 404 Not Found\r\nX-A: b\r\n\r\nbody\n", "HTTP/2 404\nx-a: b\n\nbody\n",
      "HTTP/1.1 404 Not Found\nContent-Length: 99\nTransfer-Encoding: chunked\nConnection: close\nX-A:   b  \n\nbody\n",
    ])
  func raw(_ file: String) throws {
    let answer = try answered(file)
    #expect(answer?.status == 404)
    #expect(answer?.fields.map { $0.name.lowercased() } == ["x-a", "content-length"])
    #expect(answer?.fields.map(\.value) == ["b", "5"])
    #expect(answer?.body?.text == "body\n")
  }

  @Test("JSON must give status, fields and body, and what it leaves out must be the usual")
  func json() throws {
    let whole = try answered(#" {"status": 201, "headers": {"A": "1", "B": ["2", 3]}, "body": {"x": [1.0, null]}}"#)
    #expect(whole?.status == 201)
    #expect(whole?.fields.prefix(3).map { $0.name + $0.value } == ["A1", "B2", "B3"])
    #expect(whole?.body?.text == #"{"x":[1.0,null]}"#)
    let text = try answered(#"{"body": "as \"it\" is"}"#)
    #expect(text?.status == 200)
    #expect(text?.body?.text == "as \"it\" is")
    #expect(try answered("{}")?.body == nil)
  }

  @Test("Responses without a body must have none")
  func bodiless() throws {
    #expect(try answered("HTTP/1.1 204 No Content\n\nignored")?.body == nil)
    #expect(try answered("HTTP/1.1 200 OK\n\nnot for a HEAD", method: "HEAD")?.body == nil)
    #expect(try answered("HTTP/1.1 200 OK")?.status == 200)
  }

  @Test(
    "What is no response must be refused at its line",
    arguments: [
      ("", "answer:1:1: error: `` is no status line"), ("hello", "answer:1:1: error: `hello` is no status line"),
      ("HTTP/1.1 100 Continue\n", "answer:1:1: error: "), ("HTTP/1.1 xx\n", "answer:1:1: error: "),
      ("HTTP/1.1 200 OK\nno colon\n", "answer:2:1: error: `no colon` is no header field"),
      ("HTTP/1.1 200 OK\nA: b\u{1}\n", "answer:2:1: error: "), ("{", "answer:1:2: error: "),
      (#"{"statuss": 1}"#, "`statuss` is not known here; there are `status`, `headers` and `body`"),
      (#"{"status": "200"}"#, "`status` must be a number from 200 to 599"),
      (#"{"headers": []}"#, "`headers` must be an object"),
      (#"{"headers": {"A": {}}}"#, "`headers.A` is no header field"),
      (#"{"headers": {"A": "\r\n"}}"#, "`headers.A` is no header field"),
    ])
  func mistakes(_ file: String, _ message: String) throws {
    let outcome = try Explained("GET", "/dev/a", files: ["answer": file]).outcome
    #expect(outcome.code == 65)
    #expect(outcome.error.contains(message), "\(outcome.error)")
  }
}
