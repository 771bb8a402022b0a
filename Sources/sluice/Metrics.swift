import ArgumentParser
import Configuration

struct Metrics: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What the running gateway has counted since it was started.",
    discussion: """
      With words, the metrics that have one of them in their names: `sluice metrics cache`, `sluice metrics requests \
      duration`. Durations are given by how many there were, their mean, and what half, 95 and 99 of a hundred stayed within. \
      What is still 0 is left out unless --all is given.

      For Prometheus the same is at /metrics of the admin listener.
      """)

  @Argument(help: ArgumentHelp("Parts of names.", valueName: "name"))
  var names: [String] = []

  @OptionGroup var gateway: RunningGateway

  @Flag(help: "Show what is 0, too.")
  var all = false

  @Flag(help: "Say what each metric is.")
  var about = false

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let reply = try gateway.ask("GET", "/metrics", json: json) {
      MetricsMessage(prometheus: String(decoding: $0, as: UTF8.self))
    }
    let wanted = names.map { $0.lowercased() }
    let chosen = reply.families.filter { family in wanted.isEmpty || wanted.contains { family.name.contains($0) } }
    guard !chosen.isEmpty else {
      throw ExitCode.missingInput.saying(
        "no metric has \(names.map { "`\($0)`" }.joined(separator: " or ")) in its name; `sluice metrics --all` lists them"
      )
    }
    if json { return try Terminal.output.print(json: MetricsMessage(families: chosen)) }
    var page = MetricsListing(showsAll: all, describes: about)
    for family in chosen { page.add(family) }
    page.lines.forEach(Terminal.output.print)
    if page.left > 0 {
      Terminal.error.print(
        "\(counted(page.left, "line")) left out that \(page.left == 1 ? "is" : "are") 0: --all shows them")
    }
  }
}
