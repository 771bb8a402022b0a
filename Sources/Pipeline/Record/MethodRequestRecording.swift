import APIModel
import Bytes
import Velocity

/// What is noted of the method request: what it asks for, and what the request has of it.
extension ExchangeRecorder {
  func note(methodRequest plan: MethodPlan, _ exchange: Exchange) {
    let method = plan.definition
    if let refusal = plan.refusal {
      decide(.methodRequest, Decision(.authorization, "refused", because: refusal.reason, place: "\(method.location)"))
    } else {
      decide(.methodRequest, Decision(.authorization, "nothing configured"))
      decide(.methodRequest, Decision(.apiKey, "not required"))
    }
    if let name = method.requestValidator {
      let looks = plan.required.isEmpty ? "requires no parameter" : "the required parameters must be there"
      decide(.methodRequest, Decision(.validator, name, because: looks))
    } else {
      decide(.methodRequest, Decision(.validator, "nothing configured"))
    }
    let parameters = self.parameters(plan, exchange)
    if !parameters.isEmpty { change(.methodRequest) { $0.parameters = parameters } }
  }

  /// The body is about to be held against its model.
  /// - Parameter isKnown: whether there is a model for the media type.
  func note(modelOf plan: MethodPlan, for mediaType: UnsafeRawBufferPointer?, isKnown: Bool) {
    let type = mediaType?.text.lowercased() ?? "application/json"
    let given =
      mediaType == nil ? "the request has no Content-Type: it counts as application/json" : "the body is `\(type)`"
    guard isKnown else {
      return decide(.methodRequest, Decision(.model, "none: the body is not looked at", because: given))
    }
    let models = plan.definition.requestModels
    let name = models.first { $0.key.lowercased().prefix { $0 != ";" } == type }?.value ?? models["$default"] ?? ""
    decide(.methodRequest, Decision(.model, name, because: given))
  }

  /// Those that the method declares, and the variables of its path.
  private func parameters(_ plan: MethodPlan, _ exchange: Exchange) -> [ParameterRecord] {
    var names = Set(plan.definition.requestParameters.keys)
    names.formUnion(plan.pathVariables.map { "method.request.path.\($0)" })
    return names.sorted().compactMap { key in
      guard let rest = key[...].behind("method.request."), let dot = rest.firstIndex(of: "."),
        let location = ParameterLocation(rawValue: String(rest[..<dot]))
      else { return nil }
      let name = String(rest[rest.index(after: dot)...])
      return ParameterRecord(
        name: key, value: exchange.values.parameter(location, name).map { shown($0, of: name) },
        isRequired: plan.required.contains { $0.location == location && $0.name == name })
    }
  }
}
