import APIModel
import Velocity

/// Finds the mapping templates of an API that do not parse, and says where in the user's file.
struct TemplateCheck {
  let findings: Findings

  func check(_ api: RestAPI) {
    var seen: Set<TemplateSource> = []
    for resource in api.resources {
      for method in resource.methods.values {
        guard let integration = method.integration else { continue }
        let templates = [integration.requestTemplates] + integration.responses.map(\.responseTemplates)
        for template in templates.joined().map(\.value) where seen.insert(template).inserted {
          if let diagnostic = Self.flaw(in: template) { findings.add([diagnostic]) }
        }
      }
    }
  }

  /// Why `source` is not a template, at its place in the file that holds it; nil when it is one.
  static func flaw(in source: TemplateSource) -> Diagnostic? {
    do throws(TemplateError) {
      _ = try Template(source.text)
      return nil
    } catch {
      return Diagnostic(
        .error, at: source.location(line: error.line, column: error.column), error.message,
        suggestion: error.suggestion)
    }
  }
}
