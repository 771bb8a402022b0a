import Foundation

/// Swift source with comments and the insides of string literals blanked out, line by line, so that what is looked for
/// is found in code alone. Good enough for this repository's style; it does not know regex literals.
struct CodeText {
  private let text: String
  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  init(_ text: String) {
    var scanner = Scanner(text)
    scanner.code(untilParenthesis: false)
    self.text = String(String.UnicodeScalarView(scanner.out))
  }

  /// The numbers, from 1, of the lines that contain a match.
  /// - Parameter pattern: an `NSRegularExpression`, which is many times as fast as `Regex` in a build without
  ///   optimisation.
  func lineNumbers(containing pattern: String) throws -> [Int] {
    let expression = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
    var numbers: [Int] = []
    var (number, counted) = (1, text.startIndex)
    for match in expression.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
      guard let range = Range(match.range, in: text) else { continue }
      number += text[counted..<range.lowerBound].utf8.count { $0 == 10 }
      counted = range.lowerBound
      if numbers.last != number { numbers.append(number) }
    }
    return numbers
  }

  /// What the file imports.
  var imports: [String] {
    lines.filter { $0.contains("import ") }.compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count else { return nil }
      // `import struct Room.Thing`
      return words.last?.split(separator: ".").first.map(String.init)
    }
  }

  private struct Scanner {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    var out: [Unicode.Scalar] = []

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private func starts(_ text: String, at index: Int) -> Bool {
      var index = index
      for scalar in text.unicodeScalars {
        guard index < scalars.count, scalars[index] == scalar else { return false }
        index += 1
      }
      return true
    }

    private mutating func keep() {
      out.append(scalars[at])
      at += 1
    }

    private mutating func blank(_ count: Int = 1) {
      for _ in 0..<count where at < scalars.count {
        out.append(scalars[at] == "\n" ? "\n" : " ")
        at += 1
      }
    }

    /// Reads code up to the end, or up to the parenthesis that ends an interpolation.
    mutating func code(untilParenthesis: Bool) {
      var depth = 0
      while at < scalars.count {
        if starts("//", at: at) {
          while at < scalars.count, scalars[at] != "\n" { blank() }
        } else if starts("/*", at: at) {
          blockComment()
        } else if scalars[at] == "\"" || scalars[at] == "#" {
          var hashes = 0
          while starts("#", at: at + hashes) { hashes += 1 }
          if starts("\"", at: at + hashes) { string(hashes: hashes) } else { for _ in 0..<hashes { keep() } }
        } else {
          if scalars[at] == "(" { depth += 1 }
          if scalars[at] == ")" {
            if depth == 0 && untilParenthesis { return }
            depth -= 1
          }
          keep()
        }
      }
    }

    private mutating func blockComment() {
      var depth = 0
      repeat {
        if starts("/*", at: at) {
          depth += 1
          blank(2)
        } else if starts("*/", at: at) {
          depth -= 1
          blank(2)
        } else {
          blank()
        }
      } while depth > 0 && at < scalars.count
    }

    private mutating func string(hashes: Int) {
      let fence = String(repeating: "#", count: hashes)
      let isLong = starts("\"\"\"", at: at + hashes)
      let end = (isLong ? "\"\"\"" : "\"") + fence
      blank(hashes + (isLong ? 3 : 1))
      while at < scalars.count, !starts(end, at: at) {
        if starts("\\" + fence + "(", at: at) {
          blank(2 + hashes)
          code(untilParenthesis: true)
          blank()
        } else if starts("\\" + fence, at: at) {
          blank(2 + hashes)
        } else {
          blank()
        }
      }
      blank(end.unicodeScalars.count)
    }
  }
}
