import Bytes
import HTTPSemantics
import HTTPWire

/// Whether a response is compressed on its way to the client, and what its fields say then (spec § 3.4).
public enum ResponseCompression {
  /// Decides by the API's `minimumCompressionSize`, the response and the client's `Accept-Encoding`.
  ///
  /// A response that has a coding already, part of a representation, and one whose sender forbids it
  /// (`Cache-Control: no-transform`, RFC 9111 § 5.2.2.6) go as they are. So do those without a body. Any other gets
  /// `Vary: Accept-Encoding`, also where this client is sent it as it is: another might not be.
  /// - Parameter size: bytes of the body; nil: not known yet, since it streams.
  /// - Parameter fields: the field block.
  /// - Returns: the coding; then `mark` must follow.
  @inline(__always)
  public static func coding(
    _ exchange: Exchange, status: Int, size: Int?, fields: ByteBuffer
  ) -> ContentCoding? {
    guard let minimum = exchange.deployment?.minimumCompressionSize else { return nil }
    return decide(exchange, minimum, status, size, fields)
  }

  @inline(never)
  private static func decide(
    _ exchange: Exchange, _ minimum: Int, _ status: Int, _ size: Int?, _ fields: ByteBuffer
  ) -> ContentCoding? {
    let head = exchange.head
    guard size.map({ $0 >= max(minimum, 1) }) ?? true, head.method != .head, status >= 200, status != 204,
      status != 205, status != 206, status != 304, !isFixed(fields.readable)
    else { return nil }
    addVary(to: fields)
    var accepted = AcceptedCodings()
    guard read(head, into: &accepted) else { return nil }
    return accepted.preferred
  }

  /// Reads what a request says of codings.
  /// - Returns: false where it wants no transformation (RFC 9111 § 5.2.1.6).
  public static func read(_ head: RequestHead, into accepted: inout AcceptedCodings) -> Bool {
    var index = 0
    while index < head.fields.count {
      let field = head.fields[index]
      index &+= 1
      if field.id == .acceptEncoding { accepted.add(head.value(of: field)) }
      if field.id == .cacheControl, forbidsTransformation(head.value(of: field)) { return false }
    }
    return true
  }

  /// Rewrites the fields for a body that will be sent in a coding: it is named, an entity tag becomes a weak one
  /// (RFC 9110 § 8.8.1) or, where it is none, is left out, as is what speaks of the bytes as they were.
  public static func mark(_ fields: ByteBuffer, as coding: ContentCoding) {
    weaken(fields)
    fields.write("Content-Encoding: ")
    fields.write(coding.name)
    fields.write("\r\n")
  }

  /// The same, for a 304 to a client that has such a body: the coding is not named.
  public static func weaken(_ fields: ByteBuffer) {
    let fresh = ByteBuffer(capacity: fields.count &+ 64)
    FieldBlock.forEach(fields.readable) { line in
      if line.name.equalsIgnoringCase("etag") {
        if line.value.first == UInt8(ascii: "\"") {
          fresh.write("ETag: W/")
          fresh.write(line.value)
          fresh.write("\r\n")
        } else if line.value.first == UInt8(ascii: "W") {
          fresh.write(line.whole)
        }
      } else if !ofBytes.contains(where: { line.name.equalsIgnoringCase($0) }) {
        fresh.write(line.whole)
      }
    }
    fields.clear()
    fields.write(fresh.readable)
  }

  /// Fields that are about the very bytes that are sent. An empty `Content-Encoding` or `identity` goes, too.
  private static let ofBytes: [StaticString] = [
    "content-encoding", "content-md5", "digest", "content-digest", "repr-digest", "accept-ranges",
  ]

  /// Whether a response goes as it is, whoever asks: it has a coding, or is a part, or may not be transformed.
  public static func isFixed(_ block: UnsafeRawBufferPointer) -> Bool {
    var isFixed = false
    FieldBlock.forEach(block) { line in
      if line.name.equalsIgnoringCase("content-encoding") {
        isFixed = isFixed || !(line.value.isEmpty || line.value.equalsIgnoringCase("identity"))
      } else if line.name.equalsIgnoringCase("content-range") {
        isFixed = true
      } else if line.name.equalsIgnoringCase("cache-control") {
        isFixed = isFixed || forbidsTransformation(line.value)
      }
    }
    return isFixed
  }

  private static func forbidsTransformation(_ value: UnsafeRawBufferPointer) -> Bool {
    contains(value, "no-transform")
  }

  /// The media type that the fields give, without its parameters; empty where they give none.
  public static func mediaType(in block: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var type = UnsafeRawBufferPointer(start: nil, count: 0)
    FieldBlock.forEach(block) { line in
      guard type.isEmpty, line.name.equalsIgnoringCase("content-type") else { return }
      let end = line.value.firstIndex(of: UInt8(ascii: ";")) ?? line.value.count
      type = UnsafeRawBufferPointer(rebasing: line.value[..<end]).trimmingWhitespace
    }
    return type
  }

  /// Says that `Accept-Encoding` chooses, if the fields do not say so yet.
  public static func addVary(to fields: ByteBuffer) {
    var isThere = false
    FieldBlock.forEach(fields.readable) { line in
      guard line.name.equalsIgnoringCase("vary") else { return }
      isThere = isThere || contains(line.value, "accept-encoding") || contains(line.value, "*")
    }
    if !isThere { fields.write("Vary: Accept-Encoding\r\n") }
  }

  /// Whether one of the members of a list is this token.
  private static func contains(_ list: UnsafeRawBufferPointer, _ token: StaticString) -> Bool {
    list.split(separator: UInt8(ascii: ",")).contains {
      UnsafeRawBufferPointer(rebasing: $0).trimmingWhitespace.equalsIgnoringCase(token)
    }
  }
}
