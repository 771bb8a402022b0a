/// Whether a text would take over the SQL statement that it is pasted into.
///
/// Reads a text as libinjection does (Galbreath, "libinjection: New Technique in Detecting SQLi Attacks", Black Hat USA 2012): it
/// breaks the text into SQL's tokens under the assumptions that it stands without quotes, or in a string that one of its own quotes
/// ends. What the tokens say is not looked up in a list of fingerprints, but judged by a grammar, `SQLReading`.
///
/// A text of any bytes; an attempt takes at most 96 tokens, and the time is linear in the length: no byte is looked at more than
/// a bounded number of times. Nothing is allocated.
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
    guard text.count > 1 else { return nil }
    var search = SQLInjectionSearch(text, sensitivity)
    if let finding = search.finding() { return finding }
    guard sensitivity == .high else { return nil }
    // What is a fragment to `high` may end an attempt that `low` carries on.
    search = SQLInjectionSearch(text, .low, work: search.work)
    return search.finding()
  }
}
