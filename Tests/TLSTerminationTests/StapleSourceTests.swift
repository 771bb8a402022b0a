import TestFolders
import Testing

@testable import TLSTermination

@Suite struct StapleSourceTests {
  @Test(
    "a responder must be found by its URL",
    arguments: [
      ("http://ocsp.example.com", "ocsp.example.com", 80, "/"),
      ("HTTP://ocsp.example.com/", "ocsp.example.com", 80, "/"),
      ("http://ocsp.example.com:8080/a/b?c#d", "ocsp.example.com", 8080, "/a/b?c"),
      ("http://[2001:db8::1]:81/x", "2001:db8::1", 81, "/x"), ("http://192.0.2.1?x", "192.0.2.1", 80, "/?x"),
    ] as [(String, String, UInt16, String)])
  func found(url: String, host: String, port: UInt16, path: String) throws {
    let source = try #require(StapleSource(url))
    #expect(source.host == host && source.port == port && source.path == path)
    #expect(StapleSource(source.url) == source)
  }

  @Test(
    "what is no URL that can be asked must not be asked",
    arguments: [
      "https://ocsp.example.com", "ldap://x", "http://", "http:///x", "http://a:0/", "http://a:99999/", "http://a:x/",
      "http://u@a/", "http://a/\r\nX: y", "http://a b/", "http://[::1/", "http://[::1]x/", "http://é/", "",
    ])
  func refused(url: String) { #expect(StapleSource(url) == nil) }

  @Test("a certificate that names no responder must have none, and one alone must not be asked about")
  func none() throws {
    let authority = try DevelopmentAuthority.test()
    let folder = try TemporaryFolder()
    try folder.write("a", names: ["a.test"], by: authority)
    let pair = try #require(CertificateFolder(folder.path).look(at: now).entries.first?.items.first?.pair)
    #expect(pair.leaf.stapleSource == nil && pair.stapleSource == nil && !pair.leaf.mustBeStapled)
    #expect(pair.stapleRequest.isEmpty)
  }
}
