import APIModel

extension RestAPI {
  /// Lets pages of other origins call the API: gives every resource that has methods, and none for OPTIONS, the one that
  /// answers preflights, as API Gateway's console makes it (spec § 11.5). An OPTIONS of the definition stays.
  ///
  /// Which origin may read the answer is added to every response alike (Pipeline's `CORSPlan`), to those of these methods,
  /// too.
  mutating func allow(_ settings: CORSSettings) {
    cors = settings
    for index in resources.indices {
      let methods = resources[index].methods
      guard !methods.isEmpty, methods["OPTIONS"] == nil else { continue }
      resources[index].methods["OPTIONS"] = Self.preflight(settings, methods)
    }
  }

  /// What browsers and the SDKs of AWS send: API Gateway's console allows these.
  private static let usualHeaders = [
    "Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token",
  ]

  private static func preflight(_ settings: CORSSettings, _ methods: [String: Method]) -> Method {
    let place = settings.location
    var fields = [
      "Access-Control-Allow-Methods": allowedMethods(settings, methods).joined(separator: ","),
      "Access-Control-Allow-Headers": allowedHeaders(settings, methods).joined(separator: ","),
    ]
    if let maxAge = settings.maxAge { fields["Access-Control-Max-Age"] = String(maxAge) }

    var declared = MethodResponse(statusCode: 200)
    var response = IntegrationResponse(selectionPattern: nil, statusCode: 200, location: place)
    for (name, value) in fields {
      declared.responseParameters["method.response.header.\(name)"] = false
      response.responseParameters["method.response.header.\(name)"] = "'\(value)'"
    }
    var integration = Integration(kind: .mock, location: place)
    integration.requestTemplates["application/json"] = TemplateSource(
      text: #"{"statusCode": 200}"#, location: place, isFile: false)
    integration.responses = [response]
    var method = Method(httpMethod: "OPTIONS", integration: integration, location: place)
    method.methodResponses[200] = declared
    method.isGenerated = true
    return method
  }

  private static func allowedMethods(_ settings: CORSSettings, _ methods: [String: Method]) -> [String] {
    if let allowed = settings.allowMethods {
      // With credentials, `*` is a method of that name (Fetch standard, § 3.2.5).
      return settings.allowCredentials && allowed.contains("*") ? every : allowed
    }
    return methods["ANY"] == nil ? (methods.keys + ["OPTIONS"]).sorted() : every
  }

  private static let every = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]

  private static func allowedHeaders(_ settings: CORSSettings, _ methods: [String: Method]) -> [String] {
    if let allowed = settings.allowHeaders { return allowed }
    var names = usualHeaders
    let prefix = "method.request.header."
    let declared = methods.values.flatMap(\.requestParameters.keys).filter { $0.hasPrefix(prefix) }
      .map { String($0.dropFirst(prefix.count)) }
    for name in declared.sorted() where !names.contains(where: { $0.lowercased() == name.lowercased() }) {
      names.append(name)
    }
    return names
  }
}
