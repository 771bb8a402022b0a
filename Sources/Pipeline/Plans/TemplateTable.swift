import APIModel
import Bytes
import Velocity

/// Mapping templates by media type, compiled.
struct TemplateTable: Sendable {
  /// In alphabetical order of the media type, which is in small letters.
  private(set) var entries: [(mediaType: [UInt8], template: Template)] = []
  /// The one under `$default`.
  private(set) var fallback: Template?
  /// Where each of them was written, and under which media type.
  private var origins: [(template: Template, mediaType: String, source: TemplateSource)] = []
  /// Whether the method has any, even ones that do not compile.
  private(set) var isEmpty: Bool

  /// Compiles and checks them. `diagnostics` gets what is to be said; a template that is none is left out.
  init(_ sources: [String: TemplateSource], for use: TemplateUse, diagnostics: inout [Diagnostic]) {
    isEmpty = sources.isEmpty
    for (mediaType, source) in sources.sorted(by: { $0.key < $1.key }) {
      let findings = TemplateChecker.check(source.text, output: use.output(of: source, under: mediaType))
      diagnostics += findings.map { Diagnostic($0, in: source) }
      // What is not Velocity is among the findings.
      guard let template = try? Template(source.text) else { continue }
      origins.append((template, mediaType, source))
      if mediaType == "$default" {
        fallback = template
      } else {
        let essence = mediaType.split(separator: ";").first ?? ""
        entries.append((Array(essence.lowercased().utf8.filter { $0 != 32 }), template))
      }
    }
  }

  /// Where one of the templates was written, and under which media type.
  func origin(of template: Template) -> (mediaType: String, source: TemplateSource)? {
    origins.first { $0.template === template }.map { ($0.mediaType, $0.source) }
  }

  /// The media types that there are templates for.
  var mediaTypes: [String] { origins.map(\.mediaType) }

  var count: Int { entries.count + (fallback == nil ? 0 : 1) }

  func all(_ test: (Template) -> Bool) -> Bool {
    entries.allSatisfy { test($0.template) } && (fallback.map(test) ?? true)
  }

  /// The template for a media type, compared without regard to case.
  func template(for mediaType: UnsafeRawBufferPointer) -> Template? {
    for entry in entries where entry.mediaType.count == mediaType.count {
      if entry.mediaType.withUnsafeBytes({ $0.equalsIgnoringCase(mediaType) }) { return entry.template }
    }
    return nil
  }

  func template(for mediaType: StaticString) -> Template? {
    template(for: UnsafeRawBufferPointer(start: mediaType.utf8Start, count: mediaType.utf8CodeUnitCount))
  }

  /// For a request (spec § 3.1): by its `Content-Type`, else `$default`.
  func requestTemplate(for mediaType: UnsafeRawBufferPointer?) -> Template? {
    if let mediaType { return template(for: mediaType) ?? fallback }
    return template(for: "application/json") ?? fallback
  }

  /// For a response (spec § 3.2): by the request's `Accept`, else JSON, else the first there is.
  func responseTemplate(accepting mediaType: UnsafeRawBufferPointer?) -> Template? {
    if entries.isEmpty { return fallback }
    if entries.count == 1, fallback == nil { return entries[0].template }
    return mediaType.flatMap { template(for: $0) } ?? template(for: "application/json") ?? fallback
      ?? entries[0].template
  }
}

extension Diagnostic {
  /// A finding about a template, at its place in the file that holds the template.
  fileprivate init(_ finding: TemplateFinding, in source: TemplateSource) {
    let start = source.location(line: finding.line, column: finding.column)
    // Escapes are longer in the file than what they stand for.
    let end = source.location(line: finding.line, column: finding.column + finding.length)
    self.init(
      finding.severity == .error ? .error : .warning, at: start,
      length: end.line == start.line ? max(1, end.column - start.column) : 1, finding.message,
      suggestion: finding.suggestion, rule: finding.rule.rawValue)
  }
}
