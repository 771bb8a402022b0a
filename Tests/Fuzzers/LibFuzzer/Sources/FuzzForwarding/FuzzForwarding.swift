import Bytes
import CNGHTTP2
import FuzzerDriver
import HTTPSemantics
import Pipeline
import WireProperties

@testable import Edge
@testable import HTTPWire

@_cdecl("FuzzForwarding_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A byte of choices and a request to a distribution: what the origin gets is one request, the same one, with nothing in it that
/// neither the client nor the gateway has said; and it is the same over HTTP/2.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var bytes = UnsafeRawBufferPointer(start: start, count: count)[...]
  guard let choices = bytes.popFirst() else { return 0 }
  let buffer = ByteBuffer()
  buffer.write(UnsafeRawBufferPointer(rebasing: bytes))
  let head = RequestHead(buffer: buffer)
  var parser = RequestHeadParser()
  guard case .complete = parser.parse(buffer: buffer, into: head), head.method != .connect else { return 0 }
  checkNormalPath(head.pathBytes)
  guard let origin = choices & 1 == 0 ? Origins.plain : Origins.dressed else { return 0 }
  let forwarding = Origins.forwardings[Int(choices >> 1) % Origins.forwardings.count]
  let out = ByteBuffer()
  OriginRequest.write(
    head, to: origin, path: head.pathBytes, facts: Origins.facts, keepsConditions: choices & 64 == 0,
    keepsRange: choices & 128 == 0, keepsCookies: choices & 32 == 0, forwarding: forwarding,
    viewer: Viewer(forwarding.told, Origins.facts), into: out)
  writeFraming(of: head, into: out)
  check(out, head, origin, forwarding)
  checkOverHTTP2(out)
  if OriginRequest.differs(head, by: forwarding), !head.authority.isEmpty {
    OriginRequest.write(head, by: forwarding, viewer: nil, into: out)
    let inner = RequestHead(buffer: out)
    var parser = RequestHeadParser()
    let result = parser.parse(buffer: out, into: inner)
    require(result == .complete(byteCount: out.count), "what an API sees is no request: \(out.readable.text)")
    require(inner.framing == head.framing && inner.method == head.method, "an API sees another request")
  }
  return 0
}

/// The form by which behaviours are matched is the form of itself, and has nothing left to work out.
private func checkNormalPath(_ path: UnsafeRawBufferPointer) {
  let (once, twice) = (ByteBuffer(), ByteBuffer())
  NormalPath.write(path, into: once)
  NormalPath.write(once.readable, into: twice)
  require(once.readable.elementsEqual(twice.readable), "\(once.readable.text) became \(twice.readable.text)")
  require(once.readable.first == UInt8(ascii: "/"), "\(path.text) became \(once.readable.text)")
  let segments = once.readable.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  require(
    !segments.dropLast().contains { $0.isEmpty } && !segments.contains { $0.elementsEqual("..".utf8) },
    once.readable.text)
  if NormalPath.isNormal(path), path.first == UInt8(ascii: "/") {
    require(once.readable.elementsEqual(path), "\(path.text) became \(once.readable.text)")
  }
}

private enum Origins {
  static let plain = origin("", [])
  static let dressed = origin("/base/v1", [(name: "X-Secret", value: "s"), (name: "Accept", value: "a/b")])
  static let facts = RequestFacts(sender: RequestSender(clientAddress: "203.0.113.7", port: 8080))
  static let forwardings =
    [.standard, Forwarding(CachePolicy(queryStrings: .whitelist(["a"]), headers: .whitelist(["Host", "X-A"])), nil)]
    + OriginRequestPolicy.managed.map { Forwarding(nil, $0.policy) }
    + [
      Forwarding(
        CachePolicy(queryStrings: .none, headers: .none, cookies: .whitelist(["a"])),
        OriginRequestPolicy(queryStrings: .allExcept(["b"]), cookies: .none))
    ]

  private static func origin(_ path: String, _ headers: [(name: String, value: String)]) -> HTTPOrigin? {
    Endpoint(scheme: "http", authority: "origin.test:9000").map {
      HTTPOrigin(id: "o", endpoint: $0, originPath: path, customHeaders: headers, readTimeoutMilliseconds: 1)
    }
  }
}

/// As the gateway ends a head; the bodies are empty, or of one byte.
private func writeFraming(of head: RequestHead, into out: ByteBuffer) {
  switch head.framing {
  case .none, .untilClose: out.write("\r\n")
  case .length(0): out.write("Content-Length: 0\r\n\r\n")
  case .length: out.write("Content-Length: 1\r\n\r\n!")
  case .chunked: out.write("Transfer-Encoding: chunked\r\n\r\n1\r\n!\r\n0\r\n\r\n")
  }
}

private func check(_ out: ByteBuffer, _ head: RequestHead, _ origin: HTTPOrigin, _ forwarding: Forwarding) {
  let (requests, count) = StrictReader.requests(Array(out.readable), most: .max)
  require(requests.count == 1 && count == out.count, "\(requests.count) requests: \(out.readable.text)")
  let sent = RequestHead(buffer: out)
  var parser = RequestHeadParser()
  guard case .complete = parser.parse(buffer: out, into: sent) else { fatalError("refused: \(out.readable.text)") }
  require(sent.method == head.method && sent.framing.hasBody == head.framing.hasBody, out.readable.text)
  let path = ByteBuffer()
  path.write(origin.originPath)
  path.write(head.pathBytes)
  require(decoded(sent.pathBytes) == decoded(path.readable), "\(path.readable.text) became \(sent.pathBytes.text)")
  let query = decoded(sent.queryBytes)
  if forwarding === Forwarding.standard {
    require(query == decoded(head.queryBytes), "the query became \(query ?? [])")
  }
  let sendsOwn = !forwarding.sendsHost || head.authority.isEmpty
  require(
    sent.authorityBytes.elementsEqual(sendsOwn ? Array("origin.test:9000".utf8) : Array(head.authorityBytes)),
    "\(sent.authorityBytes.text)")
  for field in sent.fields { checkOrigin(of: field, sent, head, origin) }
}

/// Whose word a field is.
private func checkOrigin(of field: FieldSlice, _ sent: RequestHead, _ head: RequestHead, _ origin: HTTPOrigin) {
  let name = sent.name(of: field).text.lowercased()
  let value = sent.value(of: field).text
  switch name {
  case "host", "content-length", "transfer-encoding": return
  case "x-forwarded-for": return require(value.hasSuffix("203.0.113.7"), value)
  case "x-forwarded-port": return require(value == "8080", value)
  case "x-forwarded-proto": return require(value == "http", value)
  case "via": return require(value.hasSuffix("1.1 sluice"), value)
  case "cloudfront-forwarded-proto": return require(value == "http", value)
  case "cloudfront-viewer-http-version": return require(value == "1.1", value)
  case "cloudfront-viewer-address": return require(value == "203.0.113.7:0", value)
  case "connection", "upgrade", "keep-alive", "te", "trailer", "proxy-authorization": fatalError("\(name) went on")
  default: break
  }
  require(!name.hasPrefix("cloudfront-"), "\(name) was forged")
  if name == "user-agent", value == "sluice" { return }
  if origin.customHeaders.contains(where: { $0.name.lowercased() == name && $0.value == value }) { return }
  require(!origin.customHeaders.contains { $0.name.lowercased() == name }, "\(name) is the client's")
  let said = head.fields.filter { head.name(of: $0).text.lowercased() == name }.map { head.value(of: $0).text }
  if name == "cookie" {
    let crumbs = said.flatMap { $0.utf8.split(separator: UInt8(ascii: ";")).map { trimmed($0) } }
    for crumb in value.utf8.split(separator: UInt8(ascii: ";")) {
      require(crumbs.contains(trimmed(crumb)), "a cookie that nobody has sent: \(value)")
    }
    return
  }
  require(said.contains(value), "\(name): \(value) was not said")
}

private func trimmed(_ text: some Collection<UInt8>) -> [UInt8] {
  Array(text).withUnsafeBytes { Array($0.trimmingWhitespace) }
}

private func decoded(_ bytes: UnsafeRawBufferPointer?) -> [UInt8]? {
  guard let bytes else { return nil }
  let out = ByteBuffer()
  PercentEncoding.decode(bytes, into: out)
  return Array(out.readable)
}

extension BodyFraming {
  fileprivate var hasBody: Bool { self != .none }
}

// MARK: HTTP/2

/// The section that the head becomes for an origin of HTTP/2, and the head that such a section becomes for HTTP/1.
private func checkOverHTTP2(_ out: ByteBuffer) {
  guard let fields = RequestFields(out.readable, isSecure: false, acceptsTrailers: false) else {
    fatalError("HTTP/2 has no such request: \(out.readable.text)")
  }
  let section = ByteBuffer()
  var encoder = FieldEncoder()
  encoder.begin(into: section)
  fields.write(by: encoder, into: section)
  let text = RequestText()
  text.begin(limits: HeadLimits(targetBytes: 1 << 20, headBytes: 1 << 20, fieldCount: 1000), nonce: (0, 0))
  decode(section) { text.add($0, $1) }
  guard case .whole(isWebSocket: false) = text.finish() else {
    fatalError("what was said over HTTP/2 is no request: \(out.readable.text)")
  }
  let (narrow, wide) = (RequestHead(buffer: out), RequestHead(buffer: text.out))
  var parser = RequestHeadParser()
  guard case .complete = parser.parse(buffer: out, into: narrow) else { return }
  let result = parser.parse(buffer: text.out, into: wide)
  require(result == .complete(byteCount: text.out.count), "\(result): \(text.out.readable.text)")
  require(
    narrow.method == wide.method && narrow.pathBytes.elementsEqual(wide.pathBytes)
      && narrow.authorityBytes.elementsEqual(wide.authorityBytes)
      && narrow.queryBytes.map { Array($0) } == wide.queryBytes.map { Array($0) },
    "over HTTP/2 it is another request: \(text.out.readable.text)")
  require(lines(narrow) == lines(wide), "over HTTP/2 there are other fields: \(text.out.readable.text)")
}

/// What a head says beside where it goes and how its body ends, cookies in one line behind everything else.
private func lines(_ head: RequestHead) -> [String] {
  var (lines, cookies): ([String], [String]) = ([], [])
  for field in head.fields {
    switch field.id {
    case .host, .transferEncoding: break
    case .cookie: cookies.append(head.value(of: field).text)
    default: lines.append(head.name(of: field).text.lowercased() + ": " + head.value(of: field).text)
    }
  }
  let all = trimmed(cookies.reduce("") { $0.isEmpty ? $1 : $0 + "; " + $1 }.utf8)
  return lines + (all.isEmpty ? [] : [String(decoding: all, as: UTF8.self)])
}

private func decode(_ section: ByteBuffer, _ take: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
  var inflater: OpaquePointer?
  nghttp2_hd_inflate_new(&inflater)
  defer { nghttp2_hd_inflate_del(inflater) }
  while true {
    var field = nghttp2_nv()
    var flags: Int32 = 0
    let bytes = section.readable
    let count = nghttp2_hd_inflate_hd2(
      inflater, &field, &flags, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, 1)
    guard count >= 0 else { fatalError("a section that nobody can read") }
    section.consume(count)
    if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
      take(
        UnsafeRawBufferPointer(start: field.name, count: field.namelen),
        UnsafeRawBufferPointer(start: field.value, count: field.valuelen))
    }
    if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 { return }
  }
}
