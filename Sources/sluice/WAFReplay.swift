import ArgumentParser
import Configuration
import Firewall
import Foundation

extension WAF {
  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What a web ACL would have done to the requests of an access log.",
      discussion: """
        Lines in the common log format, with or without referrer and user agent behind it, or JSON objects as the format `json` \
        writes them. A log has no bodies and few fields: rules that look at others find nothing there. API Gateway's formats have \
        the resource (/pets/{petId}) and no query in place of the path; a format with $context.path says more. Rate-based rules \
        count by the times that the lines have. Ends with 0 whatever is found.
        """)

    @Argument(help: ArgumentHelp("The log; - for standard input.", valueName: "access-log"), completion: .file())
    var log: String

    @OptionGroup var acl: ACLOptions

    @Option(help: ArgumentHelp("How many requests are shown for each rule.", valueName: "number"))
    var examples = 3

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
      let plan = try acl.plan()
      var report = ReplayReport(webACL: plan.screening.plan.acl.name)
      for line in String(decoding: try Input.bytes(log), as: UTF8.self).split(whereSeparator: \.isNewline) {
        report.lines += 1
        guard let logged = LoggedRequest(String(line)), let request = WrittenRequest(logged.bytes) else {
          report.notUnderstood += 1
          continue
        }
        if logged.isResource { report.resources += 1 }
        let judgement = Judgement(request, from: IPAddress(logged.client), by: plan, at: logged.milliseconds)
        report.add(judgement, "\(logged.client) \(logged.method) \(logged.target)", max(0, examples))
      }
      if json { return try Terminal.output.print(json: report) }
      report.print()
    }
  }
}

/// What a replay found.
struct ReplayReport: Encodable {
  struct Rule: Encodable {
    var name: String
    var allowed = 0
    var blocked = 0
    var counted = 0
    /// `client METHOD target: reason`.
    var examples: [String] = []
  }

  let webACL: String
  var lines = 0
  /// Lines that are no request in a known format.
  var notUnderstood = 0
  /// Lines that name a resource in place of the path.
  var resources = 0
  var allowed = 0
  var blocked = 0
  var rules: [Rule] = []

  init(webACL: String) { self.webACL = webACL }

  mutating func add(_ judgement: Judgement, _ request: String, _ examples: Int) {
    let isBlocked = judgement.action == Verdict.Action.block.rawValue
    if isBlocked { blocked += 1 } else { allowed += 1 }
    for match in judgement.matches {
      note(match.rule, "\(request): \(match.reason)", examples) { rule in
        if match.rule != judgement.rule {
          rule.counted += 1
        } else if isBlocked {
          rule.blocked += 1
        } else {
          rule.allowed += 1
        }
      }
    }
    if !judgement.matches.contains(where: { $0.rule == judgement.rule }) {
      note(judgement.rule, request, isBlocked ? examples : 0) { rule in
        if isBlocked { rule.blocked += 1 } else { rule.allowed += 1 }
      }
    }
  }

  private mutating func note(_ name: String, _ example: String, _ examples: Int, _ change: (inout Rule) -> Void) {
    let index = rules.firstIndex { $0.name == name } ?? rules.count
    if index == rules.count { rules.append(Rule(name: name)) }
    change(&rules[index])
    if rules[index].examples.count < examples { rules[index].examples.append(example) }
  }

  func print() {
    Terminal.output.print(
      "\(webACL) would have blocked \(blocked) of \(counted(allowed + blocked, "request"))"
        + (notUnderstood == 0 ? "" : "; \(counted(notUnderstood, "line")) of \(lines) not understood"))
    if resources > 0 {
      Terminal.output.print(
        "\(counted(resources, "line")) of \(lines) \(resources == 1 ? "says" : "say") the resource in place of the path: rules that look at "
          + "paths and queries saw no more; log $context.path and they do")
    }
    for rule in rules {
      Terminal.output.print("\(rule.name): \(rule.allowed) allowed, \(rule.blocked) blocked, \(rule.counted) counted")
      for example in rule.examples { Terminal.output.print("  \(example)") }
    }
  }
}
