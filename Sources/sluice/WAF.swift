import ArgumentParser
import Configuration

struct WAF: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waf", abstract: "See what web ACLs do, and what they would do.",
    subcommands: [Stats.self, Samples.self, Test.self, Replay.self])

  struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What the web ACLs of the running gateway did, rule by rule, since it was started.")

    @OptionGroup var gateway: RunningGateway

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
      let reply = try gateway.ask("GET", "/firewall", for: FirewallMessage.self, json: json)
      if json { return try Terminal.output.print(json: reply) }
      for acl in reply.acls {
        Terminal.output.print("\(acl.name) (\(counted(acl.capacity, "capacity unit")))")
        let width = acl.rules.map(\.name.count).max() ?? 0
        for rule in acl.rules {
          let name = rule.name.padding(toLength: width, withPad: " ", startingAt: 0)
          Terminal.output.print("  \(name)  \(rule.allowed) allowed, \(rule.blocked) blocked, \(rule.counted) counted")
        }
      }
    }
  }

  struct Samples: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Requests of the last three hours that rules matched, the newest first.",
      discussion: "For each rule, one request a second at most, and the newest hundred. Redacted parts are not shown.")

    @Option(help: ArgumentHelp("Only this web ACL's.", valueName: "name")) var acl: String?
    @Option(help: ArgumentHelp("Only this rule's; Default_Action for the default action.", valueName: "name"))
    var rule: String?
    @OptionGroup var gateway: RunningGateway

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
      let query = [
        acl.map { "acl=" + PercentEncodedText.query($0) }, rule.map { "rule=" + PercentEncodedText.query($0) },
      ]
      .compactMap { $0 }.joined(separator: "&")
      let reply = try gateway.ask(
        "GET", "/firewall/samples" + (query.isEmpty ? "" : "?\(query)"), for: SamplesMessage.self, json: json)
      if json { return try Terminal.output.print(json: reply) }
      for sample in reply.samples {
        Terminal.output.print(
          "\(sample.time)  \(sample.action) by \(sample.acl)/\(sample.rule)  \(sample.client)  \(sample.method) "
            + "\(sample.host)\(sample.target)")
        Terminal.output.print("  \(sample.reason)")
        for label in sample.labels { Terminal.output.print("  label \(label)") }
        if let ja3 = sample.ja3Fingerprint, let ja4 = sample.ja4Fingerprint {
          Terminal.output.print("  ja3 \(ja3), ja4 \(ja4)")
        }
      }
      if reply.samples.isEmpty { Terminal.output.print("no request was sampled") }
    }
  }
}
