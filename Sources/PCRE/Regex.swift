import CPCRE2
import Synchronization

/// A regular expression: compiled once, matched from any thread, and bounded in what it may cost.
///
/// Text is UTF-8. Bytes that are not UTF-8 are never a trap: no part of a pattern matches across them.
/// Patterns are read in Java's dialect, as users of API Gateway write them (or in ECMA 262's, in JSON Schemas); where PCRE2 differs and the difference can
/// change a result, it is listed in this room's page.
public final class Regex: Sendable {
  public struct Options: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Letters match their other case too (Java: `CASE_INSENSITIVE | UNICODE_CASE`).
    public static let ignoresCase = Options(rawValue: 1)
    /// `.` matches line terminators too (`DOTALL`).
    public static let dotMatchesNewlines = Options(rawValue: 2)
    /// `^` and `$` match at line terminators (`MULTILINE`).
    public static let anchorsMatchLines = Options(rawValue: 4)
    /// White space and `#` comments in the pattern are left out (`COMMENTS`).
    public static let ignoresWhitespace = Options(rawValue: 8)
    /// Every character of the pattern stands for itself (`LITERAL`).
    public static let literal = Options(rawValue: 16)
    /// The pattern is PCRE2's own dialect and is not translated from Java's.
    public static let perlDialect = Options(rawValue: 32)
    /// The pattern is in the dialect of ECMA 262 (JavaScript), as JSON Schema has it.
    public static let ecmaDialect = Options(rawValue: 64)
  }

  /// How many steps one attempt may take, for those who keep account of them.
  public enum Effort: Sendable, CaseIterable {
    /// 1,000: enough for nearly every match, and a few microseconds.
    case little
    /// 16,000.
    case more
    /// `matchLimit`.
    case full
  }

  /// What an attempt came to.
  public enum MatchResult: Hashable, Sendable {
    case matched, notMatched
    /// Given up: the pattern needed more steps, depth or memory than one attempt may have.
    case limitExceeded
  }

  /// The two questions that a pattern is asked. Each has its own machine code, made when it is first asked or by
  /// `prepare`.
  public enum Form: Sendable {
    /// Does it match the whole text? Java's `matches()`.
    case whole
    /// Where does it match? Java's `find()`.
    case search
  }

  /// Steps that one attempt may take.
  public static let matchLimit: UInt32 = 1_000_000
  /// Nested steps that one attempt may take in the interpreter.
  public static let depthLimit: UInt32 = 200_000
  /// Memory that one attempt may take in the interpreter. KiB.
  public static let heapLimit: UInt32 = 16 * 1024
  /// Bytes that a pattern may have.
  public static let longestPattern = 65_536

  public let pattern: String
  public let options: Options
  /// Capturing groups, without the whole match.
  public let groupCount: Int
  private let translated: String
  private let literal: LiteralPattern?
  private let whole = AtomicLazyReference<CompiledPattern>()
  private let search = AtomicLazyReference<CompiledPattern>()

  /// - Throws: where the pattern does not parse.
  public init(_ pattern: String, options: Options = []) throws(RegexError) {
    self.pattern = pattern
    self.options = options
    literal = LiteralPattern(pattern, options: options)
    if !options.isDisjoint(with: [.perlDialect, .literal]) {
      translated = pattern
    } else if options.contains(.ecmaDialect) {
      translated = try ECMAPattern.translate(pattern)
    } else {
      translated = try JavaPattern.translate(pattern)
    }
    groupCount = try CompiledPattern(translated, options: Regex.flags(options), justInTime: false).groupCount
  }

  /// Makes the machine code for one form now rather than at its first use.
  public func prepare(_ form: Form) { if literal == nil { _ = compiled(form) } }

  /// Whether the pattern matches all of `subject`.
  public func matchesWhole(_ subject: UnsafeRawBufferPointer) -> MatchResult {
    if let literal { return literal.isWhole(subject) ? .matched : .notMatched }
    return attempt(.whole, subject)
  }

  /// Whether the pattern matches all of `subject`; a given-up attempt counts as no.
  public func matchesWhole(_ subject: String) -> Bool {
    var subject = subject
    return subject.withUTF8 { matchesWhole(UnsafeRawBufferPointer($0)) == .matched }
  }

  /// Whether the pattern matches somewhere in `subject`.
  public func find(in subject: UnsafeRawBufferPointer, effort: Effort = .full) -> MatchResult {
    if let literal { return literal.firstRange(in: subject, from: 0) != nil ? .matched : .notMatched }
    return attempt(.search, subject, effort)
  }

  /// Whether the pattern matches somewhere in `subject`; a given-up attempt counts as no.
  public func contains(_ subject: String) -> Bool {
    var subject = subject
    return subject.withUTF8 { find(in: UnsafeRawBufferPointer($0)) == .matched }
  }

  /// The first match at or behind `start`.
  /// - Parameter start: bytes from the beginning, at a character's first byte.
  /// - Returns: the whole match and then each group, as byte ranges; a group that took no part is nil. Nil where
  ///   nothing matches or the attempt was given up.
  public func firstMatch(in subject: UnsafeRawBufferPointer, from start: Int = 0) -> [Range<Int>?]? {
    guard start >= 0, start <= subject.count else { return nil }
    if let literal { return literal.firstRange(in: subject, from: start).map { [$0] } }
    guard let code = compiled(.search) else { return nil }
    var groups: [Range<Int>?] = []
    let outcome = code.match(subject, from: start, pairs: groupCount + 1) { offsets in
      groups.reserveCapacity(groupCount + 1)
      for group in 0...groupCount {
        let (low, high) = (offsets[2 * group], offsets[2 * group + 1])
        // PCRE2_UNSET is ~0; `\K` in a look-around can put the end before the start.
        groups.append(low >= 0 && high >= low ? low..<high : nil)
      }
    }
    return outcome > 0 && groups.first.flatMap { $0 } != nil ? groups : nil
  }

  private func attempt(_ form: Form, _ subject: UnsafeRawBufferPointer, _ effort: Effort = .full) -> MatchResult {
    guard let code = compiled(form) else { return .limitExceeded }
    switch code.match(subject, from: 0, pairs: 1, effort: effort) {
    case 0...: return .matched
    case PCRE2_ERROR_NOMATCH: return .notMatched
    default: return .limitExceeded
    }
  }

  /// Two threads that come first at once both compile, and both then use the one that was stored.
  private func compiled(_ form: Form) -> CompiledPattern? {
    switch form {
    case .whole:
      if let ready = whole.load() { return ready }
      return compile(extra: PCRE2_ANCHORED | PCRE2_ENDANCHORED).map { whole.storeIfNil($0) }
    case .search:
      if let ready = search.load() { return ready }
      return compile(extra: 0).map { search.storeIfNil($0) }
    }
  }

  private func compile(extra: UInt32) -> CompiledPattern? {
    // The pattern is known to compile; only memory can be wanting here.
    try? CompiledPattern(translated, options: Regex.flags(options) | extra, justInTime: true)
  }

  private static func flags(_ options: Options) -> UInt32 {
    var flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF
    if options.contains(.ignoresCase) { flags |= PCRE2_CASELESS }
    if options.contains(.literal) { return flags | PCRE2_LITERAL }  // no other option may stand beside it
    flags |= PCRE2_NEVER_BACKSLASH_C
    if options.contains(.dotMatchesNewlines) { flags |= PCRE2_DOTALL }
    if options.contains(.anchorsMatchLines) { flags |= PCRE2_MULTILINE }
    if options.contains(.ignoresWhitespace) { flags |= PCRE2_EXTENDED }
    if options.contains(.ecmaDialect) { flags |= PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF }
    return flags
  }
}
