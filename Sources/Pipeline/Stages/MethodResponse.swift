import Bytes
import HTTPSemantics
import HTTPWire

/// The last stage: the field block that every response of the gateway ends with.
public enum MethodResponse {
  /// Adds what the gateway says of itself, and a content type where nothing set one (spec § 2.4).
  ///
  /// - Parameter fields: holds the field block so far, and nothing else.
  /// - Parameter status: the client's.
  /// - Parameter answer: the origin's head, for a response whose fields are the origin's.
  public static func finish(
    _ plan: MethodPlan, _ exchange: Exchange, status: Int, fields: ByteBuffer, proxied answer: ResponseHead? = nil
  ) {
    if let answer, let recorder = exchange.recorder { recorder.note(proxied: answer, fields.readable) }
    let hasType =
      answer.map { $0.first(.contentType) != nil } ?? FieldBlock.contains(fields.readable, "content-type")
    // A 304 would change the type of what the client has stored (RFC 9111 § 4.3.4).
    if status != 304, !hasType { fields.write("Content-Type: application/json\r\n") }
    let values = exchange.values
    values.identifiers.write(into: fields)
    if plan.kind == .http {
      fields.write("X-Amzn-Trace-Id: ")
      values.writeTrace(into: fields)
      fields.write("\r\n")
    }
    if let cors = values.deployment?.cors { cors.write(exchange, into: fields) }
  }
}
