/// Which elements and attributes let a page run what a peer wrote.
enum DangerousMarkup {
  /// Elements that run scripts, load other documents, change how the page's addresses or styles are read, or open a
  /// foreign vocabulary that does (WHATWG HTML, SVG 2, MathML, and what Internet Explorer and Netscape had).
  static func isElement(_ name: HTMLName) -> Bool {
    if name.letters >> UInt64(max(0, min(name.length, 8) &- 3) &* 8) == svg { return true }
    return elements.contains(name.letters)
  }

  private static let svg = HTMLName.letters("svg")

  private static let elements: [UInt64] = [
    "script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "link", "meta", "style", "import",
    "isindex",
    "math", "xml", "xss", "vmlframe", "ilayer", "layer", "bgsound", "noscript", "animate", "animatetransform",
    "animatemotion",
    "set", "foreignobject", "handler", "listener", "template", "portal", "fencedframe", "marquee", "keygen",
    "stylesheet", "event-source",
    "htmlfile", "implementation", "comment", "xmp", "plaintext", "listing", "include", "param",
  ].map { HTMLName.letters($0) }

  /// What an attribute does by its name alone.
  enum Role {
    case handler  // ONCLICK
    case document  // SRCDOC: a document as text; FORMACTION
    case style
    case namespace
    case address  // HREF, SRC
    case other
  }

  static func role(_ name: HTMLName) -> Role {
    if isHandler(name) { return .handler }
    if name.letters == style, name.length == 5 { return .style }
    if documents.contains(name.letters) { return .document }
    if namespaces.contains(name.letters) { return .namespace }
    return addresses.contains(name.letters) ? .address : .other
  }

  private static let style = HTMLName.letters("style")
  private static let documents: [UInt64] = [
    "srcdoc", "formaction", "datasrc", "dataformatas", "fscommand", "seeksegmenttime",
  ].map {
    HTMLName.letters($0)
  }
  private static let namespaces: [UInt64] = ["xmlns", "schemalocation"].map { HTMLName.letters($0) }
  private static let addresses: [UInt64] = [
    "href", "src", "action", "data", "poster", "background", "dynsrc", "lowsrc", "from", "to", "values", "by", "code",
    "codebase",
    "classid", "folder", "content", "value", "ping", "manifest", "cite", "longdesc", "usemap", "profile", "archive",
    "srcset",
  ].map { HTMLName.letters($0) }

  /// `on` and the name of an event: letters only, and no word of prose.
  private static func isHandler(_ name: HTMLName) -> Bool {
    guard name.byte(0) == UInt8(ascii: "o"), name.byte(1) == UInt8(ascii: "n"), name.length >= 5, name.length <= 50
    else {
      return false
    }
    for index in 2..<min(8, name.length) where name.byte(index) &- 0x61 >= 26 { return false }
    let start = name.letters >> UInt64((min(8, name.length) &- 4) &* 8)
    return !prose.contains(name.letters) && !proseStarts.contains(start)
  }

  private static let prose: [UInt64] = [
    "onset", "onsets", "onsite", "onlook", "onlooker", "onscreen", "onerous", "ontario", "ontology", "oncoming",
  ].map { HTMLName.letters($0) }

  private static let proseStarts: [UInt64] = [
    "only", "once", "onli", "onio", "onbo", "ongo", "onwa", "onet", "ones", "onew", "oned",
  ]
  .map { HTMLName.letters($0) }

  /// `<f o r m`: letters apart. No browser takes it for an element, but filters that drop spaces make one of it.
  static func isSpelledElement(_ letters: UInt64) -> Bool {
    letters == form || letters == dialog || elements.contains(letters)
  }

  private static let form = HTMLName.letters("form")
  private static let dialog = HTMLName.letters("dialog")
}
