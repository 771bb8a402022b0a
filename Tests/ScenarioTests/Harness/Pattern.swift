import Foundation

/// What a scenario expects of some bytes: exactly these, apart from holes. A hole `{{regex}}` stands for whatever
/// matches the regular expression inside it: `Date: {{.*}}`.
struct Pattern {
  private let expected: [UInt8]
  private let whole: NSRegularExpression?
  private let part: NSRegularExpression?

  init(_ expected: [UInt8]) throws {
    self.expected = expected
    guard Self.hasHole(expected) else {
      (whole, part) = (nil, nil)
      return
    }
    // Latin-1 gives every byte one character, so that bytes outside UTF-8 can be matched too.
    let text = Self.latin1(expected)
    var pattern = ""
    var rest = text[...]
    while let opening = rest.range(of: "{{"), let closing = Self.closing(of: rest[opening.upperBound...]) {
      pattern += NSRegularExpression.escapedPattern(for: String(rest[..<opening.lowerBound]))
      pattern += "(?:" + rest[opening.upperBound..<closing.lowerBound] + ")"
      rest = rest[closing.upperBound...]
    }
    pattern += NSRegularExpression.escapedPattern(for: String(rest))
    whole = try NSRegularExpression(pattern: "\\A(?:\(pattern))\\z")
    part = try NSRegularExpression(pattern: pattern)
  }

  /// Large bodies are looked through in a build without optimisation, so the C library does it.
  private static func hasHole(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, let brace = memchr(start, 0x7b, rest.count)
      {
        let place = rest.startIndex + (UnsafeRawPointer(brace) - start)
        if place + 1 < bytes.count, bytes[place + 1] == 0x7b { return true }
        rest = bytes[(place + 1)...]
      }
      return false
    }
  }

  /// The braces that close a hole: the first two behind which its own braces, as in `[0-9]{4}`, are closed too.
  private static func closing(of text: Substring) -> Range<String.Index>? {
    var start = text.startIndex
    while let closing = text.range(of: "}}", range: start..<text.endIndex) {
      let inside = text[..<closing.lowerBound]
      if inside.count(where: { $0 == "{" }) == inside.count(where: { $0 == "}" }) { return closing }
      start = text.index(after: closing.lowerBound)
    }
    return nil
  }

  /// Whether the whole of `bytes` is as expected.
  func matches(_ bytes: some Collection<UInt8>) -> Bool {
    guard let whole else {
      let bytes = Array(bytes)
      return bytes.count == expected.count && memcmp(bytes, expected, bytes.count) == 0
    }
    return found(whole, in: Self.latin1(bytes))
  }

  /// Whether a part of `bytes` is as expected.
  func isFound(in bytes: some Collection<UInt8>) -> Bool {
    guard let part else { return Self.latin1(bytes).contains(Self.latin1(expected)) }
    return found(part, in: Self.latin1(bytes))
  }

  private func found(_ expression: NSRegularExpression, in text: String) -> Bool {
    expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
  }

  private static func latin1(_ bytes: some Collection<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}
