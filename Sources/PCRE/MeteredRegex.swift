import CPCRE2

/// A pattern for texts that an enemy writes: it matches bytes, its work is counted while it matches, and it is given up when
/// the count is used up (`RegexMeter`). So what a text can cost is known beforehand, whatever the pattern is.
///
/// PCRE2's own dialect, in which `.` is one byte and classes are of ASCII. PCRE2's match limit alone would not do: it counts
/// from each place of the text anew, and not how far a repetition runs.
// SAFETY: `code` is set once and freed by `deinit` alone; PCRE2 only reads it while matching (pcre2api, "Multithreading").
// `runs` is filled in `init` and only read from then on.
public final class MeteredRegex: @unchecked Sendable {
  /// What matches: good as long as its `MeteredRegex` is.
  public struct Handle: @unchecked Sendable {
    // SAFETY: see `MeteredRegex`.
    let code: OpaquePointer
    let runs: UnsafePointer<RunSet>
    let isCompiled: Bool
  }

  /// The bytes that a repetition runs over, by callout number.
  struct RunSet {
    var members: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var most = 0

    @inline(__always) func contains(_ byte: UInt8) -> Bool {
      let bit = UInt64(1) &<< UInt64(byte & 63)
      switch byte &>> 6 {
      case 0: return members.0 & bit != 0
      case 1: return members.1 & bit != 0
      case 2: return members.2 & bit != 0
      default: return members.3 & bit != 0
      }
    }
  }

  public let pattern: String
  public let handle: Handle
  private let runs: UnsafeMutablePointer<RunSet>
  private let runCount: Int

  /// Bytes that a pattern may have.
  public static let longestPattern = 4096

  /// - Throws: where the pattern does not parse, has what a rule's pattern must not have, or could run away.
  public init(_ pattern: String) throws(RegexError) {
    guard pattern.utf8.count <= Self.longestPattern else {
      throw RegexError(message: "a pattern has at most \(Self.longestPattern) bytes", offset: 0)
    }
    // A mistake is told in the words and at the place of what was written, not of what is made of it.
    let plain = try Self.compile(pattern)
    pcre2_code_free_8(plain)
    let metered = try MeteredPattern(pattern)
    let code = try Self.compile(metered.instrumented)
    let count = metered.runs.count + 1
    let runs = UnsafeMutablePointer<RunSet>.allocate(capacity: count)
    runs.initialize(repeating: RunSet(), count: count)
    for (index, run) in metered.runs.enumerated() { runs[index + 1] = Self.members(of: run, in: pattern) }
    let isCompiled = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE) == 0
    self.pattern = pattern
    self.runs = runs
    runCount = count
    handle = Handle(code: code, runs: UnsafePointer(runs), isCompiled: isCompiled)
    if let probe = try runsAway(metered) {
      throw RegexError(
        message: "the pattern could run away: a text of \(Self.probeSize) bytes such as `\(probe)` takes it more than "
          + "\(Self.probeBudget) steps; let no repetition begin where another can still go on",
        offset: 0)
    }
  }

  deinit {
    pcre2_code_free_8(handle.code)
    runs.deinitialize(count: runCount)
    runs.deallocate()
  }

  private static func compile(_ pattern: String, options: UInt32 = 0) throws(RegexError) -> OpaquePointer {
    var number: Int32 = 0
    var offset = 0
    var text = pattern
    let code = text.withUTF8 { bytes in
      withUnsafePointer(to: UInt8(0)) { empty in
        pcre2_compile_8(
          bytes.baseAddress ?? empty, bytes.count,
          options | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C, &number,
          &offset, nil)
      }
    }
    guard let code else { throw RegexError(message: CompiledPattern.message(for: number), offset: offset) }
    return code
  }

  /// Which bytes an atom matches is asked of PCRE2 itself, under the options that the pattern begins with.
  private static func members(of run: MeteredPattern.Run, in pattern: String) -> RunSet {
    var set = RunSet()
    set.most = run.most
    // Options elsewhere than at the beginning: whatever they may be.
    let start = pattern.hasPrefix("(?") ? pattern.prefix { $0 != ")" && $0 != ":" }.dropFirst(2) : ""
    let isPlain = pattern.split(separator: "(?", omittingEmptySubsequences: false).dropFirst(start.isEmpty ? 1 : 2)
      .allSatisfy { ":=!<P'#".contains($0.first ?? ":") }
    let options = isPlain ? start.filter { "ismx".contains($0) } : "is"
    let prefix = options.isEmpty ? "" : "(?\(options))"
    guard let code = try? compile(prefix + "\\A" + run.atom) else {
      set.members = (.max, .max, .max, .max)
      return set
    }
    defer { pcre2_code_free_8(code) }
    guard let data = pcre2_match_data_create_8(1, nil) else { return set }
    defer { pcre2_match_data_free_8(data) }
    for number in 0..<256 {
      let outcome = withUnsafePointer(to: UInt8(number)) { pcre2_match_8(code, $0, 1, 0, 0, data, nil) }
      guard outcome > 0 else { continue }
      let bit = UInt64(1) << UInt64(number & 63)
      switch number >> 6 {
      case 0: set.members.0 |= bit
      case 1: set.members.1 |= bit
      case 2: set.members.2 |= bit
      default: set.members.3 |= bit
      }
    }
    return set
  }

  // MARK: Measuring

  /// A pattern whose work grows with the cube of a text's length, or faster, uses this up on some text of this size; one
  /// whose work grows with the square does not.
  public static let probeSize = 256
  public static let probeBudget = 4 * probeSize * probeSize

  /// Tries the pattern on texts of the kind that make patterns run away: what its repetitions take, again and again, behind
  /// each of its words, and then something that does not fit.
  /// - Returns: what the text was made of.
  private func runsAway(_ metered: MeteredPattern) throws(RegexError) -> String? {
    guard let meter = RegexMeter() else { return nil }
    // Without the shortcuts by which most texts are dismissed: an enemy's text has what they look for.
    let code = try Self.compile(metered.instrumented, options: PCRE2_NO_START_OPTIMIZE)
    defer { pcre2_code_free_8(code) }
    let isCompiled = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE) == 0
    let handle = Handle(code: code, runs: UnsafePointer(runs), isCompiled: isCompiled)
    let words = metered.literals
    var pieces = words
    var seen: Set<UInt8> = []
    for run in 1..<max(runCount, 1) {
      // The first letter, digit, space and other sign that it takes.
      for range in [97...122, 65...90, 48...57, 32...32, 33...47, 58...126, 9...10, 128...255] as [ClosedRange<UInt8>] {
        guard let byte = range.first(where: { runs[run].contains($0) }), seen.insert(byte).inserted else { continue }
        pieces.append([byte])
      }
    }
    for byte in metered.marks.sorted().prefix(24) where seen.insert(byte).inserted { pieces.append([byte]) }
    for byte in [97, 48, 32, 47, 46, 60, 39, 10] as [UInt8] where seen.insert(byte).inserted { pieces.append([byte]) }
    let heads: [[UInt8]] = [[]] + words.prefix(4)
    for piece in pieces.prefix(48) {
      for head in heads {
        for tail in [[0], words.last ?? [33]] {
          var probe = head
          while probe.count < Self.probeSize - tail.count { probe.append(contentsOf: piece) }
          probe.append(contentsOf: tail)
          meter.remaining = Self.probeBudget
          let result = probe.withUnsafeBytes { meter.find(handle, in: $0) }
          if result == .limitExceeded { return String(decoding: head + piece + piece + piece, as: UTF8.self) + "…" }
        }
      }
    }
    return nil
  }
}
