import APIModel
import Velocity

/// What becomes of a template's output, which says what it must look like.
struct TemplateUse {
  private enum Destination {
    /// API Gateway itself reads it: the status of a MOCK integration.
    case mock
    /// It is sent with the media type that the template is under.
    case message
    /// It is sent with another media type.
    case mapped(String)
    /// Nobody knows before a request comes, or it is binary.
    case unknown
  }

  private let destination: Destination

  /// Of request templates.
  init(ofRequestTo integration: Integration) {
    if integration.kind == .mock {
      destination = .mock
    } else {
      destination = Self.destination(integration.requestParameters, "integration.request.header.")
    }
  }

  /// Of response templates.
  init(of response: APIModel.IntegrationResponse) {
    if response.contentHandling == .convertToBinary {
      destination = .unknown
    } else {
      destination = Self.destination(response.responseParameters, "method.response.header.")
    }
  }

  /// By the mapping of `Content-Type`, if there is one.
  private static func destination(_ parameters: [String: String], _ prefix: String) -> Destination {
    let key = parameters.keys.filter { $0.lowercased() == "\(prefix)content-type" }.min()
    guard let key, let expression = parameters[key] else { return .message }
    guard expression.count >= 2, expression.hasPrefix("'"), expression.hasSuffix("'") else { return .unknown }
    return .mapped(String(expression.dropFirst().dropLast()))
  }

  /// - Parameter mediaType: what the template is under.
  func output(of source: TemplateSource, under mediaType: String) -> TemplateChecker.Output {
    switch destination {
    case .mock: .lenientJSON
    case .message: Self.isJSON(mediaType) && !Self.choosesMediaType(source.text) ? .json : .other
    case .mapped(let mediaType): Self.isJSON(mediaType) ? .json : .other
    case .unknown: .other
    }
  }

  /// `application/json`, `application/problem+json`, `application/x-amz-json-1.1`.
  private static func isJSON(_ mediaType: String) -> Bool {
    let essence = (mediaType.split(separator: ";").first ?? "").lowercased().filter { $0 != " " }
    return essence == "application/json" || essence.hasSuffix("+json") || essence.hasPrefix("application/x-amz-json-")
      || essence == "text/json"
  }

  /// Whether the template may override the `Content-Type` that its output is sent with.
  private static func choosesMediaType(_ template: String) -> Bool {
    let text = template.lowercased()
    return text.contains("override") && text.contains("content-type")
  }
}
