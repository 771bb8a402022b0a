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
  ///   - keepsCookies: whether the client's cookies go on.
  ///   - viewer: what the origin is told of the client in CloudFront's fields; nil: nothing.
  public static func write(
    _ head: RequestHead, to origin: HTTPOrigin, path: UnsafeRawBufferPointer, facts: RequestFacts,
    keepsConditions: Bool = true, keepsRange: Bool = true, keepsCookies: Bool = true,
    viewer: Viewer? = nil,
    into out: ByteBuffer
  ) {
    out.clear()
    if origin.originPathBytes.isEmpty {
      RequestLine.write(method: head.method, path: path, query: head.queryBytes, into: out)
    } else {
      let whole = ByteBuffer(capacity: origin.originPathBytes.count &+ path.count)
      whole.write(origin.originPathBytes)
      whole.write(path)
      RequestLine.write(method: head.method, path: whole.readable, query: head.queryBytes, into: out)
    }
    out.write("Host: ")
    out.write(origin.endpoint.hostField)
    out.write("\r\n")
    for index in head.fields.indices {
      let field = head.fields[index]
      if field.id != .other, replaced.contains(field.id) { continue }
      if !keepsCookies, field.id == .cookie { continue }
      if !keepsConditions, field.id == .ifNoneMatch || field.id == .ifModifiedSince { continue }
      if !keepsRange, isRange(field, of: head) { continue }
      guard head.isEndToEnd(field), !origin.replaces(head.name(of: field)) else { continue }
      if field.id == .other, ViewerHeader.isMeant(by: head.name(of: field)) { continue }
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
