import Bytes
import HTTPSemantics

/// Which fields of a response are kept (RFC 9111 § 3.1), and how a kept response takes over those of a newer one.
public enum StoredFields {
  /// Writes the fields that are stored: not those of the connection, not those that `no-cache` and `private` name, not
  /// `Age`, which is counted on, and not what says where the body ends, which is known.
  /// - Parameters:
  ///   - keepsRestricted: with the fields that `no-cache` and `private` name: for the one who asked.
  ///   - keepsRange: with `Content-Range`. That of a part is known otherwise, and is another one when the part has grown; but for
  ///     a 416's it means nothing elsewhere (RFC 9110 § 14.4).
  public static func write(
    _ fields: FieldBlock, keepsRestricted: Bool = false, keepsRange: Bool = false, into out: ByteBuffer
  ) {
    var restricts = false
    var nominates = false
    for line in fields {
      if line.id == .cacheControl { restricts = restricts || line.value.contains(61) }
      if line.id == .connection { nominates = true }
    }
    for line in fields where isStored(line) {
      if nominates, isNominated(line.name, by: fields) { continue }
      if !keepsRange, line.isNamed("content-range") { continue }
      if restricts, !keepsRestricted, isRestricted(line.name, by: fields) { continue }
      out.write(UnsafeRawBufferPointer(rebasing: fields.bytes[line.range]))
    }
  }

  /// Writes the stored fields as a newer response to the same request updates them: those it has replace all lines of the
  /// same name (RFC 9111 § 3.2). `Content-Length` and, since the body stays as it is, the codings and the range of the
  /// stored one are kept.
  public static func write(_ stored: FieldBlock, updatedBy newer: FieldBlock, into out: ByteBuffer) {
    for line in stored where !isReplaced(line, by: newer) {
      out.write(UnsafeRawBufferPointer(rebasing: stored.bytes[line.range]))
    }
    for line in newer
    where isStored(line) && updates(line) && !isNominated(line.name, by: newer)
      && !isRestricted(line.name, by: newer)
    {
      out.write(UnsafeRawBufferPointer(rebasing: newer.bytes[line.range]))
    }
  }

  private static func isStored(_ line: FieldBlock.Line) -> Bool {
    switch line.id {
    case .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .trailer, .proxyAuthenticate,
      .proxyAuthorization, .age, .contentLength:
      false
    case .other:
      !line.name.equalsIgnoringCase("proxy-authentication-info") && !line.name.equalsIgnoringCase("cache-status")
    default: true
    }
  }

  /// Whether a field of a newer response describes the stored body, too.
  private static func updates(_ line: FieldBlock.Line) -> Bool {
    line.id != .contentEncoding && !line.isNamed("content-range")
  }

  private static func isReplaced(_ line: FieldBlock.Line, by newer: FieldBlock) -> Bool {
    guard updates(line) else { return false }
    for other in newer where other.id == line.id {
      if line.id != .other || other.name.equalsIgnoringCase(line.name) { return true }
    }
    return false
  }

  private static func isNominated(_ name: UnsafeRawBufferPointer, by fields: FieldBlock) -> Bool {
    for line in fields where line.id == .connection {
      var options = ListElements(line.value)
      while let option = options.next() {
        if option.equalsIgnoringCase(name) { return true }
      }
    }
    return false
  }

  /// Whether a field is kept from those who did not ask for the response first.
  static func isRestricted(_ name: StaticString, by fields: FieldBlock) -> Bool {
    isRestricted(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), by: fields)
  }

  /// Whether `no-cache="…"` or `private="…"` names the field (RFC 9111 § 5.2.2.4 and § 5.2.2.7).
  private static func isRestricted(_ name: UnsafeRawBufferPointer, by fields: FieldBlock) -> Bool {
    for line in fields where line.id == .cacheControl {
      var list = DirectiveList(line.value)
      while let directive = list.next() {
        guard let argument = directive.argument,
          directive.name.equalsIgnoringCase("no-cache") || directive.name.equalsIgnoringCase("private")
        else { continue }
        var names = ListElements(argument)
        while let named = names.next() {
          if named.equalsIgnoringCase(name) { return true }
        }
      }
    }
    return false
  }
}
