import Testing

@testable import Firewall

/// RFC 7578: what frames a form's values is nothing that detection should read.
struct FormPartTests {
  private static let head = "POST / HTTP/1.1\nContent-Type: multipart/form-data; boundary=----WebKit7MA4"

  private static func form(_ values: String...) -> String {
    values.map { "------WebKit7MA4\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\n\($0)\r\n" }.joined()
      + "------WebKit7MA4--\r\n"
  }

  private func isFound(_ body: String, _ head: String = head) throws -> Bool {
    for field in [
      FieldToMatch.body(.proceed), .jsonBody(.init(paths: nil, scope: .all, invalidFallback: .evaluateAsString)),
    ] {
      for statement in [
        Statement.sqlInjection(Inspection(field), isSensitive: false), .crossSiteScripting(Inspection(field)),
      ] where try Screened(statement).matches(head, body: body) { return true }
    }
    return false
  }

  @Test(
    "ordinary values of a form must not be taken for attacks by what stands around them",
    arguments: [
      "O'Brien", "'quoted'", "\"quoted\"", "%s %d", "<3", "->", "<!-- note -->", "is not null", "key='value' and more",
      "('a','b')", "count(*)", "style=\"color:red\"", "I said \"hello\" and left", "", "two\r\n\r\nlines -- of it",
    ])
  func ordinary(_ value: String) throws {
    #expect(try !isFound(Self.form(value)))
    #expect(try !isFound(Self.form("fine", value, "good")))
  }

  @Test(
    "attacks must be found in a value, in a part's fields, before the first part and behind the last",
    arguments: [
      form("1' or 1=1-- "), form("fine", "1 union select password from users"), form("<script>alert(1)</script>"),
      "1' or 1=1-- \r\n" + form("x"), form("x") + "1' or 1=1-- ",
      "------WebKit7MA4\r\nContent-Disposition: form-data; name=\"a\"; filename=\"<img src=x onerror=alert(1)>\"\r\n\r\nx",
      "------WebKit7MA4 \r\nX: 1\r\n\r\n1' or 1=1-- ", "------WebKit7MA4\r\n1' or 1=1-- ",
      // Another boundary parts nothing.
      form("1' or\r\n------WebKit7MA45\r\n1=1-- "), form("1' or\r\n--\r\n1=1-- "),
      form("1' or\n------WebKit7MA4\n1=1-- "),
    ])
  func attacks(_ body: String) throws { #expect(try isFound(body)) }

  @Test(
    "where it is not plain which boundary counts, a body must be one text",
    arguments: [
      "multipart/form-data; boundary=x; boundary=----WebKit7MA4", "multipart/form-data; boundary=----WebKit7MA4; x=y",
      "multipart/form-data; charset=utf-8; boundary=----WebKit7MA4", "text/plain; boundary=----WebKit7MA4",
      "multipart/form-data; boundary=----WebKit7MA4\nContent-Type: multipart/form-data; boundary=----WebKit7MA4",
      "multipart/form-data; boundary=\"----WebKit7\\MA4\"", "multipart/form-data; boundary*=----WebKit7MA4",
      "multipart/form-data; boundary=----WebKit7MA4 x", "multipart/form-data",
    ])
  func ambiguous(_ type: String) throws {
    #expect(try isFound(Self.form("->"), "POST / HTTP/1.1\nContent-Type: \(type)"))
    #expect(try !isFound(Self.form("->")))
  }

  @Test("a boundary may be quoted")
  func quoted() throws {
    let head = "POST / HTTP/1.1\nContent-Type: Multipart/Form-Data;boundary=\"----WebKit7MA4\""
    #expect(try !isFound(Self.form("->"), head))
    #expect(try isFound(Self.form("1' or 1=1-- "), head))
  }

  @Test("other tests must see the body as it is")
  func others() throws {
    let screened = try Screened(.bytes(.body(.proceed), .contains, "name=\"comment\"\r\n\r\nx"))
    #expect(try screened.matches(Self.head, body: Self.form("x")))
  }
}
