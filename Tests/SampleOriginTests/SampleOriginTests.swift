import Reactor
import Testing

@testable import SampleOrigin

struct SampleOriginTests {
  /// Starts an origin, sends `requests` and closes with the last answer.
  private func exchange(_ requests: String) async throws -> String {
    let origin = try await SampleOrigin(listeningOn: try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
    defer { origin.stop() }
    return try await TestClient().exchange(requests, with: origin.address)
  }

  private func get(_ target: String, _ fields: String = "", method: String = "GET") async throws -> Received {
    Received(try await exchange("\(method) \(target) HTTP/1.1\r\nHost: o\r\nConnection: close\r\n\(fields)\r\n"))
  }

  private func send(_ method: String, _ target: String, _ body: String) async throws -> Received {
    try await get(
      target, "Content-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", method: method)
  }

  @Test("a post must be one JSON object with its number, its writer's number, a title and a body")
  func post() async throws {
    let received = try await get("/posts/1")
    #expect(received.status == "200")
    #expect(received.has("Content-Type: application/json"))
    #expect(received.has("Content-Length: \(received.body.utf8.count)"))
    #expect(received.has("Connection: close"))
    #expect(
      received.body
        == #"{"userId":1,"id":1,"title":"Why the upper gate sticks","body":"The hinge is fine. It is the silt behind it that makes the gate heavy."}"#
    )
  }

  @Test("there must be 10 posts, 10 users and 50 comments")
  func collections() async throws {
    for (target, count) in [("/posts", 10), ("/users", 10), ("/comments", 50)] {
      let received = try await get(target)
      #expect(received.body.hasPrefix("[{") && received.body.hasSuffix("}]"))
      #expect(received.body.split(separator: #""id":"#).count == count + 1)
    }
  }

  @Test("comments chosen by post must be that post's five, and none of a post that there is not")
  func commentsOfAPost() async throws {
    let received = try await get("/comments?postId=2")
    let numbers = received.body.split(separator: #"{"postId":2,"id":"#).dropFirst().map { $0.prefix(while: \.isNumber) }
    #expect(numbers == ["6", "7", "8", "9", "10"])
    #expect(try await get("/comments?postId=11").body == "[]")
    #expect(try await get("/comments?postId=-1").body == "[]")
  }

  @Test(
    "a resource that there is not must be answered with 404",
    arguments: ["/posts/11", "/posts/0", "/posts/x", "/nothing", "/posts/1/2", "/bytes/-1"])
  func notFound(_ target: String) async throws {
    let received = try await get(target)
    #expect(received.status == "404")
    #expect(received.body == #"{"status":404,"message":"Not Found"}"#)
  }

  @Test("HEAD must be answered with the fields of GET and no body")
  func head() async throws {
    let received = try await get("/posts/1", method: "HEAD")
    #expect(received.status == "200")
    #expect(received.has("Content-Length: 135"))
    #expect(received.body.isEmpty)
  }

  @Test("a document asked for by the entity tag that it has must be answered with 304")
  func notModified() async throws {
    let first = try await get("/users/3")
    let tag = try #require(first.head.split(separator: "\r\n").first { $0.hasPrefix("ETag: ") }).dropFirst(6)
    let second = try await get("/users/3", "If-None-Match: \(tag)\r\n")
    #expect(second.status == "304")
    #expect(second.has("ETag: \(tag)"))
    #expect(second.body.isEmpty)
    #expect(try await get("/users/4", "If-None-Match: \(tag)\r\n").status == "200")
  }

  @Test("any final status must be given on demand", arguments: [200, 204, 302, 404, 429, 500, 503, 599])
  func statusOnDemand(_ status: Int) async throws {
    let received = try await get("/posts/1?status=\(status)")
    #expect(received.status == "\(status)")
    #expect(received.body.isEmpty == (status == 204))
  }

  @Test("a status that no final response has must be ignored", arguments: ["100", "99", "600", "x", ""])
  func otherStatuses(_ status: String) async throws {
    #expect(try await get("/posts/1?status=\(status)").status == "200")
  }

  @Test("a demanded delay must come before the answer, and not change it")
  func delay() async throws {
    let start = ContinuousClock.now
    #expect(try await get("/posts/1?delay=30").status == "200")
    #expect(ContinuousClock.now - start >= .milliseconds(30))
  }

  @Test("what is written must be answered as if it had been stored")
  func writing() async throws {
    let created = try await send("POST", "/posts", "a post")
    #expect(created.status == "201" && created.body == "a post")
    #expect(created.has("Location: /posts/11") && created.has("Content-Type: text/plain"))
    for method in ["PUT", "PATCH"] {
      let changed = try await send(method, "/posts/3", "another")
      #expect(changed.status == "200" && changed.body == "another")
    }
    let deleted = try await get("/posts/3", method: "DELETE")
    #expect(deleted.status == "204" && deleted.body.isEmpty && !deleted.head.contains("Content-Length"))
  }

  @Test("a method that a resource does not have must be answered with 405 and those it has")
  func methods() async throws {
    let all = try await get("/posts", method: "DELETE")
    #expect(all.status == "405" && all.has("Allow: GET, HEAD, POST"))
    let one = try await send("POST", "/posts/1", "x")
    #expect(one.status == "405" && one.has("Allow: GET, HEAD, PUT, PATCH, DELETE"))
  }

  @Test("a record of more than a mebibyte must be answered with 413")
  func largeRecord() async throws {
    #expect(try await send("POST", "/posts", String(repeating: "x", count: 1 << 20 + 1)).status == "413")
  }

  @Test("a body must be echoed by its length, with its type")
  func echo() async throws {
    let text = String(repeating: "0123456789", count: 30_000)
    let received = try await send("POST", "/echo", text)
    #expect(received.has("Content-Length: 300000") && received.has("Content-Type: text/plain"))
    #expect(received.body == text)
  }

  @Test("a chunked body must be echoed in chunks, with its trailers")
  func chunkedEcho() async throws {
    let received = try await get(
      "/echo", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nSum: 5\r\n\r\n", method: "POST")
    #expect(received.has("Transfer-Encoding: chunked"))
    #expect(received.body.hasSuffix("0\r\nSum: 5\r\n\r\n"))
    #expect(received.body.filter(\.isLetter).hasPrefix("abcde"))
  }

  @Test("so many bytes as asked for must be sent", arguments: [0, 1, 26_000, 26_001, 1_000_000])
  func bytes(_ count: Int) async throws {
    let received = try await get("/bytes/\(count)")
    #expect(received.has("Content-Length: \(count)"))
    #expect(received.body.utf8.count == count)
  }

  @Test("a client that waits for 100 must get it before the answer")
  func expectation() async throws {
    let text = try await exchange(
      "POST /posts HTTP/1.1\r\nHost: o\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok")
    #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n"))
  }

  @Test("requests that come together must be answered in their order, whatever bodies they have")
  func pipelining() async throws {
    let text = try await exchange(
      """
      DELETE /posts/1 HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\n\r\nabc\
      GET /posts?status=500 HTTP/1.1\r\nHost: o\r\n\r\n\
      GET /posts?status=418 HTTP/1.1\r\nHost: o\r\nConnection: close\r\n\r\n
      """)
    let statuses = text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
    #expect(statuses == ["204", "500", "418"])
  }

  @Test("a request that is none must be answered with its error, and the connection closed")
  func malformed() async throws {
    let received = Received(try await exchange("GET / HTTP/1.1\r\nHost : o\r\n\r\n"))
    #expect(received.status == "400" && received.has("Connection: close"))
  }

  @Test("the index must list what there is")
  func index() async throws {
    #expect(try await get("/").body.contains("/comments?postId=1"))
  }
}
