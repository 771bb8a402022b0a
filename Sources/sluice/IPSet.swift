import ArgumentParser
import Configuration
import Foundation

struct IPSet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ipset", abstract: "Look into the IP sets of the running gateway, and change them.",
    discussion: """
      A change takes effect with the next request, without a reload. It lasts until the gateway ends or the set is declared \
      otherwise. A set that follows a file is changed by changing the file.
      """,
    subcommands: [List.self, Get.self, Put.self, Add.self, Remove.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Which IP sets there are.")

    @OptionGroup var gateway: RunningGateway

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
      let reply = try gateway.ask("GET", "/ipsets", for: IPSetsMessage.self, json: json)
      if json { return try Terminal.output.print(json: reply) }
      if reply.sets.isEmpty { Terminal.output.print("no IP set is declared") }
      for set in reply.sets {
        let file = set.file.map { ", from \($0)" } ?? ""
        Terminal.output.print("\(set.name): \(counted(set.count, "block"))\(file)")
      }
    }
  }

  struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The addresses of a set, one block a line.")

    @Argument(help: ArgumentHelp("The set.", valueName: "name")) var name: String
    @OptionGroup var gateway: RunningGateway

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
      let reply = try gateway.ask(
        "GET", "/ipsets/\(PercentEncodedText.query(name))", for: IPSetMessage.self, json: json)
      if json { return try Terminal.output.print(json: reply) }
      Terminal.output.print((reply.addresses ?? []).joined(separator: "\n"))
    }
  }

  struct Put: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make these the addresses of a set, and no others.")
    @OptionGroup var change: IPSetChange
    func run() throws { try change.run(.put) }
  }

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Add addresses to a set.")
    @OptionGroup var change: IPSetChange
    func run() throws { try change.run(.add) }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take blocks from a set, as they were added.")
    @OptionGroup var change: IPSetChange
    func run() throws { try change.run(.remove) }
  }
}

/// What `put`, `add` and `remove` have in common.
struct IPSetChange: ParsableArguments {
  @Argument(help: ArgumentHelp("The set.", valueName: "name")) var name: String

  @Argument(help: ArgumentHelp("192.0.2.0/24, 2001:db8::/32, one address.", valueName: "block"))
  var blocks: [String] = []

  @Option(
    help: ArgumentHelp("A file of blocks, one a line, # comments; - for standard input.", valueName: "file"),
    completion: .file())
  var file: String?

  @OptionGroup var gateway: RunningGateway

  @Flag(help: "Print one JSON document.")
  var json = false

  func run(_ kind: IPSetRequest.Change) throws {
    var addresses = blocks
    if let file {
      for line in String(decoding: try Input.bytes(file), as: UTF8.self).split(whereSeparator: \.isNewline) {
        let text = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty { addresses.append(text) }
      }
    }
    guard !addresses.isEmpty || kind == .put else {
      throw ExitCode.usage.saying("name a block, or a file of them with --file")
    }
    let target = "/ipsets/\(PercentEncodedText.query(name))"
    let reply = try gateway.ask("POST", target, for: IPSetMessage.self, json: json) { meant in
      IPSetRequest(configuration: meant, change: kind, addresses: addresses)
    }
    if json { return try Terminal.output.print(json: reply) }
    Terminal.output.print("\(reply.name): \(counted(reply.count, "block"))")
  }
}
