import Bytes
import HTTPWire
import StaticFiles
import Testing

@Suite struct PreconditionsTests {
  private static let now: Int64 = 2_000_000_000
  private static let changed = "Sun, 09 Sep 2001 01:46:40 GMT"
  private static let before = "Sun, 09 Sep 2001 01:46:39 GMT"
  private static let after = "Sun, 09 Sep 2001 01:46:41 GMT"
  private static var tag: String { String(decoding: representation().entityTag, as: UTF8.self) }

  private func verdict(_ fields: String...) -> Preconditions.Verdict {
    let head = fields.isEmpty ? request() : self.head(fields)
    return Preconditions(head, representation(), now: Self.now).verdict
  }

  private func head(_ fields: [String], line: String = "GET / HTTP/1.1") -> RequestHead {
    switch fields.count {
    case 1: request(fields[0], line: line)
    case 2: request(fields[0], fields[1], line: line)
    default: request(fields[0], fields[1], fields[2], line: line)
    }
  }

  @Test("a request without conditions must go on")
  func none() { #expect(verdict() == .proceed) }

  @Test("If-None-Match must give 304 for the tag, weak or strong, in a list, and for a star")
  func ifNoneMatch() {
    #expect(verdict("If-None-Match: \(Self.tag)") == .notModified)
    #expect(verdict("If-None-Match: W/\(Self.tag)") == .notModified)
    #expect(verdict("If-None-Match: \"a\", W/\"b,c\" ,\(Self.tag)") == .notModified)
    #expect(verdict("If-None-Match: *") == .notModified)
    #expect(verdict("If-None-Match: \"a\"", "If-None-Match: \(Self.tag)") == .notModified)
    #expect(verdict("If-None-Match: \"other\"") == .proceed)
    #expect(verdict("If-None-Match: \(Self.tag.dropLast())") == .proceed)
  }

  @Test("If-Modified-Since must give 304 for the same date and a later one")
  func ifModifiedSince() {
    #expect(verdict("If-Modified-Since: \(Self.changed)") == .notModified)
    #expect(verdict("If-Modified-Since: \(Self.after)") == .notModified)
    #expect(verdict("If-Modified-Since: \(Self.before)") == .proceed)
    #expect(verdict("If-Modified-Since: yesterday") == .proceed)
  }

  @Test("If-None-Match must count and If-Modified-Since not, where both stand (RFC 9110 § 13.1.3)")
  func tagBeforeDate() {
    #expect(verdict("If-None-Match: \"other\"", "If-Modified-Since: \(Self.after)") == .proceed)
    #expect(verdict("If-None-Match: \(Self.tag)", "If-Modified-Since: \(Self.before)") == .notModified)
  }

  @Test("If-Match must give 412 unless the tag is there, strongly")
  func ifMatch() {
    #expect(verdict("If-Match: \(Self.tag)") == .proceed)
    #expect(verdict("If-Match: *") == .proceed)
    #expect(verdict("If-Match: W/\(Self.tag)") == .failed)
    #expect(verdict("If-Match: \"other\"") == .failed)
    #expect(verdict("If-Match: \"other\"", "If-Match: \(Self.tag)") == .proceed)
    #expect(verdict("If-Match: \(Self.tag)", "If-None-Match: \(Self.tag)") == .notModified)
    #expect(verdict("If-Match: \"other\"", "If-None-Match: \(Self.tag)") == .failed)
  }

  @Test("If-Unmodified-Since must give 412 for an earlier date, and count only without If-Match")
  func ifUnmodifiedSince() {
    #expect(verdict("If-Unmodified-Since: \(Self.before)") == .failed)
    #expect(verdict("If-Unmodified-Since: \(Self.changed)") == .proceed)
    #expect(verdict("If-Unmodified-Since: nonsense") == .proceed)
    #expect(verdict("If-Match: \(Self.tag)", "If-Unmodified-Since: \(Self.before)") == .proceed)
  }

  private func hasRange(_ fields: String..., line: String = "GET / HTTP/1.1", now: Int64 = now) -> Bool {
    Preconditions(head(fields, line: line), representation(), now: now).range != nil
  }

  @Test("a range must count where If-Range names the file as it is, strongly")
  func ifRange() {
    #expect(hasRange("Range: bytes=0-1"))
    #expect(hasRange("Range: bytes=0-1", "If-Range: \(Self.tag)"))
    #expect(!hasRange("Range: bytes=0-1", "If-Range: W/\(Self.tag)"))
    #expect(!hasRange("Range: bytes=0-1", "If-Range: \"other\""))
    #expect(hasRange("Range: bytes=0-1", "If-Range: \(Self.changed)"))
    #expect(!hasRange("Range: bytes=0-1", "If-Range: \(Self.after)"))
    #expect(!hasRange("Range: bytes=0-1", "If-Range: nonsense"))
  }

  @Test("a date must not be strong before its second has passed (RFC 9110 § 8.8.2.2)")
  func weakDate() {
    #expect(!hasRange("Range: bytes=0-1", "If-Range: \(Self.changed)", now: 1_000_000_000))
  }

  @Test("only GET must have ranges (RFC 9110 § 14.2)")
  func headHasNone() { #expect(!hasRange("Range: bytes=0-1", line: "HEAD / HTTP/1.1")) }

  @Test("the tag of what was compressed here must be weak: it confirms what a client has, and joins nothing to it")
  func weak() {
    let plain = representation()
    let made = Representation(of: plain, size: 10, fields: [], notModifiedFields: [])
    func verdict(_ fields: String) -> Preconditions.Verdict {
      Preconditions(request(fields), made, now: Self.now).verdict
    }
    #expect(verdict("If-None-Match: W/\(Self.tag)") == .notModified)
    #expect(verdict("If-None-Match: \(Self.tag)") == .notModified)
    #expect(verdict("If-Match: \(Self.tag)") == .failed)
    #expect(verdict("If-Match: *") == .proceed)
    #expect(Preconditions(request("Range: bytes=0-1", "If-Range: \(Self.tag)"), made, now: Self.now).range == nil)
  }
}
