import APIModel
import Bytes
import HTTPSemantics
import JSON
import Velocity

/// A gateway response's template: text with `$context.…`, `$stageVariables.…` and `$method.request.…` in it, which is
/// not Velocity and only replaces (spec § 10). The dollar before `method.request` may be missing.
///
/// `$context.error.validationErrorString` is full of quotation marks, and people write quotation marks around it. In a
/// template of JSON it is put in as the inside of a JSON string, so that what comes out is JSON [inferred].
struct SubstitutionTemplate: Sendable {
  private enum Piece: Sendable {
    case text([UInt8])
    case context(String)
    /// `$context.error.validationErrorString` in JSON.
    case escapedErrors
    case path(String), query(String), header(String)
    /// All values, joined with commas.
    case multiQuery(String), multiHeader(String)
  }

  private var pieces: [Piece] = []

  /// - Parameter mediaType: what comes out, in small letters.
  init(_ source: String, _ mediaType: String, stage: Stage) {
    let isJSON = mediaType.contains("json")
    let bytes = Array(source.utf8)
    var text: [UInt8] = []
    var at = 0
    while at < bytes.count {
      guard let (piece, end) = Self.token(bytes, at, stage) else {
        text.append(bytes[at])
        at += 1
        continue
      }
      if !text.isEmpty { pieces.append(.text(text)) }
      text = []
      if case .context("error.validationErrorString") = piece, isJSON {
        pieces.append(.escapedErrors)
      } else {
        pieces.append(piece)
      }
      at = end
    }
    if !text.isEmpty { pieces.append(.text(text)) }
  }

  func render(_ values: RequestValues, into out: ByteBuffer) {
    for piece in pieces {
      switch piece {
      case .text(let bytes): out.write(bytes)
      case .context(let name): out.write(values.variable(name) ?? "")
      case .escapedErrors:
        out.write(JSONWriter.quoted(values.variable("error.validationErrorString") ?? "").dropFirst().dropLast())
      case .path(let name): out.write(values.parameter(.path, name) ?? "")
      case .query(let name): out.write(values.parameter(.querystring, name) ?? "")
      case .header(let name): out.write(values.parameter(.header, name) ?? "")
      case .multiQuery(let name): out.write(values.joined(.querystring, name))
      case .multiHeader(let name): out.write(values.joined(.header, name))
      }
    }
  }

  /// The variable that begins at a place, and where it ends.
  private static func token(_ bytes: [UInt8], _ start: Int, _ stage: Stage) -> (Piece, Int)? {
    let kinds: [(String, (String) -> Piece)] = [
      ("$context.", { .context($0) }),
      ("$stageVariables.", { .text(Array((stage.variables[$0] ?? "").utf8)) }),
      ("$method.request.path.", { .path($0) }), ("method.request.path.", { .path($0) }),
      ("$method.request.querystring.", { .query($0) }), ("method.request.querystring.", { .query($0) }),
      ("$method.request.header.", { .header($0) }), ("method.request.header.", { .header($0) }),
      ("$method.request.multivaluequerystring.", { .multiQuery($0) }),
      ("method.request.multivaluequerystring.", { .multiQuery($0) }),
      ("$method.request.multivalueheader.", { .multiHeader($0) }),
      ("method.request.multivalueheader.", { .multiHeader($0) }),
    ]
    guard bytes[start] == UInt8(ascii: "$") || bytes[start] == UInt8(ascii: "m") else { return nil }
    for (prefix, piece) in kinds where bytes[start...].starts(with: prefix.utf8) {
      let nameStart = start + prefix.utf8.count
      var end = nameStart
      while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
      // A sentence's full stop behind a name is not part of it.
      while end > nameStart, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
      guard end > nameStart else { return nil }
      return (piece(String(decoding: bytes[nameStart..<end], as: UTF8.self)), end)
    }
    return nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte &- 48 < 10 || (byte | 32) &- 97 < 26 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }
}

extension RequestValues {
  /// All values of a header or of a query parameter, decoded and joined with commas.
  fileprivate func joined(_ location: ParameterLocation, _ name: String) -> String {
    var name = name
    var texts: [String] = []
    name.withUTF8 { name in
      let name = UnsafeRawBufferPointer(name)
      if location == .header {
        forEachHeader(name) { texts.append($0.text) }
      } else {
        forEachQuery(name) { texts.append(PercentEncoding.decoded($0, plusIsSpace: true)) }
      }
    }
    return texts.joined(separator: ",")
  }
}
