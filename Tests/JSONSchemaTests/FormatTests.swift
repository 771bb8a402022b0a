import Testing

@testable import JSONSchema

@Suite("Formats, as json-schema-validator checks them")
struct FormatTests {
  private func isTaken(_ format: String, _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { Format(rawValue: format)?.flaw(in: UnsafeRawBufferPointer($0)) == nil }
  }

  private static let good: [(String, [String])] = [
    (
      "date-time",
      [
        "1963-06-19T08:30:06.283185Z", "1963-06-19T08:30:06Z", "1937-01-01T12:00:27.87+00:20", "1963-06-19t08:30:06z",
        "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "2000-02-29T00:00:00Z", "1985-04-12T23:20:50+0100",
        "1985-04-12T23:20:50+01",
      ]
    ),
    (
      "email",
      ["joe.bloggs@example.com", "te~st@example.com", #""joe bloggs"@example.com"#, "a@[127.0.0.1]", "a@[IPv6:::1]"]
    ),
    (
      "hostname",
      ["www.example.com", "xn--4gbwdl.xn--wgbh1c", "hostname", "h0stn4me", "example.", "under_score", "bücher.de"]
    ),
    ("ipv4", ["192.168.0.1", "0.0.0.0", "255.255.255.255"]),
    (
      "ipv6",
      [
        "::1", "::", "d6::", "1:d6::42", "::ffff:192.168.0.1", "1:2:3:4:5:6:7:8", "1::d6:192.168.0.1",
        "::2:3:4:5:6:7:8",
      ]
    ),
    (
      "uri",
      [
        "http://foo.bar/?baz=qux#quux", "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", "mailto:a@b.c",
        "ldap://[2001:db8::7]/c=GB?objectClass?one", "urn:oasis:names", "/relative", "abc", "", "http://x/é",
        "//host:80/",
      ]
    ),
    ("regex", ["^a+$", "", #"\d{2}"#]),
    ("uuid", ["2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380", "1-1-1-1-1"]),
    ("base64", ["", "YQ==", "YWI=", "YWJj", "+/+/"]),
    ("mac", ["00:1b:44:11:3a:b7"]),
    ("md5", ["d41d8cd98f00b204e9800998ecf8427e"]),
    ("sha1", ["da39a3ee5e6b4b0d3255bfef95601890afd80709"]),
    ("json-pointer", ["", "/", "/a~0b/c~1d"]),
  ]

  private static let bad: [(String, [String])] = [
    (
      "date-time",
      [
        "1998-12-31T23:59:61Z", "1998-12-31T22:59:60Z", "1990-12-31T24:00:00Z", "1990-12-31T15:60:00Z",
        "1990-02-31T15:59:59.123-08:00", "1990-12-31T15:59:59-24:00", "1990-12-31T10:00:00+10:60",
        "06/19/1963 08:30:06 PST", "1963-6-19T08:30:06Z", "1963-06-1৪T00:00:00Z", "1985-04-12T23:20:50Z\n", "",
        "1963-06-19T08:30:06.Z", "1963-06-19T08:30:06", "1900-02-29T00:00:00Z", "1963-06-19 08:30:06Z",
      ]
    ),
    (
      "email",
      [
        "2962", "@example.com", "joe.bloggs@", "joe bloggs@example.com", ".a@b", "a.@b", "a..b@c", "a@b, c@d", "",
        "a@[1.2.3]",
      ]
    ),
    (
      "hostname",
      ["", ".", "-a", "a-", "_a", "a..b", "a b", "example.com\n", "1.2.3.4", String(repeating: "a", count: 64)]
    ),
    (
      "ipv4",
      [
        "127.0.0.0.1", "256.256.256.256", "127.0", "0x7f000001", "1৪7.0.0.1", "192.168.1.0/24", "01.2.3.4", " 1.2.3.4",
        "",
      ]
    ),
    (
      "ipv6",
      [
        "12345::", "::abcef", "::laptop", ":2:3:4:5:6:7:8", "1::d6::42", "1:2:3:4:5:6:7", "fe80::a%eth1", "[::1]",
        "1:2:3:4:5:::8", ":", ":::", "1.2.3.4", "::1.2.3.4:5", "",
      ]
    ),
    (
      "uri",
      [
        "http:// shouldfail.com", #"\\WINDOWS"#, "bar,baz:foo", "http://x/%6G", "http://x/%", "http://x/a b",
        "http://x/<>", "1http://x", "https://[@x/", "http://x/^", ":x", "http:",
      ]
    ),
    ("regex", ["^(abc]", "["]),
    ("uuid", ["2eb8aa08", "2eb8aa08-aa98-11ea-b4aa-73b441d1638g", "2eb8aa08aa9811eab4aa73b441d16380----", ""]),
    ("base64", ["YQ=", "Y===", "YQ=a", "YQ!!", "é==="]),
    ("mac", ["00:1b:44:11:3a", "00-1b-44-11-3a-b7", "00:1b:44:11:3a:b"]),
    ("md5", ["", "z41d8cd98f00b204e9800998ecf8427e"]),
    ("sha256", ["d41d8cd98f00b204e9800998ecf8427e"]),
    ("sha512", ["x"]),
    ("json-pointer", ["a", "/a~", "/a~2"]),
  ]

  @Test("what is of a format must be taken", arguments: good)
  func taken(_ format: String, _ texts: [String]) {
    for text in texts { #expect(isTaken(format, text), "\(format) \(text)") }
  }

  @Test("what is not of a format must be refused", arguments: bad)
  func refused(_ format: String, _ texts: [String]) {
    for text in texts { #expect(!isTaken(format, text), "\(format) \(text)") }
  }

  @Test("only texts have formats, and a format that nobody knows asks for nothing")
  func others() {
    for value in ["1", "null", "{}", "[]", "true"] { #expect(takes(#"{"format":"email"}"#, value)) }
    for format in ["int32", "date", "password", "byte"] {
      #expect(takes(#"{"format":"\#(format)"}"#, #""anything""#))
    }
  }
}
