import Foundation
import Testing

/// The lines of a file in `Goldens`: a value each, as a rule sees it. `# ` begins a remark; `%` and two digits are a byte that a
/// line cannot hold.
enum DetectionGoldens {
  struct Line: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let testDescription: String
  }

  static func lines(_ name: String) -> [Line] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/\(name).txt")
    guard let content = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return content.split(separator: "\n").filter { !$0.hasPrefix("# ") }.map {
      Line(bytes: decoded(Array($0.utf8)), testDescription: String($0))
    }
  }

  private static func decoded(_ line: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    while index < line.count {
      if line[index] == UInt8(ascii: "%"), index + 2 < line.count,
        let value = UInt8(String(decoding: line[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        index += 3
      } else {
        bytes.append(line[index])
        index += 1
      }
    }
    return bytes
  }
}
