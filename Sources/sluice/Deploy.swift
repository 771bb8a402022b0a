import ArgumentParser
import Configuration

struct Deploy: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publish the files on disk as a new deployment of the running gateway.",
    discussion: """
      The gateway reads its configuration again and compiles it whole: new requests are answered by it, requests under \
      way finish on the one that they began with. Where anything is wrong, every mistake is listed, the command ends \
      with 78, and nothing changes. The files are kept under a number that `sluice rollback` can go back to. Files that \
      are served already make no new number.
      """)

  @OptionGroup var gateway: RunningGateway

  @Option(help: ArgumentHelp("What the deployment is for; `sluice deployments` shows it.", valueName: "text"))
  var description: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let reply = try gateway.ask(
      "POST", "/deployments", description: description, for: PublishedMessage.self, json: json)
    try gateway.print(reply, "deployment \(reply.deployment)" + (reply.isNew ? "" : ", unchanged"), json: json)
  }
}

struct Reload: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the running gateway read its configuration again.",
    discussion: """
      The same as SIGHUP, and as `sluice deploy` without a description; it ends when every worker answers by the new \
      configuration. Where anything is wrong, every mistake is listed, the command ends with 78, and nothing changes.
      """)

  @OptionGroup var gateway: RunningGateway

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let reply = try gateway.ask("POST", "/reload", for: PublishedMessage.self, json: json)
    try gateway.print(
      reply, reply.isNew ? "reloaded: deployment \(reply.deployment)" : "unchanged: deployment \(reply.deployment)",
      json: json)
  }
}

struct Rollback: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve an earlier deployment of the running gateway again.",
    discussion: """
      Without a number: the one before the one that is served. No request is lost. The files on disk stay as they are; \
      `sluice deploy` publishes them. Until they change, the gateway keeps serving the earlier deployment, even when it \
      is started again.
      """)

  @Argument(help: ArgumentHelp("The deployment's number; `sluice deployments` lists them.", valueName: "number"))
  var number: Int?

  @OptionGroup var gateway: RunningGateway

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if let number, number < 1 { throw ValidationError("A deployment's number is 1 or more.") }
  }

  func run() throws {
    let target = "/rollback" + (number.map { "?to=\($0)" } ?? "")
    let reply = try gateway.ask("POST", target, for: PublishedMessage.self, json: json)
    let sentence =
      reply.previous.map { "deployment \(reply.deployment), back from \($0)" }
      ?? "deployment \(reply.deployment), as before"
    try gateway.print(reply, sentence, json: json)
  }
}

struct Deployments: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the deployments of the running gateway.",
    discussion: "The one that is served is marked with an asterisk.")

  @OptionGroup var gateway: RunningGateway

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let reply = try gateway.ask("GET", "/deployments", for: DeploymentsMessage.self, json: json)
    if json { return try Terminal.output.print(json: reply) }
    let width = reply.deployments.map { "\($0.number)".count }.max() ?? 1
    for entry in reply.deployments {
      let number = String(repeating: " ", count: width - "\(entry.number)".count) + "\(entry.number)"
      var line = (entry.isServed ? "* " : "  ") + number
      if let created = entry.created { line += "  \(created)" }
      if let sha256 = entry.sha256 { line += "  \(sha256.prefix(12))" }
      if let files = entry.files { line += "  \(counted(files, "file"))" }
      if let description = entry.description { line += "  \(description)" }
      if let flaw = entry.flaw { line += "  " + Terminal.output.styled(flaw, .red) }
      Terminal.output.print(entry.isServed ? Terminal.output.styled(line, .bold) : line)
    }
    if let away = reply.rolledBackFrom {
      Terminal.output.print("rolled back from \(away): `sluice deploy` publishes the files on disk")
    }
  }
}
