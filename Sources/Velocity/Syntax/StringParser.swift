/// String literals; one in double quotes is a template of its own.
extension Parser {
  mutating func stringLiteral() throws(SyntaxFault) -> SyntaxNode {
    let token = tokens[position]
    let image = token.image
    // What stood in front of the quote in the same token is no part of it.
    guard image.count >= 2, let quote = image.first else { throw unexpected() }
    var text = Array(image[1..<(image.count - 1)])
    let isDouble = quote == UInt8(ascii: "\"")
    if isDouble { text = try unescaped(text, offset: token.offset + 1) }
    if text.contains(quote) { text = singled(text, quote) }
    guard isDouble, image.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "#") }) else {
      return leaf(.string(StringForm(text: text, template: nil, isPadded: false)))
    }
    try deepen()
    defer { depth -= 1 }
    let isPadded = !contains(text, "##")
    let source = isPadded ? text + [UInt8(ascii: " ")] : text
    let tree: SyntaxTree
    do {
      tree = try Parser.parse(source, base: base + token.offset + 1, depth: depth)
    } catch {
      throw SyntaxFault(
        offset: token.offset + 1 + min(error.offset, text.count), message: "in the string: " + error.message,
        suggestion: error.suggestion)
    }
    return leaf(.string(StringForm(text: text, template: tree, isPadded: isPadded)))
  }

  func contains(_ text: [UInt8], _ mark: StaticString) -> Bool {
    let second = mark.utf8Start[1]
    for index in text.indices.dropLast() where text[index] == mark.utf8Start[0] && text[index + 1] == second {
      return true
    }
    return false
  }

  func singled(_ text: [UInt8], _ quote: UInt8) -> [UInt8] {
    var result: [UInt8] = []
    var at = 0
    while at < text.count {
      result.append(text[at])
      at += text[at] == quote && at + 1 < text.count && text[at + 1] == quote ? 2 : 1
    }
    return result
  }

  /// `\uXXXX` in a `"…"`, the one escape that Velocity decodes.
  func unescaped(_ text: [UInt8], offset: Int) throws(SyntaxFault) -> [UInt8] {
    guard contains(text, "\\u") else { return text }
    var units: [UInt16] = []
    var result: [UInt8] = []
    var at = 0
    func flush(_ units: inout [UInt16], _ result: inout [UInt8]) {
      guard !units.isEmpty else { return }
      result += Text(utf16: units).bytes
      units = []
    }
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count, text[at + 1] == UInt8(ascii: "u") else {
        flush(&units, &result)
        result.append(text[at])
        at += 1
        continue
      }
      let digits = text[(at + 2)...].prefix(4)
      guard digits.count == 4, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
        throw SyntaxFault(
          offset: offset + at, message: "\\u must be followed by four hexadecimal digits",
          suggestion: "write the character itself, or '…' for a string without escapes")
      }
      units.append(unit)
      at += 6
    }
    flush(&units, &result)
    return result
  }
}
