import Bytes
import JSON

/// `$input`: the body and the parameters of the request.
extension MethodCall {
  func onInput(_ receiver: OpaqueObject) throws(Signal) -> Value {
    switch (name, count) {
    case (.getBody, 0): return machine.scope.bodyText
    case (.path, 1):
      guard let path = try pathArgument() else { return .null }
      return try machine.evaluate(path)
    case (.json, 1):
      guard let path = try pathArgument() else { return .null }
      return try machine.text { (writer) throws(Signal) in
        try machine.writeJSON(path, into: writer)
      }
    case (.params, 0): return .object(machine.scope.parameterMap)
    case (.params, 1):
      guard let name = self[0].asText else { return isNull(0) ? .emptyText : .null }
      return machine.scope.parameter(name)
    default: return try onObject(.object(receiver))
    }
  }

  private func pathArgument() throws(Signal) -> BodyPath? {
    if let ready = site.path { return ready }
    if isNull(0) { throw .exception("java.lang.IllegalArgumentException: json can not be null or empty") }
    guard let text = self[0].asText else { return nil }
    return try machine.path(text)
  }
}
