import Bytes
import HTTPSemantics
import HTTPWire
import JSON
import JSONPaths

/// Evaluating source expressions. A source that is missing, null or empty writes nothing (spec § 2.1).
extension Exchange {
  /// Writes a source's value behind what `out` holds.
  /// - Returns: whether there was one.
  /// - Throws: 400 for a JSONPath into a request body that begins like JSON and is not; 500 for one into such an answer.
  func write(_ source: MappingSource, into out: ByteBuffer) throws(GatewayFailure) -> Bool {
    let before = out.writeIndex
    switch source {
    case .constant(let text): out.write(text)
    case .path(let name, let index):
      guard let place = index ?? values.plan?.pathVariables.firstIndex(of: name) else { return false }
      if let capture = values.capture(place) { out.write(capture) }
    case .header(let name): writeHeaders(name, joined: false, out)
    case .multiHeader(let name): writeHeaders(name, joined: true, out)
    case .query(let name):
      var last: UnsafeRawBufferPointer?
      name.withUnsafeBytes { values.forEachQuery($0) { last = $0 } }
      if let last { PercentEncoding.decode(last, plusIsSpace: true, into: out) }
    case .multiQuery(let name):
      name.withUnsafeBytes {
        values.forEachQuery($0) { value in
          if out.writeIndex > before { out.write(",") }
          PercentEncoding.decode(value, plusIsSpace: true, into: out)
        }
      }
    case .body:
      if let body, !body.isEmpty { out.write(body.readable) } else { out.write("{}") }
    case .bodyPath(let path):
      guard let document = try requestDocument() else { return false }
      return path.write(from: document.root, into: out)
    case .responseHeader(let name): writeResponseHeaders(name, joined: false, out)
    case .multiResponseHeader(let name): writeResponseHeaders(name, joined: true, out)
    case .responseBody:
      if let answer { out.write(answer.readable) }
    case .responseBodyPath(let path):
      guard let document = try responseDocument() else { return false }
      return path.write(from: document.root, into: out)
    case .context(let name): out.write(values.variable(name) ?? "")
    }
    return out.writeIndex > before
  }

  /// A source's value as text, for gateway responses, which cannot fail.
  func gatewayValue(_ source: MappingSource) -> String? {
    let scratch = ByteBuffer(capacity: 128)
    guard (try? write(source, into: scratch)) == true else { return nil }
    return scratch.readable.text
  }

  private func writeHeaders(_ name: [UInt8], joined: Bool, _ out: ByteBuffer) {
    var last: UnsafeRawBufferPointer?
    var isFirst = true
    name.withUnsafeBytes {
      values.forEachHeader($0) { value in
        last = value
        guard joined else { return }
        if !isFirst { out.write(",") }
        out.write(value)
        isFirst = false
      }
    }
    if !joined, let last { out.write(last) }
  }

  private func writeResponseHeaders(_ name: [UInt8], joined: Bool, _ out: ByteBuffer) {
    guard let head = answerHead else { return }
    var last: UnsafeRawBufferPointer?
    var isFirst = true
    name.withUnsafeBytes {
      head.forEachValue(of: $0) { _, value in
        last = value
        guard joined else { return }
        if !isFirst { out.write(",") }
        out.write(value)
        isFirst = false
      }
    }
    if !joined, let last { out.write(last) }
  }

  /// The request's body as JSON, parsed once.
  /// - Returns: nil for a body that does not begin like JSON.
  private func requestDocument() throws(GatewayFailure) -> JSONDocument? {
    if let parsedBody { return parsedBody }
    do {
      parsedBody = try Self.document(body?.readable)
    } catch {
      throw GatewayFailure(
        .badRequestBody, message: "Invalid JSON in request body", reason: "the request's body is not JSON: \(error)")
    }
    return parsedBody
  }

  private func responseDocument() throws(GatewayFailure) -> JSONDocument? {
    if let parsedAnswer { return parsedAnswer }
    do {
      parsedAnswer = try Self.document(answer?.readable)
    } catch {
      throw .configuration("the integration's body is not JSON: \(error)")
    }
    return parsedAnswer
  }

  private static func document(_ bytes: UnsafeRawBufferPointer?) throws(JSONError) -> JSONDocument? {
    guard let bytes, let first = bytes.first(where: { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }) else { return nil }
    guard #"{["'"#.utf8.contains(first) else { return nil }
    return try JSONDocument(parsing: bytes)
  }
}
