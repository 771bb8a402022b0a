import Bytes
import HTTPSemantics
import HTTPWire

/// HTTP_PROXY's answer: the origin's status and body as they are, its fields but for the ones that are remapped or end
/// here (spec § 2.4).
public enum ProxyResponse {
  /// - Parameter fields: gets the field block, without the identifiers that `MethodResponse.finish` adds.
  public static func write(_ head: ResponseHead, into fields: ByteBuffer) {
    var run = FieldRun(head)
    let remapped = FieldRules.remapped
    let dropped = FieldRules.droppedFromProxyResponses
    for index in head.fields.indices {
      let field = head.fields[index]
      if field.id != .other {
        if remapped.contains(field.id) {
          run.flush(into: fields)
          fields.write("x-amzn-Remapped-")
          run.take(field, into: fields)
          continue
        }
        if dropped.contains(field.id) { continue }
      }
      if head.nominatesFields, !head.isEndToEnd(field) { continue }
      run.take(field, into: fields)
    }
    run.flush(into: fields)
  }
}
