/// Whether a text would take over the SQL statement that it is pasted into.
///
/// Reads a text as libinjection does (Galbreath, "libinjection: New Technique in Detecting SQLi Attacks", Black Hat USA 2012): it
/// breaks the text into SQL's tokens under the assumptions that it stands without quotes, or in a string that one of its own quotes
/// ends. What the tokens say is not looked up in a list of fingerprints, but judged by a grammar, `SQLReading`.
///
/// A text of any bytes; an attempt takes at most 96 tokens, and the time is linear in the length (`DetectionAllowance`). Nothing is
/// allocated.
public enum SQLInjection {
  /// What the text would do.
  public enum Technique: String, Sendable, CaseIterable {
    /// adds a condition: `' OR 1=1`
    case condition
    /// adds a second query by UNION, INTERSECT or EXCEPT
    case union
    /// puts a query into an expression: `1-(SELECT …)`
    case subquery
    /// is a query itself
    case query
    /// ends the statement and begins another: `; DROP TABLE x`
    case stacked
    /// calls a function of the database
    case call
    /// appends a clause: ORDER BY, HAVING, INTO OUTFILE
    case clause
    /// cuts the statement's rest off by a comment
    case comment
    /// leaves the string and enters it again: `'+'`
    case reopened
    /// hides words in MySQL's executed comments or in nested ones
    case conditionalComment
    /// changes a type by PostgreSQL's `::`
    case cast
  }

  /// What was found, for a log line: which technique, by which tokens, in which bytes of the text.
  public struct Finding: Sendable, Equatable {
    public var technique: Technique
    public var fingerprint: SQLFingerprint
    /// From where the attempt began to the end of the token that decided it.
    public var range: Range<Int>
  }

  /// Whether the text is an attack.
  public static func isFound(in text: UnsafeRawBufferPointer, sensitivity: Sensitivity) -> Bool {
    finding(in: text, sensitivity: sensitivity) != nil
  }

  /// The first attack that the text makes, with its reason.
  public static func finding(in text: UnsafeRawBufferPointer, sensitivity: Sensitivity) -> Finding? {
    var steps = Int.max
    return search(text, sensitivity, steps: &steps).finding
  }

  /// The same for a rule.
  /// - Parameter steps: what is left for the request; what is spent is taken off.
  static func verdict(
    on text: UnsafeRawBufferPointer, sensitivity: Sensitivity, steps: inout Int
  ) -> DetectionVerdict {
    let (finding, isGivenUp) = search(text, sensitivity, steps: &steps)
    return finding != nil ? .attack : isGivenUp ? .givenUp : .harmless
  }

  private static func search(
    _ text: UnsafeRawBufferPointer, _ sensitivity: Sensitivity, steps: inout Int
  ) -> (finding: Finding?, isGivenUp: Bool) {
    guard text.count > 1 else { return (nil, false) }
    steps &-= 2 &* text.count
    guard steps > 0 else { return (nil, true) }
    let allowance = SQLInjectionSearch.allowance(for: text, of: steps)
    var search = SQLInjectionSearch(text, sensitivity, allowance)
    let finding = search.finding()
    steps &-= search.allowance.spent(of: allowance)
    return (finding, search.allowance.isSpent)
  }
}
