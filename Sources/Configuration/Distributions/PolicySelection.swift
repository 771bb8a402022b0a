import Edge

/// Which names a policy means: a key with a word, and a key with a list beside it.
struct PolicySelection {
  let findings: Findings

  /// - Parameters:
  ///   - key: `headerBehavior`, or another whose words say which of the names in `list` are meant.
  ///   - standard: what holds where neither is there.
  func read<Word: RawRepresentable & CaseIterable>(
    _ object: ObjectReader, _ key: String, _ list: String, _: Word.Type, standard: CachePolicy.Selection = .none
  ) -> CachePolicy.Selection where Word.RawValue == String {
    let names = object.strings(list) ?? []
    guard object.member(key) != nil || !names.isEmpty else { return standard }
    let word = object.word(key, Word.self)?.rawValue ?? (standard == .all ? "all" : "none")
    let needsNames = word == "whitelist" || word == "allExcept"
    if needsNames, names.isEmpty {
      findings.error(
        at: object.member(key)?.value.location ?? object.location, "`\(key): \(word)` needs names in `\(list)`")
    } else if !needsNames, !names.isEmpty {
      findings.error(
        at: object.member(list)?.keyLocation ?? object.location,
        "`\(list)` has no meaning with `\(key): \(word)`; write `\(key): whitelist`")
    }
    switch word {
    case "whitelist": return .whitelist(names)
    case "allExcept": return .allExcept(names)
    case "all": return .all
    default: return .none
    }
  }
}
