/// Reads a text as HTML from each place that a page may have it at, and weighs what it meets.
struct MarkupSearch {
  private let text: UnsafeRawBufferPointer
  /// Up to where tags have been read: behind it a `<` inside a value is read, too, but not as far.
  private var readUntil = 0
  private(set) var allowance: DetectionAllowance

  /// How far a tag is read that stands within another one's value.
  private static let nestedLength = 48
  /// The same where the allowance has become narrow.
  private static let narrowLength = 24
  /// How far an attribute is read behind a quote or a space that is not the first of its kind.
  private static let laterLength = 48

  init(_ text: UnsafeRawBufferPointer, _ allowance: DetectionAllowance) {
    self.text = text
    self.allowance = allowance
  }

  /// What a text is allowed. Of ordinary ones, pages of tags with many attributes take the most.
  static func allowance(for text: UnsafeRawBufferPointer, of steps: Int) -> DetectionAllowance {
    DetectionAllowance(text.count, freely: 20, narrowly: 8, of: steps)
  }

  mutating func finding() -> CrossSiteScripting.Finding? {
    if let address = wholeAddress() { return address }
    if let content = content() { return content }
    if let value = values() { return value }
    if let script = ScriptText.find(in: text) { return CrossSiteScripting.Finding(means: .script, range: script) }
    return nil
  }

  // MARK: - The five places

  /// The text is an address itself: `javascript:alert(1)`. `JavaScript: the good parts` is none.
  private func wholeAddress() -> CrossSiteScripting.Finding? {
    guard let found = ScriptAddress.scheme(text, 0..<text.count) else { return nil }
    var index = found.end
    if found.isDisguised { return CrossSiteScripting.Finding(means: .address, range: 0..<index) }
    let isTight = index < text.count && text[index] > 0x20
    while index < text.count, text[index] <= 0x20 { index &+= 1 }
    guard index < text.count else { return nil }
    if found.scheme == .data {
      // data:text/html,… and data:,…
      let head = HTMLName(text, index..<min(text.count, index &+ 5))
      guard head.letters == Self.dataText || text[index] == UInt8(ascii: ",") else { return nil }
      return CrossSiteScripting.Finding(means: .address, range: 0..<index)
    }
    if isTight { return CrossSiteScripting.Finding(means: .address, range: 0..<index) }
    while index < text.count, HTMLTokenizer.isLetter(text[index]) { index &+= 1 }
    guard index < text.count else { return nil }
    switch text[index] {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "."), UInt8(ascii: "="), UInt8(ascii: "\\"),
      UInt8(ascii: "`"),
      UInt8(ascii: "/"):
      return CrossSiteScripting.Finding(means: .address, range: 0..<index)
    default: return nil
    }
  }

  private static let dataText = HTMLName.letters("text/")

  private mutating func content() -> CrossSiteScripting.Finding? {
    var index = 0
    while index < text.count, !allowance.isSpent {
      let byte = text[index]
      guard byte == UInt8(ascii: "<") || byte == 0xEF else {
        index &+= 1
        continue
      }
      let nested = allowance.isNarrow ? Self.narrowLength : Self.nestedLength
      let limit = index < readUntil ? min(text.count, index &+ nested) : text.count
      var tokenizer = HTMLTokenizer(text, from: index, to: limit, isInTag: false)
      let finding = tag(&tokenizer, at: index)
      allowance.spend(tokenizer.steps)
      if let finding { return finding }
      readUntil = max(readUntil, tokenizer.position)
      index &+= 1
    }
    return nil
  }

  /// The one tag, comment or declaration at `start`.
  private mutating func tag(_ tokenizer: inout HTMLTokenizer, at start: Int) -> CrossSiteScripting.Finding? {
    switch tokenizer.next() {
    case .tag(let name):
      guard name.lowerBound <= start &+ 4 else { return nil }
      // `<svg:anything>`: the prefix tells
      let prefix = HTMLName(text, name.lowerBound..<min(name.upperBound, name.lowerBound &+ 3))
      if DangerousMarkup.isElement(HTMLName(text, name)) || DangerousMarkup.isElement(prefix) && prefix.length == 3 {
        return CrossSiteScripting.Finding(means: .element, range: start..<name.upperBound)
      }
      if let end = spelledElement(name) { return CrossSiteScripting.Finding(means: .element, range: start..<end) }
      return attributes(&tokenizer, count: .max, isOpen: true)
    case .comment(let content):
      readUntil = max(readUntil, content.upperBound)
      return comment(content).map { CrossSiteScripting.Finding(means: .declaration, range: $0) }
    case .declaration(let content):
      readUntil = max(readUntil, content.upperBound)
      return declaration(content).map { CrossSiteScripting.Finding(means: .declaration, range: $0) }
    case .instruction(let content):
      readUntil = max(readUntil, content.upperBound)
      return instruction(content).map { CrossSiteScripting.Finding(means: .declaration, range: $0) }
    case .attribute, .tagEnd, .end:
      return nil
    }
  }

  /// An element's name in single letters with single spaces between.
  private func spelledElement(_ name: Range<Int>) -> Int? {
    guard name.count == 1 else { return nil }
    var letters: UInt64 = 0
    var index = name.lowerBound
    while index < text.count, HTMLTokenizer.isLetter(text[index]) {
      letters = letters << 8 | UInt64(text[index] | 0x20)
      guard index &+ 2 < text.count, text[index &+ 1] <= 0x20, letters >> 56 == 0 else { break }
      index &+= 2
    }
    return letters > 0xFF_FFFF && DangerousMarkup.isSpelledElement(letters) ? index &+ 1 : nil
  }

  /// Behind a value that the text began in: the first space ends one without quotes, the first quote of its kind one with.
  private mutating func values() -> CrossSiteScripting.Finding? {
    var seen: UInt8 = 0
    var index = 0
    while index < text.count, !allowance.isSpent {
      let byte = text[index]
      index &+= 1
      let bit: UInt8
      switch byte {
      case UInt8(ascii: "'"): bit = 1
      case UInt8(ascii: "\""): bit = 2
      case UInt8(ascii: "`"): bit = 4
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D, UInt8(ascii: ";"): bit = 8
      default:
        guard index == 1 else { continue }
        // A text may begin with the attribute itself.
        index = 0
        bit = 16
      }
      let isFirst = seen & bit == 0
      seen |= bit
      // `"javascript:…"`: an address in a larger text
      if bit < 8, isSchemeAhead(index),
        let found = ScriptAddress.scheme(text, index..<min(text.count, index &+ Self.laterLength)),
        found.scheme == .script,
        found.end < text.count, text[found.end] > 0x20, text[found.end] != byte
      {
        return CrossSiteScripting.Finding(means: .address, range: index..<found.end)
      }
      // Behind the first quote of its kind all that follows may be attributes; those behind a later one, or behind a space, are
      // met one by one.
      if !isFirst || bit == 8, !isAttributeAhead(index) { continue }
      let isWhole = isFirst && bit < 8
      let limit = isWhole ? text.count : min(text.count, index &+ Self.laterLength)
      var tokenizer = HTMLTokenizer(text, from: index, to: limit, isInTag: true)
      let finding = attributes(&tokenizer, count: isWhole ? .max : 1, isOpen: false)
      allowance.spend(tokenizer.steps)
      if let finding { return finding }
      if bit == 16 { index = 1 }
    }
    return nil
  }

  private func isSchemeAhead(_ index: Int) -> Bool {
    guard index < text.count else { return false }
    switch text[index] | 0x20 {
    case UInt8(ascii: "j"), UInt8(ascii: "v"), UInt8(ascii: "&") | 0x20: return true
    default: return text[index] < 0x20
    }
  }

  /// Whether a name follows, at once or behind a slash, that matters outside of a tag: a handler, `style`, `src`, `formaction`,
  /// `href` or `xlink:href`.
  private func isAttributeAhead(_ index: Int) -> Bool {
    var index = index
    if index < text.count, text[index] == UInt8(ascii: "/") { index &+= 1 }
    guard index &+ 2 < text.count else { return false }
    let second = text[index &+ 1] | 0x20
    switch text[index] | 0x20 {
    case UInt8(ascii: "o"): return second == UInt8(ascii: "n") || text[index &+ 1] == 0
    case UInt8(ascii: "s"): return second == UInt8(ascii: "t") || second == UInt8(ascii: "r")
    case UInt8(ascii: "f"): return second == UInt8(ascii: "o")
    case UInt8(ascii: "h"): return second == UInt8(ascii: "r")
    case UInt8(ascii: "x"): return second == UInt8(ascii: "l")
    default: return false
    }
  }

  // MARK: - Weighing

  private func attributes(_ tokenizer: inout HTMLTokenizer, count: Int, isOpen: Bool) -> CrossSiteScripting.Finding? {
    var left = count
    while left > 0 {
      left &-= 1
      switch tokenizer.next() {
      case .attribute(let name, let value, let hasValue):
        guard hasValue || isOpen else { continue }
        // `a/onward=` is a path; a tag's slash stands behind a quote or a space.
        if !isOpen, name.lowerBound > 1, text[name.lowerBound &- 1] == UInt8(ascii: "/"),
          SQLTokenizer.isNameByte(text[name.lowerBound &- 2]) || text[name.lowerBound &- 2] == UInt8(ascii: "\\")
        {
          continue
        }
        if let means = weigh(HTMLName(text, name), value, hasValue: hasValue, isOpen: isOpen, &tokenizer) {
          return CrossSiteScripting.Finding(
            means: means, range: name.lowerBound..<max(name.upperBound, value.upperBound))
        }
      case .tag, .tagEnd, .comment, .declaration, .instruction, .end:
        return nil
      }
    }
    return nil
  }

  private func weigh(
    _ name: HTMLName, _ value: Range<Int>, hasValue: Bool, isOpen: Bool, _ tokenizer: inout HTMLTokenizer
  ) -> CrossSiteScripting.Means? {
    switch DangerousMarkup.role(name) {
    case .handler: return hasValue ? .handler : nil
    case .document: return .attribute
    case .style:
      tokenizer.spend(4 &* value.count)
      return DangerousStyle.isFound(text, value, isOpen: isOpen) ? .style : nil
    case .namespace:
      tokenizer.spend(8 &* value.count)
      return isOpen && hasValue && isScriptableNamespace(value, isSchema: name.length > 5) ? .attribute : nil
    case .address: return ScriptAddress.scheme(text, value) != nil ? .address : nil
    case .other:
      guard let found = ScriptAddress.scheme(text, value) else { return nil }
      return found.scheme == .script ? .address : nil
    }
  }

  /// XHTML, SVG and XInclude give a document of XML scripts and files; a schema's place is fetched.
  private func isScriptableNamespace(_ value: Range<Int>, isSchema: Bool) -> Bool {
    for index in value {
      if isSchema, HTMLName(text, index..<min(value.upperBound, index &+ 4)).letters == Self.http { return true }
      switch HTMLName(text, index..<min(value.upperBound, index &+ 8)).letters {
      case Self.xhtml, Self.xinclude, Self.microsoft: return true
      default: continue
      }
    }
    return false
  }

  private static let http = HTMLName.letters("http")
  private static let xhtml = HTMLName.letters("99/xhtml")
  private static let xinclude = HTMLName.letters("xinclude")
  private static let microsoft = HTMLName.letters("microsof")

  private func comment(_ content: Range<Int>) -> Range<Int>? {
    // Internet Explorer's `<!--[if …]>` and its backtick, which ended comments; server-side includes.
    guard !content.isEmpty else { return nil }
    let first = HTMLName(text, content.lowerBound..<min(content.upperBound, content.lowerBound &+ 3))
    if first.letters == Self.conditional { return content }
    if text[content.lowerBound] == UInt8(ascii: "#") { return content }
    for index in content where text[index] == UInt8(ascii: "`") { return content }
    return nil
  }

  private static let conditional = HTMLName.letters("[if")

  /// `<!DOCTYPE html>` does nothing; entities fetch files.
  private func declaration(_ content: Range<Int>) -> Range<Int>? {
    var end = content.lowerBound
    while end < content.upperBound, HTMLTokenizer.isLetter(text[end]) { end &+= 1 }
    switch HTMLName(text, content.lowerBound..<end).letters {
    case Self.entity: return content
    case Self.doctype:
      for index in content where text[index] == UInt8(ascii: "[") { return content }
      return nil
    default:
      // `<![CDATA[` and `<![if`
      guard end == content.lowerBound, end < content.upperBound, text[end] == UInt8(ascii: "[") else { return nil }
      let word = HTMLName(text, end &+ 1..<min(content.upperBound, end &+ 3)).letters
      return word == Self.cdata || word == Self.if ? content : nil
    }
  }

  private static let entity = HTMLName.letters("entity")
  private static let cdata = HTMLName.letters("cd")
  private static let `if` = HTMLName.letters("if")
  private static let doctype = HTMLName.letters("doctype")

  /// `<?xml version=…?>` and `<?php` are not the browser's; `<?import`, `<?xml-stylesheet` and `<%` are.
  private func instruction(_ content: Range<Int>) -> Range<Int>? {
    var end = content.lowerBound
    while end < content.upperBound, HTMLTokenizer.isLetter(text[end]) { end &+= 1 }
    let name = HTMLName(text, content.lowerBound..<end)
    if name.letters == Self.import
      || name.letters == Self.xml && end < content.upperBound
        && (text[end] == UInt8(ascii: "-") || text[end] == UInt8(ascii: ":"))
    {
      return content
    }
    return nil
  }

  private static let `import` = HTMLName.letters("import")
  private static let xml = HTMLName.letters("xml")
}
