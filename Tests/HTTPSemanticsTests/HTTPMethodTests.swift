import Testing

@testable import HTTPSemantics

@Suite("HTTPMethod")
struct HTTPMethodTests {
  @Test(
    "a method must be known by its name, letters as they are, and give it back",
    arguments: [
      ("GET", HTTPMethod.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("PATCH", .patch), ("DELETE", .delete),
      ("OPTIONS", .options),
      ("CONNECT", .connect), ("TRACE", .trace), ("Get", .other("Get")), ("PROPFIND", .other("PROPFIND")),
      ("", .other("")),
    ])
  func names(_ name: String, _ method: HTTPMethod) {
    #expect(HTTPMethod(name) == method)
    #expect(method.name == name)
  }

  @Test("methods that may be sent twice must be those of RFC 9110 § 9.2.2")
  func idempotent() {
    let names = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "POST", "PATCH", "CONNECT", "PROPFIND"]
    #expect(names.filter { HTTPMethod($0).isIdempotent } == ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"])
  }
}
