import APIModel

/// `x-amazon-apigateway-gateway-responses` in, customisations by type out (spec § 10).
struct GatewayResponseReader {
  let definition: APIDefinitionReader

  func responses() -> [GatewayResponseType: GatewayResponse] {
    var responses: [GatewayResponseType: GatewayResponse] = [:]
    for member in definition.root.object("x-amazon-apigateway-gateway-responses")?.members ?? [] {
      guard let type = GatewayResponseType(rawValue: member.key) else {
        definition.findings.error(
          at: member.keyLocation, "`\(member.key)` is not a type of gateway response",
          suggestion: Suggestion.near(member.key, among: GatewayResponseType.allCases.map(\.rawValue)))
        continue
      }
      guard let object = ObjectReader(member.value, "`\(member.key)`", in: definition.context) else { continue }
      object.refuseKeys(except: ["statusCode", "responseParameters", "responseTemplates"], "a gateway response")
      var response = GatewayResponse(location: member.keyLocation)
      response.statusCode = object.integer("statusCode", in: 100...599)
      let templates = TemplateReader(context: definition.context)
      response.responseParameters = templates.expressions(object, "responseParameters")
      response.responseTemplates = templates.templates(object, "responseTemplates")
      response.keyLocations = templates.locations(object, "responseParameters")
      response.keyLocations["statusCode"] = object.value("statusCode")?.location
      responses[type] = response
    }
    return responses
  }
}
