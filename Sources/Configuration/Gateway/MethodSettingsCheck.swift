import APIModel

/// Whether the methods that a stage's `methodSettings` name are there.
enum MethodSettingsCheck {
  static func run(_ api: RestAPI, _ stage: Stage, _ diagnostics: inout [Diagnostic]) {
    for settings in stage.methodSettings {
      guard let path = settings.resourcePath, let method = settings.httpMethod else { continue }
      if let resource = api.resources.first(where: { $0.path == path }) {
        if resource.methods[method] != nil { continue }
        let names = resource.methods.keys.sorted().joined(separator: ", ")
        diagnostics.append(
          Diagnostic(
            .error, at: settings.location, "`\(path)` of `\(api.id)` has no method \(method)",
            suggestion: names.isEmpty ? nil : "it has \(names)"))
      } else {
        diagnostics.append(
          Diagnostic(
            .error, at: settings.location, "`\(api.id)` has no resource `\(path)`",
            suggestion: Suggestion.near(path, among: api.resources.map(\.path))))
      }
    }
  }
}
