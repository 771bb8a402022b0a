import Foundation
import Testing

/// A file of `Scenarios/`.
struct ScenarioFile: Sendable, CustomTestStringConvertible {
  let url: URL

  var testDescription: String { url.deletingPathExtension().lastPathComponent }

  /// `Tests/ScenarioTests`.
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  static let repository = directory.deletingLastPathComponent().deletingLastPathComponent()

  /// Every scenario, by name. `SLUICE_SCENARIOS=u0,h00012` chooses those whose names begin so.
  static let all: [ScenarioFile] = {
    let folder = directory.appending(path: "Scenarios")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    let chosen = ProcessInfo.processInfo.environment["SLUICE_SCENARIOS"]?.split(separator: ",") ?? []
    return files.filter { file in
      file.pathExtension == "scenario"
        && (chosen.isEmpty || chosen.contains { file.lastPathComponent.hasPrefix($0) })
    }
    .sorted { $0.lastPathComponent < $1.lastPathComponent }
    .map(ScenarioFile.init)
  }()

  func play() -> [ScenarioFailure] {
    do {
      return ScenarioRun.play(try ScenarioParser.parse(try String(contentsOf: url, encoding: .utf8)))
    } catch let failure as ScenarioFailure {
      return [failure]
    } catch {
      return [ScenarioFailure(line: 1, message: "\(error)")]
    }
  }
}

/// How many scenarios are played at a time: most of their time they wait.
actor Seats {
  static let shared = Seats(count: 6)
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) { free = count }

  func take() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
