import ArgumentParser
import Configuration

struct Cache: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look into the cache of the running gateway.", subcommands: [Stats.self, Why.self])

  struct Stats: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The cache in numbers, since the gateway was started.")

    @OptionGroup var gateway: RunningGateway

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
      let reply = try gateway.ask("GET", "/cache", for: CacheMessage.self, json: json)
      if json { return try Terminal.output.print(json: reply) }
      let lookups = reply.found + reply.missed
      let share = lookups == 0 ? "" : " (\(reply.found * 100 / lookups) % of \(lookups) look-ups)"
      for (name, value) in [
        ("bytes", "\(reply.bytes) of \(reply.capacity)"), ("objects", "\(reply.objects) under \(reply.keys) keys"),
        ("found", "\(reply.found)\(share)"), ("missed", "\(reply.missed)"),
        ("collapsed", "\(reply.collapsed), answered by another request's fetch"),
        ("stored", "\(reply.stored), of which \(reply.evicted) evicted and \(reply.invalidated) invalidated"),
        ("fetches", "\(reply.fetches) now"),
      ] {
        Terminal.output.print(name + String(repeating: " ", count: 11 - name.count) + value)
      }
      if let disk = reply.disk {
        let failures = disk.failures == 0 ? "" : ", \(counted(disk.failures, "failure")) to write"
        Terminal.output.print(
          "disk       \(disk.bytes) of \(disk.capacity), \(counted(disk.objects, "object"))\(failures)")
      }
    }
  }

  struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Why a URL would or would not be answered from the cache.",
      discussion: "What is stored for it now, and what would become of a plain GET. The origin is not asked.")

    @Argument(help: ArgumentHelp("http://host/path?query, or a path.", valueName: "url"))
    var url: String

    @OptionGroup var gateway: RunningGateway

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
      let reply = try gateway.ask(
        "GET", "/cache/why?url=" + PercentEncodedText.query(url), for: CacheLookupMessage.self, json: json)
      if json { return try Terminal.output.print(json: reply) }
      Terminal.output.print(reply.verdict)
      if let distribution = reply.distribution, let behavior = reply.behavior {
        Terminal.output.print("distribution \(distribution), behaviour \(behavior)")
      }
      for stored in reply.stored {
        Terminal.output.print(
          "\(stored.status), \(counted(stored.bytes, "byte")), \(stored.age) s old, fresh for \(stored.lifetime) s "
            + "(\(stored.lifetimeFrom)): \(stored.verdict)")
        for line in stored.selection.split(separator: "\n") { Terminal.output.print("  \(line)") }
      }
    }
  }
}

/// A text as the value of a query, or as a path.
enum PercentEncodedText {
  static func query(_ text: String) -> String { encoded(text, besides: []) }

  /// A path as browsers ask for it: what may stand in one stays.
  static func path(_ text: String) -> String { encoded(text, besides: Array("!$&'()+,;=@".utf8)) }

  private static func encoded(_ text: String, besides kept: [UInt8]) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case _ where kept.contains(byte): encoded.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: ":"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }
}
