import APIModel
import HTTPSemantics

/// An API's customised gateway responses, compiled for a stage.
struct GatewayResponsePlan: Sendable {
  struct Entry: Sendable {
    var status: Int?
    /// `expression` is what the source was written as.
    var headers: [(name: [UInt8], source: MappingSource, expression: String)]
    /// By media type, in alphabetical order.
    var templates: [(mediaType: String, template: SubstitutionTemplate)]
    let type: GatewayResponseType
    let location: SourceLocation

    /// Whether its headers say what kind of error it is, in place of ours.
    var namesErrorType: Bool {
      headers.contains { String(decoding: $0.name, as: UTF8.self).lowercased() == "x-amzn-errortype" }
    }
  }

  private var entries: [GatewayResponseType: Entry] = [:]

  init(_ api: RestAPI, stage: Stage, diagnostics: inout [Diagnostic]) {
    for (type, response) in api.gatewayResponses.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      entries[type] = Self.compile(type, response, stage, &diagnostics)
    }
  }

  /// What applies to a failure: the entry of its own type, or else of its class; nil: only the defaults.
  func entry(for failure: GatewayFailure) -> Entry? {
    // 413 cannot be customised; failures of the protocol belong to no API.
    guard let type = failure.type, type != .requestTooLarge else { return nil }
    return entries[type] ?? entries[failure.status < 500 ? .default4XX : .default5XX]
  }

  private static func compile(
    _ type: GatewayResponseType, _ response: GatewayResponse, _ stage: Stage, _ diagnostics: inout [Diagnostic]
  ) -> Entry {
    var entry = Entry(
      status: response.statusCode, headers: [], templates: [], type: type, location: response.location)
    if let status = response.statusCode, !(200...599).contains(status) {
      diagnostics.append(
        Diagnostic(
          .error, at: response.location(of: "statusCode"),
          "the status of the gateway response \(type.rawValue) is \(status)",
          suggestion: "200 to 599 may be answered"))
      entry.status = nil
    }
    for (key, expression) in response.responseParameters.sorted(by: { $0.key < $1.key }) {
      guard let name = key[...].behind("gatewayresponse.header."), name.utf8.allSatisfy(ByteSet.token.contains),
        !name.isEmpty
      else {
        diagnostics.append(
          Diagnostic(
            .error, at: response.location(of: key), "`\(key)` is not a destination of a gateway response",
            suggestion: "write `gatewayresponse.header.NAME`"))
        continue
      }
      do {
        let source = try MappingSource(expression, for: .gatewayResponse, stage: stage, variables: [])
        entry.headers.append((Array(name.utf8), source, expression))
      } catch {
        diagnostics.append(
          Diagnostic(.error, at: response.location(of: key), error.message, suggestion: error.suggestion))
      }
    }
    for (mediaType, source) in response.responseTemplates.sorted(by: { $0.key < $1.key }) {
      let mediaType = mediaType.lowercased()
      entry.templates.append((mediaType, SubstitutionTemplate(source.text, mediaType, stage: stage)))
    }
    return entry
  }
}
