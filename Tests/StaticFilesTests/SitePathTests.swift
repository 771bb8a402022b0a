import Bytes
import StaticFiles
import Testing

@Suite struct SitePathTests {
  private func read(_ path: String) -> Result<String, SitePath.Flaw> {
    let scratch = ByteBuffer()
    return withBytes(path) { bytes in
      do throws(SitePath.Flaw) { return .success(try SitePath(bytes, scratch: scratch).bytes.text) } catch {
        return .failure(error)
      }
    }
  }

  @Test(
    "a path must name the file below the root, decoded once",
    arguments: [
      ("/", ""), ("/a.html", "a.html"), ("/a/b/", "a/b/"), ("/a%20b", "a b"), ("/%61", "a"), ("/%2561", "%61"),
      ("/%252e%252e/x", "%2e%2e/x"), ("/a..b/c...", "a..b/c..."), ("/%E2%82%AC", "€"), ("/a\\b", "a\\b"),
      ("/.well-known/acme", ".well-known/acme"), ("/%5Cevil.example", "\\evil.example"),
    ])
  func names(path: String, file: String) { #expect(read(path) == .success(file)) }

  @Test(
    "what could leave the root or mean another file must be refused",
    arguments: [
      ("/..", SitePath.Flaw.dotSegment), ("/../etc/passwd", .dotSegment), ("/a/../b", .dotSegment),
      ("/a/..", .dotSegment), ("/.", .dotSegment), ("/a/./b", .dotSegment), ("/%2e%2e/x", .dotSegment),
      ("/%2E%2e", .dotSegment), ("/.%2e/x", .dotSegment), ("/a%2fb", .encodedSlash), ("/..%2Fx", .encodedSlash),
      ("/a%00.html", .nulByte), ("/%00", .nulByte), ("*", .noPath), ("", .noPath), ("//a", .emptySegment),
      ("//evil.example/%2e", .emptySegment), ("/a//b", .emptySegment), ("/a//", .emptySegment),
      ("/.git/config", .hidden),
      ("/a/.env", .hidden), ("/%2eenv", .hidden), ("/...", .hidden), ("/a/.well-known/x", .hidden),
    ])
  func refused(path: String, flaw: SitePath.Flaw) { #expect(read(path) == .failure(flaw)) }

  @Test("a path longer than a file system takes must be refused")
  func long() {
    #expect(read("/" + String(repeating: "a", count: SitePath.longest)) != .failure(.tooLong))
    #expect(read("/" + String(repeating: "a", count: SitePath.longest + 1)) == .failure(.tooLong))
  }

  @Test("what no client means must be a 400, and what is merely not there a 404")
  func status() {
    #expect(SitePath.Flaw.dotSegment.status == 400)
    #expect(SitePath.Flaw.nulByte.status == 400)
    #expect(SitePath.Flaw.hidden.status == 404)
    #expect(SitePath.Flaw.emptySegment.status == 404)
  }

  @Test("a folder's path must be told from a file's", arguments: [("/", true), ("/a/", true), ("/a", false)])
  func folders(path: String, isFolder: Bool) throws {
    let scratch = ByteBuffer()
    var path = path
    let read = try path.withUTF8 { try SitePath(UnsafeRawBufferPointer($0), scratch: scratch).isFolder }
    #expect(read == isFolder)
  }

  @Test(
    "the ending must be that of the last segment",
    arguments: [("a.tar.gz", "gz"), ("a.b/c", nil), ("a", nil), ("a.", nil), ("a.b/", nil), ("", nil)])
  func endings(path: String, ending: String?) {
    #expect(withBytes(path) { SitePath.fileExtension(of: $0)?.text } == ending)
  }
}
