import Bytes
import HTTPWire
import StaticFiles

/// A request as the codec reads it.
func request(_ fields: String..., line: String = "GET / HTTP/1.1") -> RequestHead {
  let buffer = ByteBuffer()
  buffer.write(([line, "Host: a"] + fields).map { $0 + "\r\n" }.joined() + "\r\n")
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  _ = parser.parse(buffer: buffer, into: head, limits: .standard)
  return head
}

func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
  var text = text
  return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}

/// A file of 1,000 bytes, changed on 2001-09-09 at 01:46:40, and 0.5 s.
let sample = FileMetadata(size: 1000, modifiedNanoseconds: 1_000_000_000_500_000_000)

func representation(
  _ file: FileMetadata = sample, coding: SiblingCoding? = nil, varies: Bool = false, now: Int64 = 2_000_000_000
) -> Representation {
  Representation(
    file, contentType: "text/plain", cacheControl: "public, max-age=300", coding: coding, varies: varies, now: now)
}
