import Bytes
import StaticFiles
import Testing

@Suite struct FolderLocationTests {
  private func location(_ path: String, _ query: String?) -> String {
    let out = ByteBuffer()
    withBytes(path) { path in
      if let query {
        withBytes(query) { FolderLocation.write(path, query: $0, into: out) }
      } else {
        FolderLocation.write(path, query: nil, into: out)
      }
    }
    return out.readable.text
  }

  @Test("the same path with a slash must be named, as it was encoded, with its query")
  func locations() {
    #expect(location("/docs", nil) == "Location: /docs/\r\n")
    #expect(location("/a%20b", "x=1&y") == "Location: /a%20b/?x=1&y\r\n")
  }

  @Test("a path that would name another host must never come this far")
  func openRedirect() {
    let scratch = ByteBuffer()
    var path = "//evil.example"
    #expect(throws: SitePath.Flaw.emptySegment) {
      try path.withUTF8 { _ = try SitePath(UnsafeRawBufferPointer($0), scratch: scratch) }
    }
  }
}
