import Bytes
import HTTPSemantics
import JSON

/// Hiding what stands under a secret name in texts that have names: fields, query strings, JSON.
extension ExchangeRecorder {
  /// A value as it may be shown under its name.
  func shown(_ value: String, of name: some StringProtocol) -> String {
    guard redaction.hides(name), !value.isEmpty else { return value }
    secrets.insert(value)
    // `Bearer abc`, and each of `a=1; b=2`.
    if let space = value.firstIndex(of: " ") { secrets.insert(String(value[value.index(after: space)...])) }
    for pair in value.split(separator: ";") {
      if let equals = pair.firstIndex(of: "=") { secrets.insert(String(pair[pair.index(after: equals)...])) }
    }
    return Redaction.mark
  }

  /// A target or form with the values of secret parameters hidden.
  func shown(query text: String) -> String {
    guard let mark = text.firstIndex(of: "?") else { return text }
    return text[...mark] + shown(form: text[text.index(after: mark)...])
  }

  /// `a=1&b=2`, secret values hidden.
  func shown(form text: some StringProtocol) -> String {
    var result = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      let end = rest.firstIndex { $0 == "&" || $0 == ";" } ?? rest.endIndex
      let pair = rest[..<end]
      if let equals = pair.firstIndex(of: "=") {
        let value = String(pair[pair.index(after: equals)...])
        if redaction.hides(Self.decoded(pair[..<equals])), !value.isEmpty {
          secrets.insert(value)
          secrets.insert(Self.decoded(value))
          result += pair[...equals] + Redaction.mark
        } else {
          result += pair
        }
      } else {
        result += pair
      }
      rest = rest[end...]
      if let separator = rest.popFirst() { result.append(separator) }
    }
    return result
  }

  private static func decoded(_ text: some StringProtocol) -> String {
    var text = String(text)
    return text.withUTF8 { PercentEncoding.decoded(UnsafeRawBufferPointer($0), plusIsSpace: true) }
  }

  /// A body's text with the values of secret members or parameters hidden. It need not be well-formed, nor whole.
  func shown(body text: String, _ mediaType: String?) -> String {
    if mediaType?.hasPrefix("application/x-www-form-urlencoded") ?? false { return shown(form: text) }
    guard let first = text.utf8.first(where: { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    else { return text }
    return shown(json: Array(text.utf8))
  }

  /// Goes through the text once, from token to token: what stands under a secret name, or anywhere below it, is hidden.
  private func shown(json bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    /// For each open container, whether it is secret as a whole.
    var open: [Bool] = []
    var nameIsSecret = false
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open.append(nameIsSecret || open.last ?? false)
        nameIsSecret = false
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
      case UInt8(ascii: ","): nameIsSecret = false
      case UInt8(ascii: ":"), 32, 9, 10, 13: break
      default:
        let end = Self.endOfToken(bytes, at)
        let token = bytes[at..<end]
        if Self.isName(bytes, end) {
          nameIsSecret = redaction.hides(Self.contents(token))
          output += token
        } else if nameIsSecret || open.last ?? false,
          !["null", "\"\""].contains(String(decoding: token, as: UTF8.self))
        {
          secrets.insert(Self.contents(token))
          output += "\"\(Redaction.mark)\"".utf8
        } else {
          output += token
        }
        at = end
        continue
      }
      output.append(byte)
      at += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Behind a string with its quotes, or a run of bytes that separate nothing.
  private static func endOfToken(_ bytes: [UInt8], _ start: Int) -> Int {
    var at = start
    if bytes[at] == UInt8(ascii: "\"") {
      at += 1
      while at < bytes.count {
        if bytes[at] == UInt8(ascii: "\\") {
          at += 2
        } else if bytes[at] == UInt8(ascii: "\"") {
          return at + 1
        } else {
          at += 1
        }
      }
      return bytes.count
    }
    while at < bytes.count, !" \t\r\n,:{}[]\"".utf8.contains(bytes[at]) { at += 1 }
    return at
  }

  private static func isName(_ bytes: [UInt8], _ end: Int) -> Bool {
    var at = end
    while at < bytes.count, bytes[at] == 32 || bytes[at] == 9 || bytes[at] == 10 || bytes[at] == 13 { at += 1 }
    return at < bytes.count && bytes[at] == UInt8(ascii: ":")
  }

  /// What a token says: without quotes, escapes decoded.
  private static func contents(_ token: ArraySlice<UInt8>) -> String {
    guard token.first == UInt8(ascii: "\"") else { return String(decoding: token, as: UTF8.self) }
    if token.contains(UInt8(ascii: "\\")), let document = try? token.withUnsafeBytes({ try JSONDocument(parsing: $0) })
    {
      return withExtendedLifetime(document) { document.root.string }
    }
    let inside = token.dropFirst()
    return String(decoding: inside.last == UInt8(ascii: "\"") ? inside.dropLast() : inside, as: UTF8.self)
  }
}
