import APIModel
import Bytes
import Velocity

/// A parameter that a request must have (spec § 9).
struct RequiredParameter: Sendable {
  let location: ParameterLocation
  let name: String

  /// Those that a method declares as required, where its validator looks at parameters; in the order in which AWS names
  /// them, that of the whole keys.
  static func all(of method: Method, _ api: RestAPI, _ diagnostics: inout [Diagnostic]) -> [RequiredParameter] {
    guard let name = method.requestValidator else { return [] }
    guard let validator = api.requestValidators[name] else {
      let known = api.requestValidators.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
      diagnostics.append(
        Diagnostic(
          .error, at: method.location, "there is no request validator `\(name)`",
          suggestion: known.isEmpty ? nil : "there is \(known)"))
      return []
    }
    guard validator.validateRequestParameters else { return [] }
    return method.requestParameters.filter(\.value).keys.sorted().compactMap { key in
      guard let rest = key[...].behind("method.request."), let dot = rest.firstIndex(of: "."),
        let location = ParameterLocation(rawValue: String(rest[..<dot]))
      else { return nil }
      return RequiredParameter(location: location, name: String(rest[rest.index(after: dot)...]))
    }
  }

  /// Whether the request has it, and not blank. Headers are looked up without regard to case here, since HTTP/2 knows only
  /// small letters.
  func isPresent(in values: RequestValues) -> Bool {
    if location == .header {
      var name = name
      return name.withUTF8 { name in
        values.head.fields.contains { field in
          values.head.name(of: field).equalsIgnoringCase(UnsafeRawBufferPointer(name))
            && !FieldRules.invisible.contains(field.id) && Self.isNotBlank(values.head.value(of: field))
        }
      }
    }
    return values.parameter(location, name).map { text in
      var text = text
      return text.withUTF8 { Self.isNotBlank(UnsafeRawBufferPointer($0)) }
    } ?? false
  }

  private static func isNotBlank(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.contains { $0 > 32 }
  }
}
