import APIModel
import ArgumentParser
import Configuration
import Foundation
import Velocity

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Validate the configuration, the API definitions and the mapping templates.",
    discussion: """
      Every mistake is listed as file:line:column: error: what is wrong; what to write instead, with the line that it \
      is about. Ends with 0 when there is none, with 1 when there are some, and with 66 when the configuration does not \
      exist. Warnings alone are not mistakes, unless --strict makes them so.

      Mapping templates have rules, whose ids stand in brackets:

      \(ruleList)
      """)

  private static let ruleList = TemplateFinding.Rule.allCases
    .map { "  \($0.rawValue.padding(toLength: 29, withPad: " ", startingAt: 0))\($0.summary)" }
    .joined(separator: "\n")

  @OptionGroup var configuration: ConfigurationOptions

  @Flag(help: "Warnings count as mistakes.")
  var strict = false

  @Flag(help: "Print one JSON document instead of lines.")
  var json = false

  func run() throws {
    var diagnostics: [Diagnostic]
    var snapshot: Snapshot?
    do throws(ConfigurationFailure) {
      let loaded = try ConfigurationLoader.load(
        path: configuration.path, environment: ProcessInfo.processInfo.environment,
        deployments: configuration.deployments)
      snapshot = loaded
      let certificates = CertificateCheck(now: Int64(Date().timeIntervalSince1970)).diagnostics(loaded)
      diagnostics = loaded.warnings + certificates
    } catch {
      diagnostics = error.diagnostics
    }
    if diagnostics.contains(where: { $0.severity == .error }) { snapshot = nil }
    let isGood = snapshot != nil && !(strict && !diagnostics.isEmpty)
    if json {
      try Terminal.output.print(json: CheckReport(isGood: isGood, diagnostics))
    } else {
      Terminal.output.print(diagnostics)
      Terminal.output.print(summary(snapshot, diagnostics))
    }
    if !json { configuration.sayIfMissing() }
    if !isGood { throw configuration.isMissing ? ExitCode.missingInput : ExitCode.findings }
  }

  private func summary(_ snapshot: Snapshot?, _ diagnostics: [Diagnostic]) -> String {
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    guard let snapshot else {
      let text = "\(counted(errors, "error")), \(counted(warnings, "warning")): the configuration is not usable"
      return Terminal.output.styled(text, .red)
    }
    let resources = snapshot.apis.map(\.resources.count).reduce(0, +)
    let methods = snapshot.apis.flatMap(\.resources).map(\.methods.count).reduce(0, +)
    let content =
      "\(counted(snapshot.apis.count, "API")), \(counted(snapshot.deployments.count, "stage")), "
      + "\(counted(resources, "resource")), \(counted(methods, "method"))"
    let distributions = snapshot.edge.map { ", " + counted($0.distributions.count, "distribution") } ?? ""
    let good = Terminal.output.styled("\(configuration.path) is good", .green)
    return good + ": \(content)\(distributions)" + (warnings == 0 ? "" : "; \(counted(warnings, "warning"))")
  }
}

/// `1 API`, `2 APIs`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// What `check --json` prints.
struct CheckReport: Encodable {
  let ok: Bool
  let errors, warnings: Int
  let diagnostics: [DiagnosticMessage]

  init(isGood: Bool, _ diagnostics: [Diagnostic]) {
    ok = isGood
    errors = diagnostics.count { $0.severity == .error }
    warnings = diagnostics.count { $0.severity == .warning }
    self.diagnostics = diagnostics.map(DiagnosticMessage.init)
  }
}
