import Foundation

/// The files of this repository, as the architecture tests look at them.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct File: CustomStringConvertible {
    /// From the root: `Sources/Reactor/Socket.swift`.
    let path: String
    let lines: [Substring]

    var description: String { path }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    /// The folder below `Sources` or `Tests`.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var text: String { lines.joined(separator: "\n") }
  }

  /// The files below `Sources` without their comments and texts, by path.
  static let code = Dictionary(uniqueKeysWithValues: sources.map { ($0.path, CodeText($0.text)) })

  /// The Swift files below `Sources`.
  static let sources = files(below: "Sources", ending: ".swift")
  /// The Swift files below `Tests`; nested packages' dependencies are not ours.
  static let tests = files(below: "Tests", ending: ".swift")
  static let markdown = files(below: "", ending: ".md")

  static func read(_ path: String) -> File? {
    guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
    return File(path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appending(path: path).path) }

  /// Rooms: the folders of `Sources`.
  static let rooms: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }()

  private static func files(below folder: String, ending: String) -> [File] {
    let start = folder.isEmpty ? root : root.appending(path: folder)
    guard let walk = FileManager.default.enumerator(atPath: start.path) else { return [] }
    var found: [File] = []
    while let path = walk.nextObject() as? String {
      if path.split(separator: "/").last?.hasPrefix(".") == true {
        walk.skipDescendants()  // .build, .git and the like
      } else if path.hasSuffix(ending), let file = read(folder.isEmpty ? path : folder + "/" + path) {
        found.append(file)
      }
    }
    return found.sorted { $0.path < $1.path }
  }
}
