import APIModel
import Bytes
import JSONSchema

/// What a method's bodies must look like, by media type (spec § 9).
struct BodyModels: Sendable {
  /// The media types in small letters, in alphabetical order.
  private var entries: [(mediaType: [UInt8], schema: JSONSchema)] = []
  /// The one under `$default`.
  private var fallback: JSONSchema?

  /// Nil where the method's bodies are not validated.
  init?(_ method: Method, _ api: RestAPI, _ schemas: ModelSchemas, _ diagnostics: inout [Diagnostic]) {
    guard method.validatesBody(in: api) else { return nil }
    for (mediaType, name) in method.requestModels.sorted(by: { $0.key < $1.key }) {
      guard let schema = schemas[name] else {
        diagnostics.append(Diagnostic(.error, at: method.location, "there is no model `\(name)`"))
        continue
      }
      if mediaType == "$default" {
        fallback = schema
      } else {
        let essence = mediaType.split(separator: ";").first ?? ""
        entries.append((Array(essence.lowercased().utf8.filter { $0 != 32 }), schema))
      }
    }
    if entries.isEmpty, fallback == nil { return nil }
  }

  /// The schema for a body: by its `Content-Type`, else `$default`'s; nil where there is none.
  /// - Parameter mediaType: without parameters; nil: the request has none, which means JSON.
  func schema(for mediaType: UnsafeRawBufferPointer?) -> JSONSchema? {
    guard let mediaType else {
      return entries.first { $0.mediaType.elementsEqual("application/json".utf8) }?.schema ?? fallback
    }
    for entry in entries where entry.mediaType.count == mediaType.count {
      if entry.mediaType.withUnsafeBytes({ $0.equalsIgnoringCase(mediaType) }) { return entry.schema }
    }
    return fallback
  }
}
