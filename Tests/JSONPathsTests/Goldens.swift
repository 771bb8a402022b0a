import Foundation

/// The recorded answers beside these tests.
enum Goldens {
  static func lines(_ name: String, _ file: String = #filePath) throws -> [String] {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Goldens")
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    let lines = text.split(separator: "\n").map(String.init)
    precondition(lines.count > 100, "the golden file \(name) is cut short")
    return lines
  }
}
