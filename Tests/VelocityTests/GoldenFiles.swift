import Foundation
import Testing

/// The files of `Goldens`: each a template, its input and what comes out, in sections split by lines of dashes.
///
///     Hello $name
///     ----------
///     {"variables": {"name": "Chris"}}
///     ----------
///     Hello Chris
///
/// The input is a JSON object with any of `body`, `params`, `context`, `stageVariables` and `variables` (top-level
/// variables of any name). An expected text that begins with `!error` tells where and how rendering or compiling fails:
/// `!error 3:14 part of the message`.
struct GoldenFile: CustomTestStringConvertible, Sendable {
  let name: String
  let template: String
  let input: String
  let expected: String

  var testDescription: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")

  static let all: [GoldenFile] = {
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "vtlcase" }.sorted { $0.path < $1.path }.compactMap { GoldenFile($0) }
  }()

  init?(_ url: URL) {
    guard let data = try? Data(contentsOf: url) else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    // Unicode's idea of a character would join a carriage return to the line end before the dashes.
    let sections = GoldenFile.split(Array(text.utf8), by: Array("\n----------\n".utf8))
    guard sections.count == 3 else { return nil }
    name = url.deletingPathExtension().lastPathComponent
    template = sections[0]
    input = sections[1]
    expected =
      sections[2].utf8.last == 10 ? String(decoding: Array(sections[2].utf8.dropLast()), as: UTF8.self) : sections[2]
  }

  private static func split(_ bytes: [UInt8], by mark: [UInt8]) -> [String] {
    var sections: [String] = []
    var start = 0
    var at = 0
    while at + mark.count <= bytes.count {
      if bytes[at..<at + mark.count].elementsEqual(mark) {
        sections.append(String(decoding: bytes[start..<at], as: UTF8.self))
        at += mark.count
        start = at
      } else {
        at += 1
      }
    }
    return sections + [String(decoding: bytes[start...], as: UTF8.self)]
  }
}
