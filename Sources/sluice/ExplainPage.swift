import Pipeline

/// A record as a person reads it: what came of the request and why first, then every stage in its order.
///
///     200 OK  GET /dev/…                          what came of it
///         why                                     where it failed
///     ✓ route                            12 µs    a stage that did its work
///         resource     GET /posts/{postId}        a decision: what it is on, what it came to
///                      …                          its reason
///     ✗ integration                               the stage that failed
///     – screen, cache                             one that had nothing to do, or was not reached
struct ExplainPage {
  let terminal: Terminal
  /// Whether bodies are shown whole.
  let isFull: Bool
  /// Bodies that have been shown, and what they were called there.
  var shownBodies: [(body: BodyRecord, name: String)] = []

  static let width = 120
  /// Where what follows a label begins.
  static let labelWidth = 14

  init(terminal: Terminal, isFull: Bool) {
    self.terminal = terminal
    self.isFull = isFull
  }

  mutating func write(_ record: ExchangeRecord) {
    writeOutcome(record)
    line("")
    line(terminal.styled("request", .bold))
    line("    " + record.request.startLine)
    writeFields(record.request.fields, tagged: false)
    write(record.request.body, as: "body", calledLater: "as the client sent it")
    for stage in record.stages where stage.state != .notReached { write(stage) }
    let rest = record.stages.filter { $0.state == .notReached }.map { Self.title($0.stage) }
    if !rest.isEmpty {
      line("")
      line(terminal.styled("– \(rest.joined(separator: ", ")): not reached", .dim))
    }
    writeFailure(record)
    if let response = record.response {
      line("")
      line(terminal.styled("response", .bold))
      line("    " + styled(response.startLine, status: response.status))
      writeFields(response.fields, tagged: true)
      write(response.body, as: "body", calledLater: "the response's")
    }
    for note in record.notes ?? [] {
      line("")
      line(terminal.styled("note: ", .yellow) + note)
    }
  }

  // MARK: What came of it

  private func writeOutcome(_ record: ExchangeRecord) {
    let status = record.response.map { styled(Self.status($0.startLine), status: $0.status) } ?? "no response"
    let elapsed = record.microseconds.map { terminal.styled("  in " + Self.time($0), .dim) } ?? ""
    line("\(status)  \(record.request.method ?? "") \(record.request.target ?? "")\(elapsed)")
    if let failure = record.failure {
      let stage = record[failure.stage]
      line("    " + terminal.styled("\(Self.title(failure.stage)) failed: \(stage?.because ?? failure.reason)", .red))
      if let place = stage?.rendering?.errorPlace { line("    at " + place) }
      line("    " + Self.fault(failure))
    }
    var about: [String] = []
    if let api = record.api, let stage = record.apiStage, let deployment = record.deployment {
      about.append("API \(api), stage \(stage), deployment \(deployment)")
    }
    about.append("request id \(record.requestId)")
    line("    " + terminal.styled(about.joined(separator: ", "), .dim))
  }

  /// `404 Not Found`, of a status line.
  static func status(_ line: String) -> String {
    line.split(separator: " ", maxSplits: 1).dropFirst().joined().split(separator: " ").joined(separator: " ")
  }

  private static func fault(_ failure: FailureRecord) -> String {
    switch failure.fault {
    case "client": "The request is at fault."
    case "upstream": "The integration is at fault."
    default: "The configuration is at fault."
    }
  }

  private func writeFailure(_ record: ExchangeRecord) {
    guard let failure = record.failure else { return }
    line("")
    line(terminal.styled("gateway response", .bold))
    entry("type", failure.type ?? "none")
    if let chosen = failure.gatewayResponse { write(chosen, as: "answer") }
    for mapping in failure.mappings ?? [] { write(mapping) }
  }

  // MARK: Stages

  static func title(_ stage: StageRecord.Name) -> String {
    switch stage {
    case .screen: "screen"
    case .route: "route"
    case .methodRequest: "method request"
    case .integrationRequest: "integration request"
    case .integration: "integration"
    case .integrationResponse: "integration response"
    case .methodResponse: "method response"
    }
  }

  private mutating func write(_ stage: StageRecord) {
    line("")
    let title = Self.title(stage.stage)
    switch stage.state {
    case .nothingConfigured: line(terminal.styled("– \(title): nothing configured", .dim))
    case .notReached: break
    case .skipped: line(terminal.styled("– \(title): \(stage.because ?? "skipped")", .dim))
    case .passed: line(terminal.styled("✓ ", .green) + heading(title, stage))
    case .failed:
      line(terminal.styled("✗ ", .red) + heading(title, stage))
      entry("failed", terminal.styled(stage.because ?? "", .red))
    }
    writeDetails(of: stage)
  }

  private func heading(_ title: String, _ stage: StageRecord) -> String {
    let time = stage.microseconds.map { terminal.styled("  " + Self.time($0), .dim) } ?? ""
    return terminal.styled(title, .bold) + time
  }

  static func time(_ microseconds: Int) -> String {
    if microseconds < 1000 { return "\(microseconds) µs" }
    let hundredths = microseconds / 10
    if hundredths < 10_000 { return "\(hundredths / 100).\(pad(hundredths % 100)) ms" }
    return "\(microseconds / 1_000_000).\(pad(microseconds / 10_000 % 100)) s"
  }

  private static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  // MARK: Lines

  func line(_ text: String) { terminal.print(text) }

  /// A label and what belongs to it.
  func entry(_ label: String, _ text: String) {
    let space = String(repeating: " ", count: max(1, Self.labelWidth - label.count))
    line("    " + terminal.styled(label, .cyan) + space + text)
  }

  /// As far in as what belongs to a label.
  var indent: String { String(repeating: " ", count: 4 + Self.labelWidth) }

  /// What goes on below an entry.
  func below(_ text: String) {
    line(indent + terminal.styled(text, .dim))
  }

  func styled(_ text: String, status: Int?) -> String {
    switch status ?? 0 {
    case 500...: terminal.styled(text, .red)
    case 400..<500: terminal.styled(text, .yellow)
    default: terminal.styled(text, .green)
    }
  }
}
