import Bytes
import HTTPSemantics
import HTTPWire
import Velocity

/// The target of an integration's request, and where it goes.
enum RequestTarget {
  /// Writes the rest of the request line behind the method: `path?query HTTP/1.1 CRLF`.
  ///
  /// The query is what the URI says, then what the client sent (HTTP_PROXY), then what is mapped: values are merged,
  /// never replaced (spec § 2.1).
  static func write(
    _ plan: MethodPlan, _ uri: URITemplate, _ exchange: Exchange, passesQuery: Bool, into out: ByteBuffer
  ) throws(GatewayFailure) {
    let override = exchange.overridingScope?.requestOverride
    if override == nil, let plain = uri.plainPath {
      out.write(plain.prefix)
      if let capture = plain.capture, let bytes = exchange.values.capture(capture) {
        if bytes.climbs { throw outOfPlace }
        TargetEncoding.receivedPath.write(bytes, into: out)
      }
    } else {
      try write(uri.path, override?.path ?? [], exchange, isPath: true, into: out)
    }
    var separator = UInt8(ascii: "?")
    if !uri.query.isEmpty {
      out.write(byte: separator)
      separator = UInt8(ascii: "&")
      try write(uri.query, override?.path ?? [], exchange, into: out)
    }
    if passesQuery, let query = exchange.head.queryBytes, !query.isEmpty {
      out.write(byte: separator)
      separator = UInt8(ascii: "&")
      TargetEncoding.write(query, keeping: TargetEncoding.queryBytes, into: out)
    }
    if !plan.mapping.query.isEmpty || override != nil {
      try writeMapped(plan.mapping.query, override, exchange, &separator, into: out)
    }
    out.write(" HTTP/1.1\r\n")
  }

  private static func writeMapped(
    _ query: [RequestMapping.Query], _ override: RequestOverride?, _ exchange: Exchange, _ separator: inout UInt8,
    into out: ByteBuffer
  ) throws(GatewayFailure) {
    for parameter in query {
      if let override, override.querystring.contains(where: { $0.name.utf8.elementsEqual(parameter.name) }) { continue }
      try write(parameter, exchange, &separator, into: out)
    }
    for (name, values) in override?.querystring ?? [] {
      for value in values { write(name, value, &separator, into: out) }
    }
  }

  /// 400: a value leads out of the part of the backend that the definition opens to clients.
  private static var outOfPlace: GatewayFailure {
    .wire(
      status: 400, message: "Bad Request", reason: "a value leads out of the path that the integration's URI puts it to"
    )
  }

  /// Where the request goes.
  static func endpoint(_ uri: URITemplate, _ exchange: Exchange) throws(GatewayFailure) -> Endpoint {
    if let endpoint = uri.endpoint { return endpoint }
    let authority = ByteBuffer(capacity: 64)
    try write(uri.authority, exchange.overridingScope?.requestOverride.path ?? [], exchange, into: authority)
    guard let endpoint = Endpoint(scheme: uri.scheme, authority: authority.readable.text, tls: uri.tls) else {
      throw .configuration("Invalid endpoint address: `\(authority.readable.text)`")
    }
    return endpoint
  }

  /// Writes the `Host` line.
  static func writeHost(_ uri: URITemplate, _ endpoint: Endpoint, into out: ByteBuffer) {
    if uri.endpoint != nil { return out.write(uri.hostLine) }
    out.write("Host: ")
    out.write(endpoint.hostField)
    out.write("\r\n")
  }

  private static func write(
    _ pieces: [URITemplate.Piece], _ overrides: [(name: String, values: [String])], _ exchange: Exchange,
    isPath: Bool = false, into out: ByteBuffer
  ) throws(GatewayFailure) {
    for piece in pieces {
      let start = out.writeIndex
      switch piece {
      case .literal(let bytes):
        out.write(bytes)
        continue
      case .fixed(let bytes, let encoding, let name):
        if !writeOverride(of: name, overrides, encoding, into: out) {
          out.write(bytes)
          continue
        }
      case .value(let source, let encoding, let name):
        if writeOverride(of: name, overrides, encoding, into: out) {
          break
        } else if case .path(_, let index?) = source, let capture = exchange.values.capture(index) {
          encoding.write(capture, into: out)
        } else {
          exchange.scratch.clear()
          if try exchange.write(source, into: exchange.scratch) {
            encoding.write(exchange.scratch.readable, into: out)
          } else {
            out.write("%7B")
            out.write(name)
            out.write("%7D")
          }
        }
      }
      if isPath, out[start..<out.writeIndex].climbs { throw outOfPlace }
    }
  }

  /// - Returns: whether a template has set the place of this name.
  private static func writeOverride(
    of name: String, _ overrides: [(name: String, values: [String])], _ encoding: TargetEncoding,
    into out: ByteBuffer
  ) -> Bool {
    guard var value = overrides.first(where: { $0.name == name })?.values.last else { return false }
    value.withUTF8 { encoding.ofDecoded.write(UnsafeRawBufferPointer($0), into: out) }
    return true
  }

  private static func write(
    _ parameter: RequestMapping.Query, _ exchange: Exchange, _ separator: inout UInt8, into out: ByteBuffer
  ) throws(GatewayFailure) {
    if case .multiQuery(let source) = parameter.source {
      var mark = separator
      source.withUnsafeBytes {
        exchange.values.forEachQuery($0) { value in
          let decoded = PercentEncoding.decoded(value, plusIsSpace: true)
          write(encodedName: parameter.name, decoded, &mark, into: out)
        }
      }
      separator = mark
      return
    }
    exchange.scratch.clear()
    guard try exchange.write(parameter.source, into: exchange.scratch) else { return }
    out.write(byte: separator)
    separator = UInt8(ascii: "&")
    out.write(parameter.name)
    out.write("=")
    TargetEncoding.value.write(exchange.scratch.readable, into: out)
  }

  private static func write(_ name: String, _ value: String, _ separator: inout UInt8, into out: ByteBuffer) {
    let encoded = ByteBuffer(capacity: 64)
    var name = name
    name.withUTF8 { TargetEncoding.value.write(UnsafeRawBufferPointer($0), into: encoded) }
    write(encodedName: Array(encoded.readable), value, &separator, into: out)
  }

  private static func write(
    encodedName: [UInt8], _ value: String, _ separator: inout UInt8, into out: ByteBuffer
  ) {
    out.write(byte: separator)
    separator = UInt8(ascii: "&")
    out.write(encodedName)
    out.write("=")
    var value = value
    value.withUTF8 { TargetEncoding.value.write(UnsafeRawBufferPointer($0), into: out) }
  }
}
