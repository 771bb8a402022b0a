import APIModel
import Bytes
import HTTPSemantics

/// An integration's URI, compiled (spec § 2.5): stage variables are resolved, the endpoint is split off, and `{name}`
/// places know which mapping fills them.
final class URITemplate: Sendable {
  enum Piece: Sendable {
    case literal([UInt8])
    /// A value, and what stands there where it has none: the placeholder itself.
    case value(MappingSource, TargetEncoding, name: String)
    /// What stands there for every request, unless a template overrides it: a static value, or the placeholder itself.
    case fixed([UInt8], TargetEncoding, name: String)
  }

  /// Why a URI is none.
  struct Mistake: Error {
    var message: String
    var suggestion: String?
  }

  let scheme: String
  let tls: Integration.TLSConfig
  /// Nil where the host depends on the request.
  let endpoint: Endpoint?
  /// `Host: …`, with its line's end; empty where the host depends on the request.
  let hostLine: [UInt8]
  let authority: [Piece]
  let path: [Piece]
  /// Without the `?`; empty: none.
  let query: [Piece]
  /// Placeholders that nothing fills; they are sent as they are written, percent-encoded.
  let unmapped: [String]
  /// What nearly every pass-through is: text, and behind it one path variable, or none. Nil for anything else.
  let plainPath: (prefix: [UInt8], capture: Int?)?

  /// - Parameter uri: the text of the definition.
  /// - Parameter variables: the stage's; a missing one is empty text.
  /// - Parameter sources: `integration.request.path.NAME`, by name.
  init(
    _ uri: String, variables: [String: String], sources: [String: MappingSource],
    tls: Integration.TLSConfig = Integration.TLSConfig()
  ) throws(Mistake) {
    let resolved = Self.resolve(uri, variables)
    guard let schemeEnd = resolved.range(of: "://") else {
      throw Mistake(message: "`\(resolved)` is not an absolute URL", suggestion: "write http://… or https://…")
    }
    self.tls = tls
    scheme = resolved[..<schemeEnd.lowerBound].lowercased()
    let behind = resolved[schemeEnd.upperBound...]
    let authorityEnd = Self.end(ofAuthority: behind)
    var rest = behind[authorityEnd...]
    if let hash = rest.firstIndex(of: "#") { rest = rest[..<hash] }
    let mark = rest.firstIndex(of: "?") ?? rest.endIndex
    var unmapped: [String] = []
    authority = Self.pieces(behind[..<authorityEnd], sources, .authority, &unmapped)
    let pathPieces = Self.pieces(rest[..<mark], sources, .path, &unmapped)
    path = pathPieces.isEmpty ? [.literal([UInt8(ascii: "/")])] : pathPieces
    query = mark < rest.endIndex ? Self.pieces(rest[rest.index(after: mark)...], sources, .query, &unmapped) : []
    self.unmapped = unmapped
    plainPath = Self.plain(path)
    let isFixed = authority.allSatisfy { if case .literal = $0 { true } else { false } }
    endpoint = isFixed ? Endpoint(scheme: scheme, authority: String(behind[..<authorityEnd]), tls: tls) : nil
    hostLine = endpoint.map { Array("Host: \($0.hostField)\r\n".utf8) } ?? []
    if isFixed {
      if endpoint == nil { throw Mistake(message: "`\(resolved)` has no endpoint that can be called") }
    } else if scheme != "http" && scheme != "https" {
      throw Mistake(message: "`\(scheme)` is not a scheme that can be called", suggestion: "write http or https")
    }
  }

  private static func plain(_ path: [Piece]) -> (prefix: [UInt8], capture: Int?)? {
    switch (path.first, path.dropFirst().first, path.count) {
    case (.literal(let prefix)?, nil, 1): (prefix, nil)
    case (.literal(let prefix)?, .value(.path(_, let index?), .receivedPath, _)?, 2): (prefix, index)
    default: nil
    }
  }

  /// Replaces every `${stageVariables.NAME}`; `${anything else}` stays.
  static func resolve(_ uri: String, _ variables: [String: String]) -> String {
    var output = ""
    var rest = uri[...]
    while let start = rest.range(of: "${stageVariables.") {
      guard let close = rest[start.upperBound...].firstIndex(of: "}") else { break }
      output += rest[..<start.lowerBound]
      output += variables[String(rest[start.upperBound..<close])] ?? ""
      rest = rest[rest.index(after: close)...]
    }
    return output + rest
  }

  private enum Part { case authority, path, query }

  /// A `{` in the authority may hold a slash only by mistake, so the first slash ends it.
  private static func end(ofAuthority text: Substring) -> String.Index {
    text.firstIndex { "/?#".contains($0) } ?? text.endIndex
  }

  private static func pieces(
    _ text: Substring, _ sources: [String: MappingSource], _ part: Part, _ unmapped: inout [String]
  ) -> [Piece] {
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var rest = text
    func encoded(_ text: Substring) -> [UInt8] { part == .authority ? Array(text.utf8) : Self.encoded(text, part) }
    func add(_ piece: Piece) {
      // The endpoint is decided with the definition wherever it can be, so that connections to it are ready.
      if case .fixed(let bytes, _, _) = piece, part == .authority { return literal += bytes }
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = []
      pieces.append(piece)
    }
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { break }
      literal += encoded(rest[..<open])
      let written = rest[rest.index(after: open)..<close]
      // `{proxy+}` is how the resource's path writes it, and is found in URIs too.
      let name = String(written.hasSuffix("+") ? written.dropLast() : written)
      if rest[..<open].hasSuffix("$") {
        literal += encoded(rest[open...close])  // `${…}` of no stage variable
      } else if let source = sources[name] {
        if case .constant(let text) = source {
          add(.fixed(encoded(String(decoding: text, as: UTF8.self)[...]), Self.encoding(source, part), name: name))
        } else {
          add(.value(source, Self.encoding(source, part), name: name))
        }
      } else {
        unmapped.append(name)
        add(.fixed(encoded(rest[open...close]), part == .query ? .value : .segment, name: name))
      }
      rest = rest[rest.index(after: close)...]
    }
    literal += encoded(rest)
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    return pieces
  }

  /// What the definition writes is taken to be encoded already; only what may not stand there at all is encoded.
  private static func encoded(_ text: Substring, _ part: Part) -> [UInt8] {
    let buffer = ByteBuffer(capacity: 128)
    var text = text
    text.withUTF8 {
      TargetEncoding.write(
        UnsafeRawBufferPointer($0), keeping: part == .query ? TargetEncoding.queryBytes : TargetEncoding.pathBytes,
        into: buffer)
    }
    return Array(buffer.readable)
  }

  private static func encoding(_ source: MappingSource, _ part: Part) -> TargetEncoding {
    // A path variable comes encoded, every other value decoded.
    if case .path = source { return part == .query ? .receivedValue : .receivedPath }
    return part == .query ? .value : .segment
  }
}

extension StringProtocol {
  /// Where a text stands in this one.
  func range(of text: String) -> Range<Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
      at = index(after: at)
    }
    return nil
  }
}
