import StaticFiles
import Testing

@Suite struct FileMetadataTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("the field lines must be written out once, for 200 and for 304")
  func fields() {
    let file = representation()
    #expect(text(file.entityTag) == "\"de0b6b3c5311f00-3e8\"" || text(file.entityTag).hasSuffix("-3e8\""))
    #expect(
      text(file.fields) == """
        Content-Type: text/plain\r
        Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r
        Accept-Ranges: bytes\r
        Cache-Control: public, max-age=300\r
        ETag: \(text(file.entityTag))\r\n
        """)
    #expect(
      text(file.notModifiedFields) == "Cache-Control: public, max-age=300\r\nETag: \(text(file.entityTag))\r\n")
    #expect(text(file.fields) == "Content-Type: text/plain\r\n" + text(file.fieldsWithoutType))
  }

  @Test("a compressed sibling must have a tag of its own, and say what it is")
  func sibling() {
    let plain = representation(varies: true)
    let brotli = representation(coding: .brotli, varies: true)
    #expect(plain.entityTag != brotli.entityTag)
    #expect(text(brotli.fields).contains("Content-Encoding: br\r\n"))
    #expect(!text(plain.fields).contains("Content-Encoding"))
    #expect(text(plain.notModifiedFields).contains("Vary: Accept-Encoding\r\n"))
  }

  @Test("another time or another size must give another tag")
  func tags() {
    var other = sample
    other.modifiedNanoseconds += 1
    #expect(representation(other).entityTag != representation().entityTag)
    other = sample
    other.size += 1
    #expect(representation(other).entityTag != representation().entityTag)
  }

  @Test("a file from the future must not say so (RFC 9110 § 8.8.2.1)")
  func future() { #expect(representation(now: 500).lastModified == 500) }

  @Test("a time before 1970 must be rounded down")
  func past() {
    #expect(FileMetadata(size: 0, modifiedNanoseconds: -1).modifiedSeconds == -1)
    #expect(FileMetadata(size: 0, modifiedNanoseconds: -1_000_000_000).modifiedSeconds == -1)
  }

  @Test("no Cache-Control must mean no such line")
  func noCacheControl() {
    let file = Representation(sample, contentType: "text/plain", cacheControl: "", varies: false, now: 0)
    #expect(!text(file.fields).contains("Cache-Control"))
  }
}
