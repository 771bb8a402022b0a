/// Whether a text would run as JavaScript where it is pasted into a script: calls and objects that attacks cannot do without.
///
/// Only where a statement or an expression can begin: behind a sign of code or at the text's beginning. `alert(` behind a word
/// and a space is somebody's sentence.
struct ScriptText {
  private let bytes: UnsafeRawBufferPointer

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Where the first such piece ends.
  static func find(in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
    ScriptText(bytes).find()
  }

  @inline(__always)
  private func byte(_ index: Int) -> UInt8 { index < bytes.count && index >= 0 ? bytes[index] : 0 }

  private func find() -> Range<Int>? {
    var index = 0
    while index < bytes.count {
      let start = index
      let kind = Self.kind(bytes[index])
      index &+= 1
      switch kind {
      case .other: continue
      case .word:
        while index < bytes.count, Self.isWord(bytes[index]) { index &+= 1 }
        let length = index &- start
        guard length >= 3, length <= 11, index < bytes.count, Self.goesOn(bytes[index]) else { continue }
        // Behind most words of a text a space and another word follow.
        if bytes[index] == 0x20, Self.isWord(byte(index &+ 1)) { continue }
        if let end = word(start, index) ?? style(start, index) { return start..<end }
      case .not:
        // `![]`: JavaScript without letters
        let next = byte(index) == UInt8(ascii: "!") ? index &+ 1 : index
        if byte(next) == UInt8(ascii: "["), byte(next &+ 1) == UInt8(ascii: "]") { return start..<next &+ 2 }
      case .dot:
        // `.call` before a template
        var ahead = skipped(index)
        let name = ahead
        while ahead < bytes.count, Self.isWord(bytes[ahead]) { ahead &+= 1 }
        if ahead &- name == 4, letters(name, ahead) == Self.call, byte(skipped(ahead)) == UInt8(ascii: "`") {
          return start..<ahead
        }
      case .plus:
        // `+ADw-`: `<` in UTF-7
        if letters(index, index &+ 4) == Self.utf7Less, byte(index &+ 1) == UInt8(ascii: "D") {
          return start..<index &+ 4
        }
      }
    }
    return nil
  }

  private func word(_ start: Int, _ end: Int) -> Int? {
    let name = letters(start, end)
    let length = end &- start
    if Self.calls.contains(where: { $0.letters == name && $0.length == length }) {
      guard byte(end) == UInt8(ascii: "("), beginsCode(start) else { return nil }
      return end &+ 1
    }
    guard Self.objects.contains(where: { $0.letters == name && $0.length == length }) else { return nil }
    guard byte(start &- 1) != UInt8(ascii: "/"), byte(start &- 1) != UInt8(ascii: "-") else { return nil }
    var next = skipped(end)
    if byte(next) == UInt8(ascii: ")") { next = skipped(next &+ 1) }  // (document)["cookie"]
    if byte(next) == UInt8(ascii: "[") {
      let key = byte(skipped(next &+ 1))
      return key == UInt8(ascii: "'") || key == UInt8(ascii: "\"") || key == UInt8(ascii: "`") ? next &+ 1 : nil
    }
    guard byte(next) == UInt8(ascii: "."), byte(start &- 1) != UInt8(ascii: "."), beginsObject(start) else {
      return nil
    }
    let member = skipped(next &+ 1)
    // A sentence ends behind `the document.`
    guard member == next &+ 1 || next > end || name != Self.document else { return nil }
    var memberEnd = member
    while memberEnd < bytes.count, Self.isWord(bytes[memberEnd]) { memberEnd &+= 1 }
    let memberName = letters(member, memberEnd)
    let isDocument = name == Self.document
    return (isDocument ? Self.documentMembers : Self.windowMembers).contains {
      $0.letters == memberName && $0.length == memberEnd &- member
    } && (isDocument || length > 4 || name == Self.top) ? memberEnd : nil
  }

  /// `property: url(javascript`, and Mozilla's `-moz-binding:`
  private func style(_ start: Int, _ end: Int) -> Int? {
    let name = letters(start, end)
    if name == Self.url, end &- start == 3 {
      var before = start &- 1
      while before >= 0, bytes[before] <= 0x20 { before &-= 1 }
      guard before >= 0, bytes[before] == UInt8(ascii: ":") else { return nil }
      let open = skipped(end)
      guard byte(open) == UInt8(ascii: "(") else { return nil }
      let scheme = skipped(open &+ 1)
      return letters(scheme, scheme &+ 8) == Self.javascri ? scheme &+ 10 : nil
    }
    guard name == Self.binding, end &- start == 7, byte(end) == UInt8(ascii: ":"), start >= 5 else { return nil }
    return letters(start &- 5, start) == Self.moz ? end &+ 1 : nil
  }

  private static let url = HTMLName.letters("url")
  private static let javascri = HTMLName.letters("javascri")
  private static let binding = HTMLName.letters("binding")
  private static let moz = HTMLName.letters("-moz-")

  /// Behind a sign of code, or at the text's beginning.
  private func beginsCode(_ start: Int) -> Bool {
    var index = start &- 1
    while index >= 0, bytes[index] <= 0x20 { index &-= 1 }
    guard index >= 0 else { return true }
    // The part behind a scheme is the address's business.
    if bytes[index] == UInt8(ascii: ":"), index > 0, Self.isWord(bytes[index &- 1]) { return false }
    switch bytes[index] {
    case UInt8(ascii: ";"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ">"), UInt8(ascii: "!"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "~"), UInt8(ascii: "["), UInt8(ascii: ","), UInt8(ascii: "?"), UInt8(ascii: "|"),
      UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "/"):
      return index == start &- 1
        || bytes[index] != UInt8(ascii: ",") && bytes[index] != UInt8(ascii: ":") && bytes[index] != UInt8(ascii: "-")
    default:
      // new Function(
      return index >= 2 && letters(index &- 2, index &+ 1) == Self.new
        && (index == 2 || !Self.isWord(bytes[index &- 3]))
    }
  }

  private func beginsObject(_ start: Int) -> Bool { !Self.isWord(byte(start &- 1)) }

  /// Behind spaces and comments, of which a few hundred bytes are looked at.
  private func skipped(_ index: Int) -> Int {
    var index = index
    let limit = min(bytes.count, index &+ 128)
    while index < limit {
      if bytes[index] <= 0x20 {
        index &+= 1
      } else if bytes[index] == UInt8(ascii: "/"), byte(index &+ 1) == UInt8(ascii: "*") {
        index &+= 2
        while index < limit, bytes[index] != UInt8(ascii: "*") || byte(index &+ 1) != UInt8(ascii: "/") { index &+= 1 }
        index &+= 2
      } else {
        return index
      }
    }
    return min(index, bytes.count)
  }

  /// Up to eight letters in lower case.
  private func letters(_ start: Int, _ end: Int) -> UInt64 {
    var letters: UInt64 = 0
    for index in start..<max(start, min(end, start &+ 8, bytes.count)) {
      let byte = bytes[index]
      letters = letters << 8 | UInt64(byte &- 0x41 < 26 ? byte | 0x20 : byte)
    }
    return letters
  }

  // MARK: - Words

  private struct Name {
    let letters: UInt64
    let length: Int
    init(_ name: StaticString) {
      letters = HTMLName.letters(name)
      length = name.utf8CodeUnitCount
    }
  }

  private static let calls: [Name] = [
    "alert", "confirm", "prompt", "eval", "settimeout", "setinterval", "atob", "btoa", "function",
  ]
  .filter { $0.utf8CodeUnitCount > 0 }.map { Name($0) }
  private static let objects: [Name] = ["document", "window", "self", "top", "parent", "frames", "this", "globalthis"]
    .map { Name($0) }
  private static let documentMembers: [Name] = [
    "cookie", "domain", "write", "writeln", "location", "body", "createelement", "queryselector", "queryselectorall",
    "getelementbyid", "getelementsbytagname", "documentelement", "defaultview", "execcommand", "referrer",
  ].map { Name($0) }
  /// Of `window`, `top`, `parent`; what a program's own `self` and `this` have is no sign.
  private static let windowMembers: [Name] = [
    "location", "eval", "alert", "settimeout", "setinterval", "open", "localstorage", "sessionstorage", "name",
    "document",
  ].map { Name($0) }
  private static let top = HTMLName.letters("top")
  private static let call = HTMLName.letters("call")
  private static let new = HTMLName.letters("new")
  private static let document = HTMLName.letters("document")
  private static let utf7Less = HTMLName.letters("adw-")

  /// What may follow a word that matters: the rest of a call, a member, a subscript or a property, or a space or a comment in
  /// front of it.
  @inline(__always)
  private static func goesOn(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: ")"), UInt8(ascii: ":"),
      UInt8(ascii: "/"), 0...0x20:
      true
    default: false
    }
  }

  private enum Kind { case other, word, not, dot, plus }

  @inline(__always)
  private static func kind(_ byte: UInt8) -> Kind {
    switch byte {
    case let byte where isWord(byte): .word
    case UInt8(ascii: "!"): .not
    case UInt8(ascii: "."): .dot
    case UInt8(ascii: "+"): .plus
    default: .other
    }
  }

  @inline(__always)
  private static func isWord(_ byte: UInt8) -> Bool {
    HTMLTokenizer.isLetter(byte) || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
  }
}
