import APIModel
import ArgumentParser
import Configuration
import Foundation

struct Routes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the resource tree with its methods and integrations, and what distributions do with paths.",
    discussion: "Below each API stand the addresses at which its stages answer.")

  @OptionGroup var configuration: ConfigurationOptions

  @Option(help: "Only this API.")
  var api: String?

  @Flag(help: "Print one JSON document instead of a tree.")
  var json = false

  func run() throws {
    let snapshot = try configuration.load()
    let listings = snapshot.apis.enumerated().filter { api == nil || $0.element.id == api }.map { index, api in
      RouteListing(api, index, in: snapshot)
    }
    let distributions = api == nil ? (snapshot.edge?.distributions ?? []).map(DistributionListing.init) : []
    if let api, listings.isEmpty {
      let names = snapshot.apis.map { "`\($0.id)`" }.joined(separator: ", ")
      throw ExitCode.missingInput.saying("no API is named `\(api)`\(names.isEmpty ? "" : "; there is \(names)")")
    }
    if json {
      try Terminal.output.print(json: RouteReport(apis: listings, distributions: distributions))
    } else {
      for (index, listing) in listings.enumerated() {
        if index > 0 { Terminal.output.print("") }
        RouteDrawing(terminal: .output).draw(listing)
      }
      for distribution in distributions {
        Terminal.output.print("")
        distribution.draw(on: .output)
      }
    }
  }
}

/// What `routes --json` prints.
private struct RouteReport: Encodable {
  let apis: [RouteListing]
  let distributions: [DistributionListing]
}
