import Bytes
import HTTPSemantics

/// The header fields that a request's mappings and overrides give, evaluated.
struct MappedHeaders {
  private var lines: [(name: [UInt8], id: FieldID, value: [UInt8])] = []

  /// - Throws: 500 where an illegal header gets a value (spec § 2.3).
  init(_ mapping: RequestMapping, _ exchange: Exchange) throws(GatewayFailure) {
    for header in mapping.headers {
      exchange.scratch.clear()
      guard try exchange.write(header.source, into: exchange.scratch) else { continue }
      try append(header.name, header.id, Array(exchange.scratch.readable), isIllegal: header.isIllegal)
    }
    guard let override = exchange.overridingScope?.requestOverride else { return }
    for (name, values) in override.header {
      let bytes = Array(name.utf8)
      let id = bytes.withUnsafeBytes { FieldID($0) }
      guard bytes.withUnsafeBytes(\.isToken), !FieldRules.droppedDestinations.contains(id) else { continue }
      lines.removeAll { Self.areEqual($0.name, bytes) }
      let value = Array(values.joined(separator: ",").utf8)
      guard !value.isEmpty else { continue }
      try append(bytes, id, value, isIllegal: FieldRules.illegalDestinations.contains(id))
    }
  }

  private mutating func append(
    _ name: [UInt8], _ id: FieldID, _ value: [UInt8], isIllegal: Bool
  ) throws(GatewayFailure) {
    if isIllegal {
      throw .configuration(
        "Execution failed due to configuration error: \(String(decoding: name, as: UTF8.self)) header already present")
    }
    lines.append((name, id, value))
  }

  func contains(_ id: FieldID) -> Bool { lines.contains { $0.id == id } }

  func contains(_ name: UnsafeRawBufferPointer) -> Bool {
    lines.contains { line in line.name.withUnsafeBytes { $0.equalsIgnoringCase(name) } }
  }

  func write(into out: ByteBuffer) {
    for line in lines { line.value.withUnsafeBytes { out.writeField(line.name, value: $0) } }
  }

  private static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.withUnsafeBytes { one in other.withUnsafeBytes { one.equalsIgnoringCase($0) } }
  }
}
