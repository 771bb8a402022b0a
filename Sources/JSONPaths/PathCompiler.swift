import JSON

/// Text to steps.
struct PathCompiler {
  private let bytes: [UInt8]
  private var at = 0
  private let end: Int
  private var steps: [PathStep] = []
  private let nesting: Int
  private(set) var isRooted = true

  /// Filters inside of paths inside of filters.
  static let deepestNesting = 16
  static let mostSteps = 256

  init(_ text: String, nesting: Int) {
    var bytes = Array(text.utf8)
    var begin = 0
    var end = bytes.count
    while begin < end && bytes[begin] <= 0x20 { begin += 1 }
    while end > begin && bytes[end - 1] <= 0x20 { end -= 1 }
    if begin < end, bytes[begin] != UInt8(ascii: "$"), bytes[begin] != UInt8(ascii: "@") {
      bytes.replaceSubrange(0..<begin, with: Array("$.".utf8))
      end += 2 - begin
      begin = 0
    }
    self.bytes = bytes
    at = begin
    self.end = end
    self.nesting = nesting
  }

  private func error(_ message: String) -> JSONPathError { JSONPathError(message, at: min(at, bytes.count)) }

  private func byte(_ index: Int) -> UInt8 { index < end ? bytes[index] : 0 }

  mutating func compile() throws(JSONPathError) -> [PathStep] {
    guard nesting <= PathCompiler.deepestNesting else { throw error("filters are nested too deep") }
    guard at < end else { throw error("a path may not be empty") }
    isRooted = bytes[at] == UInt8(ascii: "$")
    at += 1
    if at < end, bytes[at] != UInt8(ascii: "."), bytes[at] != UInt8(ascii: "[") {
      throw error("'.' or '[' was expected behind '$'")
    }
    while at < end {
      try step()
      guard steps.count <= PathCompiler.mostSteps else { throw error("the path has too many steps") }
    }
    if case .scan? = steps.last { throw error("a path may not end with '..'") }
    for step in steps.dropLast() {
      if case .function = step { throw error("a function ends a path") }
    }
    return steps
  }

  private mutating func step() throws(JSONPathError) {
    switch bytes[at] {
    case UInt8(ascii: " "):
      throw error("a name with spaces must stand in brackets and quotes: ['two words']")
    case UInt8(ascii: "["):
      try bracket()
    case UInt8(ascii: "*"):
      at += 1
      steps.append(.wildcard)
    case UInt8(ascii: "."):
      at += 1
      guard at < end else { throw error("a path may not end with '.'") }
      if bytes[at] == UInt8(ascii: ".") {
        at += 1
        steps.append(.scan)
        return
      }
      let end = endOfName()
      if end == at { return }
      if end == at + 1 && bytes[at] == UInt8(ascii: "*") {
        at += 1
        steps.append(.wildcard)
        return
      }
      try name(to: end)
    default:
      try name(to: endOfName())
    }
  }

  private func endOfName() -> Int {
    var index = at
    while index < end, bytes[index] != UInt8(ascii: "."), bytes[index] != UInt8(ascii: "["), bytes[index] != 0x20 {
      index += 1
    }
    return index
  }

  /// A member's name, or a function with its arguments, which may go on behind `end`.
  private mutating func name(to end: Int) throws(JSONPathError) {
    if let open = bytes[at..<end].firstIndex(of: UInt8(ascii: "(")),
      let function = PathFunction(rawValue: String(decoding: bytes[at..<open], as: UTF8.self))
    {
      at = open + 1
      steps.append(.function(function, try parameters()))
      return
    }
    steps.append(.member(JSONName(String(decoding: bytes[at..<end], as: UTF8.self))))
    at = end
  }

  /// From behind `(` to behind `)`.
  private mutating func parameters() throws(JSONPathError) -> [PathParameter] {
    var parameters: [PathParameter] = []
    while true {
      while byte(at) == 0x20 { at += 1 }
      if byte(at) == UInt8(ascii: ")") {
        at += 1
        return parameters
      }
      let begin = at
      let close = try endOfArgument()
      let text = String(decoding: bytes[begin..<close], as: UTF8.self)
      if byte(begin) == UInt8(ascii: "$") || byte(begin) == UInt8(ascii: "@") {
        parameters.append(.path(try JSONPath(text, nesting: nesting + 1)))
      } else {
        guard let literal = Literal(json: text) else { throw error("an argument must be a path or a JSON value") }
        parameters.append(.literal(literal))
      }
      at = close
      if byte(at) == UInt8(ascii: ",") { at += 1 }
    }
  }

  /// The `,` or `)` that ends the argument at `at`.
  private func endOfArgument() throws(JSONPathError) -> Int {
    var index = at
    var depth = 0
    while index < end {
      switch bytes[index] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard let close = endOfQuoted(index) else { throw error("a quote is not closed") }
        index = close
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")") where depth == 0, UInt8(ascii: ",") where depth == 0: return index
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
      index += 1
    }
    throw error("the arguments of a function are not closed")
  }

  /// The quote that closes the one at `open`; a backslash protects the next byte.
  private func endOfQuoted(_ open: Int) -> Int? {
    var index = open + 1
    while index < end {
      if bytes[index] == UInt8(ascii: "\\") {
        index += 1
      } else if bytes[index] == bytes[open] {
        return index
      }
      index += 1
    }
    return nil
  }

  // MARK: Brackets

  private mutating func bracket() throws(JSONPathError) {
    at += 1
    skipSpaces()
    switch byte(at) {
    case UInt8(ascii: "*"):
      at += 1
      steps.append(.wildcard)
      try closeBracket()
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      try names()
    case UInt8(ascii: "?"):
      at += 1
      skipSpaces()
      var compiler = FilterCompiler(bytes, from: at, to: end, nesting: nesting)
      steps.append(.filter(try compiler.compile()))
      at = compiler.at
      try closeBracket()
    case UInt8(ascii: "("):
      try elementFromLength()
    default:
      try indexes()
    }
  }

  private mutating func skipSpaces() {
    while byte(at) == 0x20 { at += 1 }
  }

  private mutating func closeBracket() throws(JSONPathError) {
    skipSpaces()
    guard byte(at) == UInt8(ascii: "]") else { throw error("']' was expected") }
    at += 1
  }

  /// `'a']`, `'a','b']`
  private mutating func names() throws(JSONPathError) {
    var names: [JSONName] = []
    while true {
      skipSpaces()
      guard byte(at) == UInt8(ascii: "'") || byte(at) == UInt8(ascii: "\"") else {
        throw error("a name in quotes was expected")
      }
      guard let close = endOfQuoted(at) else { throw error("a quote is not closed") }
      names.append(JSONName(unescape(bytes[at + 1..<close])))
      at = close + 1
      skipSpaces()
      guard byte(at) == UInt8(ascii: ",") else { break }
      at += 1
    }
    try closeBracket()
    steps.append(names.count == 1 ? .member(names[0]) : .members(names))
  }

  /// `(@.length-1)]`, `(@.size()-1)]`
  private mutating func elementFromLength() throws(JSONPathError) {
    let begin = at
    while at < end && bytes[at] != UInt8(ascii: "]") { at += 1 }
    let text = bytes[begin..<at].filter { $0 != 0x20 && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")") }
    for prefix in ["@.length-", "@.size-"] where text.starts(with: prefix.utf8) {
      if let number = Int32(String(decoding: text.dropFirst(prefix.utf8.count), as: UTF8.self)), number >= 0 {
        steps.append(.elementFromLength(-Int(number)))
        return try closeBracket()
      }
    }
    at = begin
    throw error("only [(@.length-n)] may be computed here")
  }

  /// `1]`, `1,2]`, `1:2]`, `1:]`, `:2]`
  private mutating func indexes() throws(JSONPathError) {
    let begin = at
    while at < end && bytes[at] != UInt8(ascii: "]") { at += 1 }
    let text = bytes[begin..<at].filter { $0 != 0x20 }
    guard at < end, !text.isEmpty else {
      at = begin
      throw error("an index, a name in quotes, '*' or '?' was expected in brackets")
    }
    if text.contains(UInt8(ascii: ":")) {
      // A third part, the step of other dialects, is not looked at.
      let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      let from = try index(parts[0], begin)
      let to = try index(parts[1], begin)
      guard from != nil || to != nil else {
        at = begin
        throw error("a slice needs a beginning or an end")
      }
      steps.append(.slice(from: from, to: to))
    } else {
      var indexes: [Int] = []
      for part in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        guard let index = try index(part, begin) else {
          at = begin
          throw error("an index is missing")
        }
        indexes.append(index)
      }
      steps.append(indexes.count == 1 ? .element(indexes[0]) : .elements(indexes))
    }
    try closeBracket()
  }

  /// Nil for no digits at all.
  private func index(_ digits: ArraySlice<UInt8>, _ begin: Int) throws(JSONPathError) -> Int? {
    if digits.isEmpty { return nil }
    guard digits.first != UInt8(ascii: "+"), let index = Int32(String(decoding: digits, as: UTF8.self)) else {
      throw JSONPathError("this is no index", at: begin)
    }
    return Int(index)
  }
}

/// The contents of a quoted name: a backslash stands for the character behind it, or begins an escape of JSON.
func unescape(_ quoted: ArraySlice<UInt8>) -> String {
  guard quoted.contains(UInt8(ascii: "\\")) else { return String(decoding: quoted, as: UTF8.self) }
  var json = Array("\"".utf8)
  var index = quoted.startIndex
  while index < quoted.endIndex {
    let byte = quoted[index]
    index += 1
    if byte == UInt8(ascii: "\\"), index < quoted.endIndex {
      let letter = quoted[index]
      index += 1
      if "\"\\/bfnrtu".utf8.contains(letter) { json.append(byte) }
      json.append(letter)
    } else {
      if byte == UInt8(ascii: "\"") { json.append(UInt8(ascii: "\\")) }
      json.append(byte)
    }
  }
  json.append(UInt8(ascii: "\""))
  guard let document = try? JSONDocument(parsing: json, as: .permissive) else {
    return String(decoding: quoted, as: UTF8.self)
  }
  return withExtendedLifetime(document) { document.root.string }
}

extension Literal {
  /// Nil: not JSON as json-smart's permissive mode reads it.
  init?(json text: String) {
    guard let document = try? JSONDocument(parsing: text, as: .permissive, limits: JSONLimits(depth: 32)) else {
      return nil
    }
    self = withExtendedLifetime(document) { Literal(document.root) }
  }

  /// Recursive: the document's depth is limited.
  private init(_ node: JSONNode) {
    switch node.kind {
    case .null: self = .null
    case .true: self = .bool(true)
    case .false: self = .bool(false)
    case .number: self = .number(node.string)
    case .string: self = .text(node.string)
    case .array: self = .list(node.elements.map { Literal($0) })
    case .object: self = .object(node.members.map { ($0.name.string, Literal($0.value)) })
    }
  }
}
