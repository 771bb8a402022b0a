import APIModel
import Bytes
import HTTPSemantics

/// What a browser must read in a response before it shows it to a page of another origin (Fetch standard, § 3.2), in
/// every response of the API: those of methods and those of failures. Preflights are methods of their own, which
/// Configuration generates.
struct CORSPlan: Sendable {
  private let allowsEverybody: Bool
  private let origins: [[UInt8]]
  /// `https://` where every host of that scheme may call.
  private let schemes: [[UInt8]]
  private let allowsCredentials: Bool
  /// `Access-Control-Expose-Headers` and its value, as a line; empty: none are exposed.
  private let exposed: [UInt8]

  init(_ settings: CORSSettings) {
    allowsEverybody = settings.allowOrigins.contains("*")
    schemes = settings.allowOrigins.filter { $0.hasSuffix("://*") }.map { Array($0.dropLast().utf8) }
    origins = settings.allowOrigins.map { Array($0.utf8) }
    allowsCredentials = settings.allowCredentials
    exposed =
      settings.exposeHeaders.isEmpty
      ? [] : Array("Access-Control-Expose-Headers: \(settings.exposeHeaders.joined(separator: ","))\r\n".utf8)
  }

  /// Adds what is missing. A response that names an origin itself, the integration's or the definition's, is left as it is.
  func write(_ exchange: Exchange, into fields: ByteBuffer) {
    if !FieldBlock.contains(fields.readable, "access-control-allow-origin") { writeUnnamed(exchange, into: fields) }
  }

  /// The same for a response that names no origin.
  func writeUnnamed(_ exchange: Exchange, into fields: ByteBuffer) {
    let head = exchange.head
    if allowsEverybody {
      fields.write("Access-Control-Allow-Origin: *\r\n")
    } else {
      // What one origin is told must not be what a cache tells another one.
      fields.write("Vary: Origin\r\n")
      guard let field = head.first(.origin), allows(head.value(of: field)) else { return }
      fields.write("Access-Control-Allow-Origin: ")
      fields.write(head.value(of: field))
      fields.write("\r\n")
      if allowsCredentials { fields.write("Access-Control-Allow-Credentials: true\r\n") }
    }
    if !exposed.isEmpty, exchange.method != .options { fields.write(exposed) }
  }

  private func allows(_ origin: UnsafeRawBufferPointer) -> Bool {
    origins.contains { $0.elementsEqual(origin) }
      || schemes.contains { origin.count > $0.count && origin.prefix($0.count).elementsEqual($0) }
  }
}
