import Bytes
import HTTPSemantics
import HTTPWire
import Pipeline

/// A visitor's request as an HTTP origin gets it (spec § 14.7), and the origin's answer as the visitor does (§ 14.8).
public enum OriginRequest {
  /// Fields that the gateway writes itself, and those that end here beside the ones of a single hop.
  private static let replaced = FieldSet(
    .host, .contentLength, .expect, .via, .xForwardedFor, .xForwardedPort, .xForwardedProto, .xHTTPMethodOverride,
    .maxForwards)

  /// Writes the request line and the fields, without what frames a body and without the empty line.
  /// - Parameters:
  ///   - path: as the distribution has it; `originPath` is put before it here.
  ///   - keepsConditions: whether the client's conditions go on; a cache that asks on its own behalf has others.
  ///   - keepsRange: whether the range that it asks for does.
  ///   - keepsCookies: whether the client's cookies go on, where no policy names them.
  ///   - forwarding: what of the request goes on besides.
  ///   - viewer: what the origin is told of the client in CloudFront's fields; nil: nothing.
  public static func write(
    _ head: RequestHead, to origin: HTTPOrigin, path: UnsafeRawBufferPointer, facts: RequestFacts,
    keepsConditions: Bool = true, keepsRange: Bool = true, keepsCookies: Bool = true,
    forwarding: Forwarding = .standard, viewer: Viewer? = nil,
    into out: ByteBuffer
  ) {
    out.clear()
    let holdsBack = forwarding.holdsBack
    let room = holdsBack ? ByteBuffer(capacity: 256) : nil
    defer { withExtendedLifetime(room) {} }
    let query = if let room { forwarding.query(of: head, room) } else { head.queryBytes }
    if origin.originPathBytes.isEmpty {
      RequestLine.write(method: head.method, path: path, query: query, into: out)
    } else {
      let whole = ByteBuffer(capacity: origin.originPathBytes.count &+ path.count)
      whole.write(origin.originPathBytes)
      whole.write(path)
      RequestLine.write(method: head.method, path: whole.readable, query: query, into: out)
    }
    out.write("Host: ")
    if forwarding.sendsHost, !head.authority.isEmpty {
      out.write(head.authorityBytes)
    } else {
      out.write(origin.endpoint.hostField)
    }
    out.write("\r\n")
    let keepsCookies = keepsCookies || forwarding.namesCookies
    if forwarding.replacesUserAgent { out.write("User-Agent: sluice\r\n") }
    for index in head.fields.indices {
      let field = head.fields[index]
      if field.id != .other, replaced.contains(field.id) { continue }
      if field.id == .cookie {
        if !keepsCookies { continue }
        if !forwarding.passesCookies, !origin.replaces(head.name(of: field)) {
          forwarding.write(cookies: head.value(of: field), into: out)
          continue
        }
      }
      if holdsBack, !forwarding.passes(field, of: head) { continue }
      if !keepsConditions, field.id == .ifNoneMatch || field.id == .ifModifiedSince { continue }
      if !keepsRange, isRange(field, of: head) { continue }
      guard head.isEndToEnd(field), !origin.replaces(head.name(of: field)) else { continue }
      if isForged(field, of: head) { continue }
      head.write(field, into: out)
    }
    if let viewer { viewer.write(into: out) }
    out.write(origin.customLines)
    writeList("X-Forwarded-For: ", .xForwardedFor, of: head, into: out)
    out.write(facts.sender.lastAddress)
    out.write("\r\nX-Forwarded-Port: ")
    out.write(decimal: Int(facts.sender.port))
    out.write(facts.sender.isSecure ? "\r\nX-Forwarded-Proto: https\r\n" : "\r\nX-Forwarded-Proto: http\r\n")
    writeList("Via: ", .via, of: head, into: out)
    out.write("1.1 sluice\r\n")
  }

  /// Whether an API behind the distribution sees another request than the viewer's own.
  public static func differs(_ head: RequestHead, by forwarding: Forwarding) -> Bool {
    if forwarding.holdsBack || !forwarding.told.isEmpty { return true }
    for field in head.fields where isForged(field, of: head) { return true }
    return false
  }

  /// Whether a viewer says something in a name that is the gateway's to use.
  public static func isForged(_ field: FieldSlice, of head: RequestHead) -> Bool {
    field.id == .other && ViewerHeader.isMeant(by: head.name(of: field))
  }

  /// Writes the whole head that an API behind the distribution sees: the viewer's, as far as it goes on, with what is said of the
  /// viewer.
  public static func write(_ head: RequestHead, by forwarding: Forwarding, viewer: Viewer?, into out: ByteBuffer) {
    out.clear()
    let room = ByteBuffer(capacity: 256)
    defer { withExtendedLifetime(room) {} }
    RequestLine.write(method: head.method, path: head.pathBytes, query: forwarding.query(of: head, room), into: out)
    out.write("Host: ")
    out.write(head.authorityBytes)
    out.write("\r\n")
    for field in head.fields where field.id != .host && forwarding.passes(field, of: head) {
      if isForged(field, of: head) { continue }
      if field.id == .cookie, !forwarding.passesCookies {
        forwarding.write(cookies: head.value(of: field), into: out)
      } else {
        head.write(field, into: out)
      }
    }
    if let viewer { viewer.write(into: out) }
    out.write("\r\n")
  }

  /// Whether a field says which part of the whole is wanted.
  public static func isRange(_ field: FieldSlice, of head: RequestHead) -> Bool {
    field.id == .range || (field.id == .other && head.name(of: field).equalsIgnoringCase("if-range"))
  }

  /// Begins a field line with what the message has of it already; our part follows.
  private static func writeList(_ name: StaticString, _ id: FieldID, of head: MessageHead, into out: ByteBuffer) {
    out.write(name)
    guard head.present.contains(id) else { return }
    for field in head.fields where field.id == id && field.valueCount > 0 {
      out.write(head.value(of: field))
      out.write(", ")
    }
  }

  /// Writes the fields of an origin's answer, all but those of one hop and those that frame its body.
  /// - Parameter keepsCookies: whether those that the origin sets are passed on.
  public static func writeAnswer(_ answer: ResponseHead, keepsCookies: Bool = true, into fields: ByteBuffer) {
    for index in answer.fields.indices {
      let field = answer.fields[index]
      if field.id == .contentLength || field.id == .via || !answer.isEndToEnd(field) { continue }
      if !keepsCookies, field.id == .setCookie { continue }
      answer.write(field, into: fields)
    }
    writeList("Via: ", .via, of: answer, into: fields)
    fields.write("1.1 sluice\r\n")
  }
}

extension HTTPOrigin {
  fileprivate func replaces(_ name: UnsafeRawBufferPointer) -> Bool {
    if customNames.isEmpty { return false }
    return customNames.contains { custom in custom.withUnsafeBytes { $0.equalsIgnoringCase(name) } }
  }
}
