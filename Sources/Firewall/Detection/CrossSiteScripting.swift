/// Whether a text would run a script where a page shows it.
///
/// The text is read as HTML from the five places at which a page can have it (as libinjection does; Galbreath, "libinjection: from
/// SQLi to XSS", 2013): as content, and as an attribute's value without quotes or between `'`, `"` or a backtick, out of which it
/// breaks by the first such byte; and, sixth, within a script. What then is a tag, an attribute or an address is weighed by what it
/// can do in a browser.
///
/// A text of any bytes; the time is linear in its length (`DetectionAllowance`), and nothing is allocated.
public enum CrossSiteScripting {
  /// What would run the script.
  public enum Means: String, Sendable, CaseIterable {
    /// an element that runs or loads something: `<script>`
    case element
    /// an attribute with a handler: `onerror=`
    case handler
    /// an attribute that holds a document or sends a form elsewhere
    case attribute
    /// a style that runs something
    case style
    /// an address that runs something: `javascript:`
    case address
    /// a declaration, a processing instruction or a conditional comment
    case declaration
    /// a call or an object of JavaScript
    case script
  }

  public struct Finding: Sendable, Equatable {
    public var means: Means
    /// The bytes of the text that would do it.
    public var range: Range<Int>
  }

  /// Whether the text is an attack.
  public static func isFound(in text: UnsafeRawBufferPointer) -> Bool { finding(in: text) != nil }

  /// The first means that the text has, with its place.
  public static func finding(in text: UnsafeRawBufferPointer) -> Finding? {
    var steps = Int.max
    return search(text, steps: &steps).finding
  }

  /// The same for a rule.
  /// - Parameter steps: what is left for the request; what is spent is taken off.
  static func verdict(on text: UnsafeRawBufferPointer, steps: inout Int) -> DetectionVerdict {
    let (finding, isGivenUp) = search(text, steps: &steps)
    return finding != nil ? .attack : isGivenUp ? .givenUp : .harmless
  }

  private static func search(
    _ text: UnsafeRawBufferPointer, steps: inout Int
  ) -> (finding: Finding?, isGivenUp: Bool) {
    guard text.count > 2 else { return (nil, false) }
    steps &-= 6 &* text.count
    guard steps > 0 else { return (nil, true) }
    let allowance = MarkupSearch.allowance(for: text, of: steps)
    var search = MarkupSearch(text, allowance)
    let finding = search.finding()
    steps &-= search.allowance.spent(of: allowance)
    return (finding, search.allowance.isSpent)
  }
}
