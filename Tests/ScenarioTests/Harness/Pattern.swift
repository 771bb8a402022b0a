import Foundation

/// What a scenario expects of some bytes: exactly these, apart from holes. A hole `{{regex}}` stands for whatever
/// matches the regular expression inside it: `Date: {{.*}}`.
struct Pattern {
  private let expected: [UInt8]
  private let whole: NSRegularExpression?
  private let part: NSRegularExpression?

  init(_ expected: [UInt8]) throws {
    self.expected = expected
    // Latin-1 gives every byte one character, so that bytes outside UTF-8 can be matched too.
    let text = Self.latin1(expected)
    guard text.contains("{{") else {
      (whole, part) = (nil, nil)
      return
    }
    var pattern = ""
    var rest = text[...]
    while let opening = rest.range(of: "{{") {
      guard let closing = rest.range(of: "}}", range: opening.upperBound..<rest.endIndex) else { break }
      pattern += NSRegularExpression.escapedPattern(for: String(rest[..<opening.lowerBound]))
      pattern += "(?:" + rest[opening.upperBound..<closing.lowerBound] + ")"
      rest = rest[closing.upperBound...]
    }
    pattern += NSRegularExpression.escapedPattern(for: String(rest))
    whole = try NSRegularExpression(pattern: "\\A(?:\(pattern))\\z")
    part = try NSRegularExpression(pattern: pattern)
  }

  /// Whether the whole of `bytes` is as expected.
  func matches(_ bytes: some Collection<UInt8>) -> Bool {
    guard let whole else { return expected.elementsEqual(bytes) }
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
