import Bytes
import Glibc
import HTTPSemantics
import HTTPWire

/// A form's parts (`multipart/form-data`: RFC 7578, RFC 2046 § 5.1), for detection, which would take what frames them for SQL: its
/// quotes open texts, and the dashes of the next boundary comment out the rest.
///
///     --boundary CRLF fields CRLF CRLF value CRLF --boundary CRLF … --boundary-- CRLF
///
/// Nothing but the boundaries is left out. Whether they part anything is not guessed: where another reader might see another
/// boundary, a body is one text.
struct FormParts {
  private let boundary: UnsafeRawBufferPointer

  /// - Returns: nil where a request does not say, in the one plain way, that its body is such a form.
  init?(_ head: RequestHead) {
    guard head.present.contains(.contentType) else { return nil }
    var found: UnsafeRawBufferPointer?
    for field in head.fields where field.id == .contentType {
      guard found == nil, let boundary = Self.boundary(head.value(of: field)) else { return nil }
      found = boundary
    }
    guard let found else { return nil }
    boundary = found
  }

  private static func boundary(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let type = MediaType(value), type.isEssence("multipart/form-data") else { return nil }
    var parameters = type.parameters
    guard let parameter = parameters.next(), parameter.name.equalsIgnoringCase("boundary"), !parameter.value.isEmpty,
      parameter.value.count <= 70, parameter.value.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 92 })
    else { return nil }
    // It is the only parameter, and the last thing that is there.
    let end = parameter.isQuoted ? value.count &- 1 : value.count
    guard let base = value.baseAddress, let start = parameter.value.baseAddress,
      start + parameter.value.count == base + end
    else { return nil }
    return parameter.value
  }

  /// Gives `visit` what stands before the first boundary, each part's fields, each part's value, and what stands behind the last.
  func forEach(of body: UnsafeRawBufferPointer, _ visit: (UnsafeRawBufferPointer) -> Void) {
    var from = 0
    // What begins at `from` has fields: it does not stand before the first boundary.
    var isPart = false
    if isBoundary(body, at: 0) {
      from = 2 &+ boundary.count
      isPart = true
    }
    while let end = Self.lineEnd(body, from: from, where: { isBoundary(body, at: $0 &+ 2) }) {
      show(UnsafeRawBufferPointer(rebasing: body[from..<end]), isPart, visit)
      from = end &+ 4 &+ boundary.count
      isPart = true
    }
    show(UnsafeRawBufferPointer(rebasing: body[from...]), isPart, visit)
  }

  private func show(_ part: UnsafeRawBufferPointer, _ isPart: Bool, _ visit: (UnsafeRawBufferPointer) -> Void) {
    guard isPart, let end = Self.lineEnd(part, from: 0, where: { Self.isLineEnd(part, at: $0 &+ 2) }) else {
      if !part.isEmpty { visit(part) }
      return
    }
    visit(UnsafeRawBufferPointer(rebasing: part[..<end]))
    if end &+ 4 < part.count { visit(UnsafeRawBufferPointer(rebasing: part[(end &+ 4)...])) }
  }

  /// Whether two dashes and the boundary stand here, and not a longer one. What else stands on their line is the next part's.
  private func isBoundary(_ body: UnsafeRawBufferPointer, at start: Int) -> Bool {
    let end = start &+ 2 &+ boundary.count
    guard end <= body.count, body[start] == 45, body[start &+ 1] == 45,
      body[(start &+ 2)..<end].elementsEqual(boundary)
    else { return false }
    return end == body.count || body[end] == 13 || body[end] == 45 || body[end] == 32 || body[end] == 9
  }

  /// Where the next CRLF begins of which something is so.
  private static func lineEnd(
    _ text: UnsafeRawBufferPointer, from: Int, where isSo: (Int) -> Bool
  ) -> Int? {
    var at = from
    while at < text.count, let base = text.baseAddress, let found = memchr(base + at, 13, text.count &- at) {
      let end = UnsafeRawPointer(found) - base
      if isLineEnd(text, at: end), isSo(end) { return end }
      at = end &+ 1
    }
    return nil
  }

  private static func isLineEnd(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    place &+ 1 < text.count && text[place] == 13 && text[place &+ 1] == 10
  }
}
