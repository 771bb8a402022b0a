import Foundation
import JSON

@testable import Generator

/// Compares our engine with the oracle over the templates of a range of seeds. Status 1: some answers differ.
///
///     VelocityDifferential --oracle 'oracle --aws' --seeds 1-1000000 [--batch 20000] [--show 10] [--lines]
///     VelocityDifferential --oracle 'oracle --aws' --requests cases.jsonl
struct Options {
  var oracle = ""
  var seeds: ClosedRange<UInt64> = 1...10_000
  /// A file of requests to compare in place of generated ones; their place from 0 is their seed.
  var requests: [String] = []
  var batch: UInt64 = 20_000
  /// How many differences are made short and shown; of the others the seed is told.
  var show = 10
  /// Tells the requests of all differences too, and of those that are not made short the answers.
  var printsLines = false

  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      if name == "--lines" {
        printsLines = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      switch name {
      case "--oracle": oracle = value
      case "--seeds":
        let ends = value.split(separator: "-").compactMap { UInt64($0) }
        guard ends.count == 2, ends[0] <= ends[1] else { return nil }
        seeds = ends[0]...ends[1]
      case "--requests":
        guard let data = FileManager.default.contents(atPath: value) else { return nil }
        requests = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        guard !requests.isEmpty else { return nil }
        seeds = 0...UInt64(requests.count - 1)
      case "--batch":
        guard let count = UInt64(value), count > 0 else { return nil }
        batch = count
      case "--show":
        guard let count = Int(value) else { return nil }
        show = count
      default: return nil
      }
    }
    if oracle.isEmpty { return nil }
  }
}

func request(_ seed: UInt64, of options: Options) -> (line: String, template: String) {
  var generator = TemplateGenerator(seed: seed)
  let line = options.requests.isEmpty ? generator.line(id: Int(seed)) : options.requests[Int(seed)]
  let document = try? JSONDocument(parsing: line)
  let template = document?.root.member("template")?.string ?? ""
  withExtendedLifetime(document) {}
  return (line, template)
}

/// At once, so that a long run can be watched.
func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

/// Makes a differing template short, a batch of candidates for each run of the oracle.
func shrunk(_ line: String, _ template: String, with oracle: Oracle) throws -> String {
  var text = Array(template)
  var size = max(1, text.count / 2)
  func replaced(_ candidate: [Character]) -> String {
    line.replacingOccurrences(of: quoted(template), with: quoted(String(candidate)))
  }
  while true {
    let candidates = stride(from: 0, to: text.count, by: size).map { start in
      Array(text[..<start] + text[min(start + size, text.count)...])
    }
    let lines = candidates.map(replaced)
    let theirs = try oracle.answers(to: lines)
    let differing = candidates.indices.filter { index in
      Verdict(.ours(to: lines[index]), theirs[index], template: String(candidates[index])) == .different
    }
    if let shortest = differing.min(by: { candidates[$0].count < candidates[$1].count }) {
      text = candidates[shortest]
      size = min(size, max(1, text.count))
    } else if size > 1 {
      size = max(1, size / 2)
    } else {
      return replaced(text)
    }
  }
}

func run(_ options: Options) throws -> Int32 {
  let oracle = Oracle(command: options.oracle)
  var counts: [Verdict: Int] = [:]
  var failures = 0
  var shown = 0
  var first = options.seeds.lowerBound
  while first <= options.seeds.upperBound {
    let last = min(options.seeds.upperBound, first + options.batch - 1)
    // Said before, so that a trap's seed can be looked for.
    FileHandle.standardError.write(Data("seeds \(first)-\(last)\n".utf8))
    let requests = (first...last).map { request($0, of: options) }
    let ours = requests.map { Answer.ours(to: $0.line) }
    let theirs = try oracle.answers(to: requests.map(\.line))
    for index in requests.indices {
      let verdict = Verdict(ours[index], theirs[index], template: requests[index].template)
      counts[verdict, default: 0] += 1
      if theirs[index].error != nil { failures += 1 }
      guard verdict == .different else { continue }
      if shown == options.show {
        say("-- seed \(first + UInt64(index))")
        if options.printsLines {
          say("\(requests[index].line)\n   theirs \(theirs[index].shown)\n   ours   \(ours[index].shown)")
        }
        continue
      }
      shown += 1
      let short = try shrunk(requests[index].line, requests[index].template, with: oracle)
      say("-- seed \(first + UInt64(index))\n\(short)")
      say("   theirs \(try oracle.answers(to: [short])[0].shown)\n   ours   \(Answer.ours(to: short).shown)")
      if options.printsLines { say(requests[index].line) }
    }
    first = last + 1
  }
  say("seeds \(options.seeds.lowerBound)-\(options.seeds.upperBound): \(options.seeds.count) templates")
  say("  \(counts[.same] ?? 0) the same")
  say("  \(failures) on which the oracle fails, after what is compared too")
  for explanation in Verdict.Explanation.allCases {
    if let count = counts[.explained(explanation)] { say("  \(count) explained: \(explanation.rawValue)") }
  }
  say("  \(counts[.different] ?? 0) different")
  return counts[.different] == nil ? 0 : 1
}

guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
  print(
    "VelocityDifferential --oracle COMMAND (--seeds FIRST-LAST | --requests FILE) [--batch COUNT] [--show COUNT] [--lines]"
  )
  exit(64)
}
exit(try run(options))
