import APIModel

/// What readers of a document share: the library that `$ref`s lead into, and the list of what is wrong.
struct ReadingContext {
  let library: DocumentLibrary
  let findings: Findings
  /// The web ACLs that there are: their numbers among those of the firewall, by name.
  var webACLs: [String: Int] = [:]
}

/// One object of a document, read by key. Asking for a key with the wrong kind of value says so at its place and gives
/// nil, so that a reader goes on and finds every mistake.
struct ObjectReader {
  let members: [DocumentNode.Member]
  let location: SourceLocation
  let context: ReadingContext
  private let index: [String: Int]

  var findings: Findings { context.findings }

  /// The object that `node` is or refers to. Nil, and said, when it is something else; `what` names it in the message:
  /// "`paths`".
  init?(_ node: DocumentNode, _ what: String, in context: ReadingContext) {
    guard let target = context.library.resolve(node) else { return nil }
    guard let members = target.members else {
      context.findings.error(at: target.location, "\(what) must be an object, not \(target.kindName)")
      return nil
    }
    self.init(members, at: target.location, in: context)
  }

  init(_ members: [DocumentNode.Member], at location: SourceLocation, in context: ReadingContext) {
    self.members = members
    self.location = location
    self.context = context
    index = Dictionary(members.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func member(_ key: String) -> DocumentNode.Member? { index[key].map { members[$0] } }

  /// The value of `key`, with its reference followed; nil when it is missing or null.
  func value(_ key: String) -> DocumentNode? {
    guard let node = member(key)?.value, !node.isNull else { return nil }
    return context.library.resolve(node)
  }

  func object(_ key: String) -> ObjectReader? { value(key).flatMap { ObjectReader($0, "`\(key)`", in: context) } }

  func list(_ key: String) -> [DocumentNode]? {
    guard let node = value(key) else { return nil }
    guard case .sequence(let items) = node.content else { return wrong(key, node, "a list") }
    return items
  }

  func scalar(_ key: String, _ wanted: String = "text") -> Scalar? {
    guard let node = value(key) else { return nil }
    return node.scalar ?? wrong(key, node, wanted)
  }

  /// Text; a number or a boolean is taken as it is written.
  func string(_ key: String) -> String? { scalar(key)?.text }

  func requiredString(_ key: String, of what: String) -> String? {
    guard let text = string(key) else {
      missing(key, of: what)
      return nil
    }
    if text.isEmpty { findings.error(at: member(key)?.value.location ?? location, "`\(key)` must not be empty") }
    return text.isEmpty ? nil : text
  }

  /// Says that `key` must be there. Where it stands but is misspelt, that has been said already, and this goes without
  /// saying.
  func missing(_ key: String, of what: String) {
    let isMisspelt = members.contains { Suggestion.near($0.key, among: [key]) != nil && $0.key != key }
    guard member(key)?.value.isNull ?? !isMisspelt else { return }
    findings.error(at: location, "\(what) needs the key `\(key)`")
  }

  /// `true` or `false`, also as text and in YAML 1.1's words.
  func boolean(_ key: String) -> Bool? {
    guard let node = value(key) else { return nil }
    switch node.scalar?.text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: return wrong(key, node, "`true` or `false`")
    }
  }

  /// A whole number within `range`, also as text.
  func integer(_ key: String, in range: ClosedRange<Int>, _ unit: String = "") -> Int? {
    guard let node = value(key) else { return nil }
    let wanted =
      range.upperBound == .max
      ? "a whole number\(unit), \(range.lowerBound) or more"
      : "a whole number\(unit) from \(range.lowerBound) to \(range.upperBound)"
    guard let scalar = node.scalar, let number = Self.integer(scalar.text), range.contains(number) else {
      return wrong(key, node, wanted)
    }
    return number
  }

  /// A number within `range`, also as text.
  func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
    guard let node = value(key) else { return nil }
    guard let text = node.scalar?.text, let number = Double(text), range.contains(number) else {
      func written(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? "\(bound)" }
      return wrong(key, node, "a number from \(written(range.lowerBound)) to \(written(range.upperBound))")
    }
    return number
  }

  /// `200`, and `200.0` as some exporters write it.
  static func integer(_ text: String) -> Int? { Int(text) ?? Double(text).flatMap { Int(exactly: $0) } }

  /// A list of texts.
  func strings(_ key: String) -> [String]? {
    list(key)?.compactMap { item -> String? in
      guard let node = context.library.resolve(item) else { return nil }
      guard let scalar = node.scalar, scalar.kind != .null else {
        return wrong(key, node, "text", subject: "each value of ")
      }
      return scalar.text
    }
  }

  /// One of a fixed list of words, whatever their capitals.
  func word<Word: RawRepresentable & CaseIterable>(_ key: String, _: Word.Type) -> Word? where Word.RawValue == String {
    guard let node = value(key) else { return nil }
    let words = Word.allCases.map(\.rawValue)
    guard let text = node.scalar?.text else { return wrong(key, node, "one of \(words.joined(separator: ", "))") }
    if let word = Word.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) { return word }
    findings.error(
      at: node.location, "`\(text)` is not a value of `\(key)`: it is one of \(words.joined(separator: ", "))",
      suggestion: Suggestion.near(text, among: words))
    return nil
  }

  private func wrong<T>(_ key: String, _ node: DocumentNode, _ wanted: String, subject: String = "") -> T? {
    let found = node.scalar.map { $0.kind == .null ? "null" : "`\(Self.excerpt($0.text))`" } ?? node.kindName
    let foreign = node.cloudFormationFunction.map { "`\(Self.excerpt($0))` is CloudFormation's: write what it gives" }
    findings.error(
      at: node.location, "\(subject)`\(key)` must be \(wanted), not \(found)", suggestion: foreign)
    return nil
  }

  /// Enough of a text to recognise it in a message.
  static func excerpt(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    return line.count > 40 || line.count < text.count ? line.prefix(40) + "…" : String(line)
  }

  /// Says of every key that is not among `known` that it has no meaning here.
  func refuseKeys(except known: [String], _ what: String, as severity: Diagnostic.Severity = .error) {
    for member in members where !known.contains(member.key) && !member.key.hasPrefix("x-") && !findings.isFull {
      let suggestion = Suggestion.near(member.key, among: known)
      findings.add([
        Diagnostic(
          severity, at: member.keyLocation, "\(what) has no key `\(Self.excerpt(member.key))`",
          suggestion: suggestion ?? (known.count > 12 ? nil : "its keys are \(known.joined(separator: ", "))"))
      ])
    }
  }
}
