import APIModel

/// The `x-amazon-apigateway-…` keys and where each of them may stand. Vendors' other `x-` keys are nobody's business.
enum ExtensionKeys {
  static let prefix = "x-amazon-apigateway-"

  enum Place: String, CaseIterable {
    case root = "the document's root"
    case pathItem = "a path"
    case operation = "an operation"
    case securityScheme = "a security scheme"
    case server = "a server"
    case components = "`components`"
  }

  static let known: [Place: [String]] = [
    .root: [
      "x-amazon-apigateway-api-key-source", "x-amazon-apigateway-binary-media-types", "x-amazon-apigateway-cors",
      "x-amazon-apigateway-documentation", "x-amazon-apigateway-endpoint-configuration",
      "x-amazon-apigateway-gateway-responses", "x-amazon-apigateway-importexport-version",
      "x-amazon-apigateway-minimum-compression-size", "x-amazon-apigateway-policy",
      "x-amazon-apigateway-request-validator", "x-amazon-apigateway-request-validators",
      "x-amazon-apigateway-security-policy", "x-amazon-apigateway-endpoint-access-mode",
      "x-amazon-apigateway-tag-value",
    ],
    .pathItem: ["x-amazon-apigateway-any-method"],
    .operation: [
      "x-amazon-apigateway-auth", "x-amazon-apigateway-integration", "x-amazon-apigateway-request-validator",
    ],
    .securityScheme: ["x-amazon-apigateway-authorizer", "x-amazon-apigateway-authtype"],
    .server: ["x-amazon-apigateway-endpoint-configuration"],
    .components: ["x-amazon-apigateway-integrations"],
  ]

  /// Says of every extension of API Gateway's in `object` that does not belong there where it does belong, or what it
  /// may be a misspelling of.
  static func check(_ object: ObjectReader, _ place: Place) {
    let here = known[place] ?? []
    for member in object.members where member.key.lowercased().hasPrefix(prefix) && !here.contains(member.key) {
      if let home = Place.allCases.first(where: { known[$0]?.contains(member.key) == true }) {
        object.findings.warning(
          at: member.keyLocation, "`\(member.key)` has no meaning in \(place.rawValue): it belongs in \(home.rawValue)")
      } else if let suggestion = Suggestion.near(member.key, among: here)
        ?? Suggestion.near(member.key, among: known.values.joined())
      {
        object.findings.error(at: member.keyLocation, "`\(member.key)` is not known", suggestion: suggestion)
      } else {
        object.findings.warning(at: member.keyLocation, "`\(member.key)` is not known and has no effect")
      }
    }
  }
}
