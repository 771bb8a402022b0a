import ArgumentParser
import Configuration

struct Invalidate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Invalidate cached objects of the running gateway.",
    discussion: """
      A path is written as on CloudFront: `/a.jpg`, `/a.jpg?size=2`, `/img/*`; where the query is part of the cache key, \
      `/a.jpg` does not mean `/a.jpg?size=2`, and `/a.jpg*` does. A tag is a word of the response's Cache-Tag, \
      Surrogate-Key or Cache-Groups. When the command ends, no client is given any of it, in whatever variant, on whatever \
      worker; what is being fetched at that moment is not stored.

      The cache of an API's stage is invalidated as a whole, with --stage.
      """)

  @Argument(help: ArgumentHelp("Paths; `*` may be the last character.", valueName: "path"))
  var paths: [String] = []

  @Option(name: .customLong("tag"), help: ArgumentHelp("Everything with this tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []

  @Flag(help: "Everything.")
  var everything = false

  @Flag(help: "Make it stale instead: the origin is asked whether it still holds, and it stands in for one that fails.")
  var soft = false

  @Flag(help: "Say what would go, and do nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Only what this distribution has, named by one of its aliases. (default: all)", valueName: "alias"))
  var distribution: String?

  @Option(
    help: ArgumentHelp("Everything in the cache of this stage of an API, and nothing else.", valueName: "api/stage"))
  var stage: String?

  @OptionGroup var gateway: RunningGateway

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if stage != nil {
      guard paths.isEmpty, tags.isEmpty, !everything, distribution == nil else {
        throw ValidationError("--stage stands alone: entries of a stage's cache have neither paths nor tags.")
      }
    } else if paths.isEmpty, tags.isEmpty, !everything {
      throw ValidationError("Name a path, a --tag, a --stage, or --everything.")
    }
    if soft, dryRun { throw ValidationError("--soft and --dry-run exclude one another.") }
  }

  func run() throws {
    let mode: InvalidationRequest.Mode = dryRun ? .dryRun : soft ? .soft : .hard
    let reply = try gateway.ask("POST", "/invalidations", for: InvalidationMessage.self, json: json) { meant in
      InvalidationRequest(
        configuration: meant, paths: paths, tags: tags, everything: everything || stage != nil, mode: mode,
        distribution: distribution,
        stage: stage)
    }
    if json { return try Terminal.output.print(json: reply) }
    let done = dryRun ? "would be invalidated" : soft ? "made stale" : "invalidated"
    Terminal.output.print("\(counted(reply.objects, "object")) \(done), \(counted(reply.bytes, "byte")) of memory")
    for target in reply.targets { Terminal.output.print("  \(target)") }
    if reply.targets.count >= 100 { Terminal.output.print("  …") }
  }
}
