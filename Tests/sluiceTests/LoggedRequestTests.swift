import Testing

@testable import sluice

struct LoggedRequestTests {
  @Test("a line of the common log format must be read, with what may stand behind it")
  func common() throws {
    let line =
      #"203.0.113.9 - ann [21/Nov/2026:16:00:01 +0000] "POST /a?b=c HTTP/1.1" 200 17 "https://e/" "curl \"8\"""#
    let request = try #require(LoggedRequest(line))
    #expect(request.client == "203.0.113.9" && request.method == "POST" && request.target == "/a?b=c")
    #expect(request.referer == "https://e/" && request.userAgent == #"curl \"8\""#)
    #expect(request.milliseconds == 1_795_276_801_000)
    #expect(try #require(LoggedRequest(#"::1 - - [x] "GET / HTTP/1.0" 200 -"#)).client == "::1")
  }

  @Test("an object of the JSON format must be read, a resource as well as a path")
  func json() throws {
    let one = try #require(
      LoggedRequest(#"{"ip":"::1","httpMethod":"GET","path":"/a","queryString":"b=c","userAgent":"u"}"#))
    #expect(one.target == "/a?b=c" && one.client == "::1" && one.userAgent == "u")
    let other = try #require(LoggedRequest(#"{"httpMethod":"GET","resourcePath":"/a/{b}"}"#))
    #expect(other.isResource && !one.isResource)
    let common = try #require(LoggedRequest(#"::1 - - [x] "GET /a/{b} HTTP/1.1" 200 -"#))
    #expect(common.isResource)
    #expect(String(decoding: other.bytes, as: UTF8.self).hasPrefix("GET /a/%7Bb%7D HTTP/1.1\r\n"))
  }

  @Test(
    "what is no request must be left alone",
    arguments: ["", "text", "{}", #"{"httpMethod":"GET","path":"a b"}"#, #"a - - [x] "GET" 200 1"#, "{\"httpMethod\":"])
  func others(_ line: String) {
    #expect(LoggedRequest(line) == nil)
  }
}
