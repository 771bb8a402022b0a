import Testing

@testable import HTTPWire

/// Requests that must be refused, with the reason: our own telling of what the literature on request smuggling and the
/// test-suites of other parsers warn of. `\u{1}`… are bytes as they stand; bytes from 0x80 on are in `RequestBytesTests`.
enum MalformedRequests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let error: WireError

    var testDescription: String { "\(error): \(text.debugDescription)" }
  }

  /// Every case is followed by a request that a lax reader would serve, so that "incomplete" is never the excuse.
  static let all: [Case] =
    [startLines, versions, targets, lineEnds, names, values, hosts, lengths, codings, expectations].flatMap { $0 }

  private static func cases(_ error: WireError, _ texts: String...) -> [Case] {
    texts.map { Case(text: $0, error: error) }
  }

  /// Request lines, each with the fields that make the rest of the request right.
  private static func lines(_ error: WireError, _ lines: String...) -> [Case] {
    lines.map { Case(text: "\($0)\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", error: error) }
  }

  /// Fields, as they stand behind a right request line and a right Host.
  private static func fields(_ error: WireError, _ fields: String...) -> [Case] {
    fields.map {
      Case(text: "POST /x HTTP/1.1\r\nHost: a\r\n\($0)\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", error: error)
    }
  }

  static let startLines: [Case] =
    lines(
      .malformedMethod, " GET / HTTP/1.1", "\tGET / HTTP/1.1", "", "GET\t/\tHTTP/1.1",
      "GET\u{b}/ HTTP/1.1",
      "G\u{0}ET / HTTP/1.1", "GE(T / HTTP/1.1", "GET,POST / HTTP/1.1", "GET: / HTTP/1.1", "\"GET\" / HTTP/1.1",
      "[GET] / HTTP/1.1",
      "{} / HTTP/1.1", "/ HTTP/1.1", ": / HTTP/1.1", "HTTP/1.1 200 OK", "=GET / HTTP/1.1", "GET/ / HTTP/1.1",
      "GET@ / HTTP/1.1",
      "\u{7f}GET / HTTP/1.1", "GET;x / HTTP/1.1", "GET\\ / HTTP/1.1", "<GET> / HTTP/1.1", "?GET / HTTP/1.1", "GET",
      "get\u{0} / HTTP/1.1")
    + cases(.bareCarriageReturn, "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n")
    + cases(
      .malformedMethod, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "\r\n GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{5}\u{1}\u{0}\u{0}\u{1}\r\n", "\u{0}\r\n\r\n")
    + lines(
      .methodTooLong, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ / HTTP/1.1",
      "GETGETGETGETGETGETGETGETGETGETGETGETGETGETGETGETGETGETGETGET")

  static let versions: [Case] =
    lines(
      .malformedVersion, "GET / HTTP/1.1 ", "GET /  HTTP/1.1", "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/11",
      "GET / HTTP/1,1",
      "GET / HTTP/1.1.1", "GET / HTTP/1.10", "GET / HTTP/01.1", "GET / HTTP/+1.1", "GET / HTTP/-1.1", "GET / HTTP/a.b",
      "GET / HTTP/.1", "GET / http/1.1", "GET / Http/1.1", "GET / hTTP/1.1", "GET / HTP/1.1", "GET / HTTP1.1",
      "GET / HTTPS/1.1",
      "GET / ICE/1.0", "GET / SIP/2.0", "GET / RTSP/1.0", "GET / HTTP /1.1", "GET / HTTP/ 1.1", "GET / HTTP/1. 1",
      "GET / ",
      "GET / x", "GET / x HTTP/1.1", "GET /a b HTTP/1.1", "GET / HTTP/1.1 HTTP/1.1", "GET / HTTP/1.1\t",
      "GET / HTTP/1.1\u{0}",
      "GET / HTTP/1.1x", "GET / HTTP/1.\u{0}", "GET / \tHTTP/1.1", "GET / HTTP/1.1;a=b", "GET / HTTP/1.1#",
      "GET / HTTP//1.1",
      "GET / HTTP/１.1", "GET / HTTP/1.1\u{b}", "GET / HTTP/1.1\u{c}", "GET / HTTP/1.0 ", "GET / HTTP/1.0x")
    + lines(
      .unsupportedVersion, "GET / HTTP/0.9", "GET / HTTP/1.2", "GET / HTTP/1.9", "GET / HTTP/2.0", "GET / HTTP/2.1",
      "GET / HTTP/3.0", "GET / HTTP/9.9", "GET / HTTP/0.0", "GET / HTTP/0.1")
    + cases(.targetFormForbidden, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

  static let targets: [Case] =
    lines(
      .malformedTarget, "GET  / HTTP/1.1", "GET\u{20}\u{20}\u{20}/ HTTP/1.1", "GET  HTTP/1.1", "GET /a\tb HTTP/1.1",
      "GET /\u{0} HTTP/1.1", "GET /a\u{0}b HTTP/1.1", "GET /\u{1} HTTP/1.1", "GET /\u{b} HTTP/1.1",
      "GET /\u{c} HTTP/1.1",
      "GET /\u{1b}[0m HTTP/1.1", "GET /\u{7f} HTTP/1.1", "GET /#frag HTTP/1.1", "GET /a?b#c HTTP/1.1", "GET # HTTP/1.1",
      "GET /% HTTP/1.1", "GET /%4 HTTP/1.1", "GET /%zz HTTP/1.1", "GET /%4g HTTP/1.1", "GET /%%41 HTTP/1.1",
      "GET /%u0041 HTTP/1.1",
      "GET /?% HTTP/1.1", "GET /?a=%f HTTP/1.1", "GET /?a=%f& HTTP/1.1", "GET /?%-1 HTTP/1.1", "GET /\" HTTP/1.1",
      "GET /<x> HTTP/1.1",
      "GET /?<script> HTTP/1.1", "GET /?\" HTTP/1.1", "GET /{x} HTTP/1.1", "GET /\\ HTTP/1.1", "GET /^ HTTP/1.1",
      "GET /` HTTP/1.1",
      "GET \\ HTTP/1.1", "GET . HTTP/1.1", "GET .. HTTP/1.1", "GET a HTTP/1.1", "GET a/b HTTP/1.1", "GET ?a=b HTTP/1.1",
      "GET index.html HTTP/1.1", "GET :80 HTTP/1.1", "GET ** HTTP/1.1", "OPTIONS ** HTTP/1.1", "OPTIONS *a HTTP/1.1",
      "OPTIONS */ HTTP/1.1", "GET ftp://a/ HTTP/1.1", "GET ws://a/ HTTP/1.1", "GET file:///etc/passwd HTTP/1.1",
      "GET urn:a:b HTTP/1.1",
      "GET http:/a HTTP/1.1", "GET http:a HTTP/1.1", "GET http:/ HTTP/1.1", "GET http//a/ HTTP/1.1",
      "GET javascript:alert(1) HTTP/1.1",
      "GET http://a/\u{1} HTTP/1.1", "GET http://a/#x HTTP/1.1", "GET http://a/%x HTTP/1.1",
      "GET http://a/?<> HTTP/1.1",
      "GET http://a/{} HTTP/1.1", "GET /ä HTTP/1.1", "GET /?ä HTTP/1.1", "GET http://a/ä HTTP/1.1", "GET ä HTTP/1.1",
      "GET /\u{80} HTTP/1.1",
      "GET mailto:a@b HTTP/1.1", "GET HTTP/1.1", "GET %2f HTTP/1.1", "GET /\u{202e} HTTP/1.1", "GET a:b HTTP/1.1",
      "GET a:99999 HTTP/1.1")
    + lines(
      .malformedHost, "GET http:// HTTP/1.1", "GET http:/// HTTP/1.1", "GET http:///a HTTP/1.1",
      "GET http://?a HTTP/1.1",
      "GET http://u@a/ HTTP/1.1", "GET http://u:p@a/ HTTP/1.1", "GET http://@a/ HTTP/1.1", "GET http://a:/ HTTP/1.1",
      "GET http://a:b/ HTTP/1.1", "GET http://a:80:80/ HTTP/1.1", "GET http://a:65536/ HTTP/1.1",
      "GET http://a:-1/ HTTP/1.1",
      "GET http://a:000080/ HTTP/1.1", "GET http://:80/ HTTP/1.1", "GET http://[::1/ HTTP/1.1",
      "GET http://::1]/ HTTP/1.1",
      "GET http://[]/ HTTP/1.1", "GET http://[::1]a/ HTTP/1.1", "GET http://[::1]:/ HTTP/1.1",
      "GET http://[g::1]/ HTTP/1.1",
      "GET http://[::1%25eth0]/ HTTP/1.1", "GET http://a,b/ HTTP/1.1", "GET http://a;b/ HTTP/1.1",
      "GET http://a%20b/ HTTP/1.1",
      "GET http://a\\b/ HTTP/1.1", "GET http://a#b/ HTTP/1.1", "GET http://a|b/ HTTP/1.1", "GET http://a\"b/ HTTP/1.1",
      "GET http://<a>/ HTTP/1.1", "GET http://a$b/ HTTP/1.1", "GET http://a&b/ HTTP/1.1",
      "GET https://a:443x/ HTTP/1.1",
      "GET http://http://a/ HTTP/1.1")
    + lines(
      .targetFormForbidden, "GET * HTTP/1.1", "POST * HTTP/1.1", "DELETE * HTTP/1.1", "FOO * HTTP/1.1",
      "CONNECT / HTTP/1.1",
      "CONNECT /a HTTP/1.1", "CONNECT * HTTP/1.1", "CONNECT a HTTP/1.1", "CONNECT a: HTTP/1.1", "CONNECT a:b HTTP/1.1",
      "CONNECT http://a/ HTTP/1.1", "CONNECT http://a:80/ HTTP/1.1", "CONNECT u@a:80 HTTP/1.1", "CONNECT :80 HTTP/1.1",
      "CONNECT a:80/ HTTP/1.1", "CONNECT a:70000 HTTP/1.1", "CONNECT a:80:90 HTTP/1.1", "CONNECT [::1] HTTP/1.1",
      "GET a:80 HTTP/1.1",
      "POST example.com:443 HTTP/1.1", "options a:80 HTTP/1.1")

  static let lineEnds: [Case] =
    cases(
      .bareLineFeed, "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", "GET / HTTP/1.1\r\n\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\nGET / HTTP/1.1\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX\n: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX:\n y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX:y\n\n", "GET / HTTP/1.0\n\n",
      "GET / HTTP/1.1\n\r\n")
    + cases(
      .bareCarriageReturn, "GET / HTTP/1.1\rHost: a\r\r\n", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", "GET / HTTP/1.1\r\n\rHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: \r\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX:\ry\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\tx\r\n")
    + cases(
      .malformedFieldName, "GET / HTTP/1.1\r\nHost: a\r\nX\r: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX\r\n: y\r\n\r\n",
      "GET / HTTP/1.1\r\nX\rHost: a\r\n\r\n")
    + cases(
      .malformedTarget, "GET /\rHTTP/1.1\r\nHost: a\r\n\r\n", "GET /\nHost: a\r\n\r\n", "GET /\r\nHost: a\r\n\r\n",
      "GET /\r\n\r\n",
      "GET /a\r\n b HTTP/1.1\r\nHost: a\r\n\r\n", "GET \r\n HTTP/1.1\r\n\r\n")
    + cases(.malformedMethod, "GET\r\n\r\n", "GET\n / HTTP/1.1\r\n\r\n")

  static let names: [Case] =
    fields(.emptyFieldName, ": x", ":", ":\r\nX: y", "::", ": \t", ":x: y")
    + fields(
      .whitespaceBeforeColon, "X : y", "X\t: y", "Content-Length : 5", "Content-Length\t:5",
      "Transfer-Encoding : chunked",
      "Transfer-Encoding\t: chunked", "Host : b", "X Y: z", "X  : y", "X: y\r\nTransfer-Encoding : chunked",
      "Connection : close",
      "no colon here", "GET / HTTP/1.1\r\nX: y", "Content Length: 5")
    + fields(
      .foldedField, " X: y", "\tX: y", "X: y\r\n z", "X: y\r\n\tz", "X: y\r\n  z\r\n  w",
      "Transfer-Encoding:\r\n chunked",
      "Transfer-Encoding: chunked\r\n , identity", "Content-Length: 0\r\n 5", "X: y\r\n \r\nZ: w", "X: y\r\n ", " ",
      "\t",
      "X:\r\n y", " Transfer-Encoding: chunked", "\u{20}: x", "X: y\r\n :")
    + fields(
      .nulByte, "X\u{0}: y", "\u{0}X: y", "\u{0}: y", "Content-Length\u{0}: 5", "Transfer-Encoding\u{0}: chunked",
      "\u{0}")
    + fields(
      .malformedFieldName, "X", "X\r\nY: z", "X\u{1}: y", "X\u{b}: y", "X\u{c}: y", "X\u{7f}: y", "X\u{8}: y", "X(: y",
      "X): y", "X,: y",
      "X/: y", "X;: y", "X<: y", "X=: y", "X>: y", "X?: y", "X@: y", "X[: y", "X\\: y", "X]: y", "X{: y", "X}: y",
      "X\": y", "Xä: y",
      "\u{b}Transfer-Encoding: chunked", "Transfer-Encoding\u{b}: chunked", "Content-Length\u{c}: 3", "(comment)X: y",
      "[]: y",
      "\"Transfer-Encoding\": chunked", "Content/Length: 5", "Foo=bar: y", "ﬁeld: y", "X\u{a0}: y", "X\u{200b}: y",
      "HTTP/1.1 200 OK",
      "{\"json\": true}", "<x: y>", "?: y", "@: y", "X,Y: z", "Host;: b")
    // Origins that know fields as variables take these for the ones with hyphens.
    + fields(
      .malformedFieldName, "Content_Length: 5", "Transfer_Encoding: chunked", "X_Forwarded_For: a",
      "x-forwarded_for: a",
      "X_FORWARDED-PROTO: https", "X_Forwarded_Host: b", "X_Forwarded_Port: 1", "X-Amzn-Waf_Seen: yes",
      "X_Amzn_Apigateway_Api_Id: b", "CloudFront_Viewer_Country: DE")

  static let values: [Case] =
    fields(
      .nulByte, "X: \u{0}", "X: a\u{0}", "X: a\u{0}b", "X:\u{0}", "Content-Length: 5\u{0}",
      "Transfer-Encoding: \u{0}chunked")
    + fields(
      .controlByte, "X: \u{1}", "X: a\u{1}b", "X: \u{8}", "X: a\u{b}", "X: a\u{c}b", "X:\u{e}", "X: \u{1b}[31m",
      "X: \u{1f}", "X: \u{7f}",
      "X: a\u{7f}", "Content-Length:\u{b}5", "Content-Length: 5\u{c}", "Transfer-Encoding:\u{b}chunked",
      "Transfer-Encoding: chunked\u{b}",
      "Transfer-Encoding: \u{c}chunked", "Transfer-Encoding: chunked\u{7f}",
      "X: long enough to be looked at in words \u{2} and more",
      "X: \u{10}", "Connection: close\u{1}", "X: 1234567\u{1}", "X: 12345678\u{1}", "X: 123456789\u{7f}")

  static let hosts: [Case] =
    cases(
      .missingHost, "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n",
      "GET / HTTP/1.1\r\nX-Host: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHosts: a\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n",
      "CONNECT a:80 HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHos: t\r\n\r\n", "GET / HTTP/1.1\r\nX-Forwarded-Host: a\r\n\r\n")
    + fields(
      .repeatedHost, "Host: a", "Host: b", "host: a", "HOST: a", "Host:", "X: y\r\nHost: b", "Host: b\r\nHost: c",
      "hOsT: [::1]")
    + cases(
      .repeatedHost, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
      "CONNECT a:80 HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")
    + [
      "", " ", "\t", "a b", "a\tb", "a,b", "a, b", "a;b", "a/b", "/a", "a/", "http://a", "a?b", "a#b", "a@b", "u:p@a",
      "@a", "a@", "a:", ":", ":80",
      "a:b", "a:80b", "a:80:80", "a:-1", "a:+80", "a:65536", "a:100000", "a:000080", "a: 80", "a :80", "a:8 0", "[::1",
      "::1]", "::1", "[]", "[::1]:",
      "[::1]x", "[::1]:x", "[g::]", "[::1%25lo]", "[::1]:80:80", "[[::1]]", "a[::1]", "a%41", "a%", "%00", "a\\b",
      "a\"b", "<a>", "a|b", "a{b}", "a^b",
      "a`b", "a&b", "a=b", "a$b", "a+b", "a!b", "a'b", "a(b)", "a*b", "*", "ä", "a\u{a0}b", "a,a", "a\u{2028}b", "[1]",
      "[:]",
    ].map { Case(text: "GET / HTTP/1.1\r\nHost: \($0)\r\n\r\n", error: .malformedHost) }
    + cases(
      .malformedHost, "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.0\r\nHost:\r\n\r\n",
      "GET / HTTP/1.0\r\nHost: a b\r\n\r\n",
      "GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: a@b\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n")

  static let lengths: [Case] =
    [
      "", " ", "-1", "-0", "+1", "+0", "0x0", "0x10", "0X5", "1a", "a", "5a", "a5", "1.0", "1.", ".5", "1e3", "1_000",
      "1,000", "1 0", "5 5", "5, 5",
      "5,5", "5, 6", "5,", ",5", ", 5", "0, 0", "5;5", "5;a=b", "\"5\"", "'5'", "5\"", "(5)", "５", "٥",
      "9223372036854775808", "18446744073709551615",
      "18446744073709551616", "18446744073709551621", "36893488147419103232", "99999999999999999999",
      "00000000000000000005",
      "100000000000000000000000000000000000000000000000000000", "5\t5", "0b1", "0o7", "NaN", "Infinity", "null", "true",
      "5:", "=5", "5%",
      "%35", "\\5", "5/1", "chunked", "- 1", "1-", "--1", "۵", "5\u{a0}", "\u{a0}5",
    ].map { fields(.malformedContentLength, "Content-Length: \($0)")[0] }
    + fields(
      .repeatedContentLength, "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5\r\nContent-Length: 6",
      "Content-Length: 0\r\nContent-Length: 0", "Content-Length: 0\r\nX: y\r\nContent-Length: 5",
      "Content-Length: 5\r\ncontent-length: 5",
      "CONTENT-LENGTH: 5\r\nContent-Length: 0", "Content-Length: 5\r\nContent-Length:",
      "Content-Length: x\r\nContent-Length: 5",
      "Content-Length:\r\nContent-Length:", "Content-Length: 1\r\nContent-Length: 2\r\nContent-Length: 3")
    + fields(
      .conflictingFraming, "Content-Length: 5\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nContent-Length: 5",
      "Content-Length: 0\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: x",
      "Transfer-Encoding: identity\r\nContent-Length: 5", "transfer-encoding: x\r\ncontent-length: 5",
      "Transfer-Encoding:\r\nContent-Length: 5",
      "TRANSFER-ENCODING: chunked\r\nX: y\r\nCONTENT-LENGTH: 0",
      "Content-Length: 5\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
      "Content-Length: 5\r\nTransfer-Encoding: xchunked", "Content-Length: 5\r\nTransfer-Encoding: \"chunked\"")

  static let codings: [Case] =
    [
      "", ",", "identity", "gzip", "xchunked", "chunkedx", "chunke", "chunk", "c", "\"chunked\"", "'chunked'",
      "chunked, identity", "chunked,identity",
      "chunked, gzip", "chunked, chunked", "chunked,chunked", "gzip, chunked, chunked", "chunked, gzip, chunked",
      "chunked;q=1", "chunked; a=b",
      "chunked;", "; chunked", ";chunked", ", chunked", ",chunked", "chunked,", "chunked, ", "chunked,,",
      "gzip,,chunked", "chunked chunked",
      "gzip chunked", "chunked gzip", "identity chunked", "chunked\tidentity", "(chunked)", "chunked()", "chunked=1",
      "chunked/1", "chunked:",
      ":chunked", "=chunked", "chünked", "\u{a0}chunked", "chunked\u{a0}", "cհunked", "ｃhunked", "chunKed\u{212a}",
      "{chunked}", "[chunked]",
      "chunked\\", "\\chunked", "chunked\"", "<chunked>", "deflate", "trailers", "close", "gzip, identity", "x, y, z",
    ].map { fields(.malformedTransferEncoding, "Transfer-Encoding: \($0)")[0] }
    + fields(
      .malformedTransferEncoding, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
      "Transfer-Encoding: chunked\r\ntransfer-encoding: gzip",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding:", "Transfer-Encoding:\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: chunked\r\nX: y\r\nTransfer-Encoding: cow",
      "Transfer-Encoding: gzip\r\nTransfer-Encoding: gzip")
    + fields(
      .unsupportedTransferEncoding, "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: gzip,chunked",
      "Transfer-Encoding: identity, chunked",
      "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "Transfer-Encoding: x , chunked",
      "Transfer-Encoding: deflate, gzip, chunked",
      "Transfer-Encoding: compress,\tCHUNKED")
    + cases(
      .transferEncodingInHTTP10, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: a\r\ntransfer-encoding: gzip\r\n\r\n",
      "GET / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: identity\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding:\r\n\r\n")
    + cases(.conflictingFraming, "POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")

  static let expectations: [Case] = fields(
    .unsupportedExpectation, "Expect: 200-ok", "Expect: 100-continue, x", "Expect:", "Expect: 100",
    "Expect: 100-continue\r\nExpect: y",
    "Expect: continue", "Expect: \"100-continue\"", "Expect: 100-continue;q=1", "Expect: 100-continue x")
}
