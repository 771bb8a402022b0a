import APIModel
import Bytes
import HTTPSemantics
import HTTPWire
import JSON

/// The one place where failures become responses (spec § 10).
public enum GatewayResponses {
  /// Writes the response to a failure of an exchange, as its API customises it.
  ///
  /// - Parameter fields: gets the field block, without framing; cleared first.
  /// - Parameter body: gets the body; cleared first.
  /// - Returns: the status.
  public static func write(
    _ failure: GatewayFailure, _ exchange: Exchange, fields: ByteBuffer, body: ByteBuffer
  ) -> Int {
    fields.clear()
    body.clear()
    let values = exchange.values
    values.failure = failure
    if failure.fault != .client { values.integrationError = failure.reason }
    let entry = values.deployment?.gatewayResponses.entry(for: failure)
    values.identifiers.write(into: fields)
    if let errorType = failure.errorType, !(entry?.namesErrorType ?? false) {
      write(errorType: errorType, into: fields)
    }
    if failure.type == .integrationTimeout {
      // Seen on AWS with this type, and with no other.
      fields.write("X-Amzn-Trace-Id: ")
      values.writeTrace(into: fields)
      fields.write("\r\n")
    }
    let chosen = entry.flatMap { template(of: $0, values) }
    if let recorder = exchange.recorder {
      recorder.note(failure, answeredBy: entry, template: chosen?.mediaType, exchange)
    }
    var hasContentType = false
    for (name, source, _) in entry?.headers ?? [] {
      guard let text = exchange.gatewayValue(source) else { continue }
      let id = name.withUnsafeBytes { FieldID($0) }
      if FieldRules.droppedWhenMapped.contains(id) { continue }
      if id == .contentType { hasContentType = true }
      let prefix: StaticString = FieldRules.remapped.contains(id) ? "x-amzn-Remapped-" : ""
      fields.writeField(prefix: prefix, name, value: text)
    }
    if !hasContentType {
      fields.write("Content-Type: ")
      fields.write(chosen?.mediaType ?? "application/json")
      fields.write("\r\n")
    }
    if let cors = values.deployment?.cors { cors.write(exchange, into: fields) }
    if let chosen { chosen.template.render(values, into: body) } else { writeDefaultBody(failure, into: body) }
    return entry?.status ?? failure.status
  }

  /// Writes the response to a request that came to no exchange: a malformed head, say.
  public static func write(
    _ failure: GatewayFailure, _ facts: RequestFacts, fields: ByteBuffer, body: ByteBuffer
  ) -> Int {
    fields.clear()
    body.clear()
    facts.writeIdentifiers(into: fields)
    if let errorType = failure.errorType { write(errorType: errorType, into: fields) }
    fields.write("Content-Type: application/json\r\n")
    writeDefaultBody(failure, into: body)
    return failure.status
  }

  private static func write(errorType: String, into fields: ByteBuffer) {
    fields.write("x-amzn-ErrorType: ")
    fields.write(errorType)
    fields.write("\r\n")
  }

  private static func writeDefaultBody(_ failure: GatewayFailure, into body: ByteBuffer) {
    body.write("{\"")
    body.write(failure.type?.key ?? "message")
    body.write(failure.type?.bodyHasSpace == true ? "\": " : "\":")
    body.write(failure.message.map(JSONWriter.quoted) ?? "null")
    body.write("}")
  }

  /// By the first media type of `Accept`, then by `Content-Type`, then JSON, then the first there is.
  private static func template(
    of entry: GatewayResponsePlan.Entry, _ values: RequestValues
  ) -> (mediaType: String, template: SubstitutionTemplate)? {
    guard entry.templates.count > 1 else { return entry.templates.first }
    let head = values.head
    let wanted = [
      head.first(.accept).map { MediaType.first(head.value(of: $0)).text.lowercased() },
      head.first(.contentType).map { MediaType.essence(head.value(of: $0)).text.lowercased() },
      "application/json",
    ]
    for mediaType in wanted {
      if let found = entry.templates.first(where: { $0.mediaType == mediaType }) { return found }
    }
    return entry.templates.first
  }
}
