import CPCRE2

/// One compiled form of a pattern, with its machine code.
// SAFETY: `code` is set once and freed by `deinit` alone; PCRE2 only reads it while matching, and each match has data of
// its own (pcre2api, "Multithreading").
final class CompiledPattern: @unchecked Sendable {
  let code: OpaquePointer
  /// Capturing groups, without the whole match.
  let groupCount: Int

  /// - Parameter options: PCRE2 compile options.
  /// - Parameter justInTime: whether to make machine code of it: about 100 µs, worth it for what is matched again.
  init(_ pattern: String, options: UInt32, justInTime: Bool) throws(RegexError) {
    var number: Int32 = 0
    var offset = 0
    var text = pattern
    let compiled = text.withUTF8 { bytes in
      // A NULL pattern is not allowed, an empty one is.
      withUnsafePointer(to: UInt8(0)) { empty in
        pcre2_compile_8(
          bytes.baseAddress ?? empty, bytes.count, options, &number, &offset, MatchLimits.shared.compileContext)
      }
    }
    guard let compiled else {
      throw RegexError(message: CompiledPattern.message(for: number), offset: offset)
    }
    code = compiled
    var groups: UInt32 = 0
    pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
    groupCount = Int(groups)
    // A pattern that JIT cannot do is interpreted instead: slower, never different.
    if justInTime { pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE) }
  }

  deinit { pcre2_code_free_8(code) }

  /// What came of one attempt: PCRE2's number (positive: matched) after `visit` has seen the offsets.
  /// - Parameter pairs: how many offset pairs are wanted; 1 is the whole match.
  /// - Parameter visit: gets the offset vector of a match: start and end of each group, `~0` where it took no part.
  func match(
    _ subject: UnsafeRawBufferPointer, from start: Int, pairs: Int, effort: Regex.Effort = .full,
    visit: (UnsafePointer<Int>) -> Void = { _ in }
  ) -> Int32 {
    // Made for each call: about 40 ns, against a lock or a thread's own store for much the same.
    guard let data = pcre2_match_data_create_8(UInt32(clamping: pairs), nil) else { return PCRE2_ERROR_NOMEMORY }
    defer { pcre2_match_data_free_8(data) }
    return withUnsafePointer(to: UInt8(0)) { empty in
      let bytes = subject.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty
      let context = MatchLimits.shared.context(effort)
      var outcome = pcre2_match_8(code, bytes, subject.count, start, 0, data, context)
      if outcome == PCRE2_ERROR_JIT_STACKLIMIT {
        // Machine code has 32 KiB of stack; the interpreter works on the heap, within the heap limit.
        outcome = pcre2_match_8(code, bytes, subject.count, start, PCRE2_NO_JIT, data, context)
      }
      if outcome >= 0, let offsets = pcre2_get_ovector_pointer_8(data) { visit(UnsafePointer(offsets)) }
      return outcome
    }
  }

  static func message(for number: Int32) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
      let count = pcre2_get_error_message_8(number, buffer.baseAddress, buffer.count)
      guard count > 0 else { return "PCRE2 error \(number)" }
      return String(decoding: buffer.prefix(Int(count)), as: UTF8.self)
    }
  }
}

/// How much work a pattern may cause.
// SAFETY: all contexts are filled in `init`, never freed and never changed again; PCRE2 only reads them (pcre2api,
// "Multithreading").
final class MatchLimits: @unchecked Sendable {
  static let shared = MatchLimits()

  /// Nil only if memory ran out at start; PCRE2 then uses its own, larger limits.
  private let matchContexts: [OpaquePointer?]
  let compileContext: OpaquePointer?

  private init() {
    matchContexts = Regex.Effort.allCases.map { effort in
      guard let context = pcre2_match_context_create_8(nil) else { return nil }
      pcre2_set_match_limit_8(context, effort.steps)
      pcre2_set_depth_limit_8(context, Regex.depthLimit)
      pcre2_set_heap_limit_8(context, Regex.heapLimit)
      return context
    }
    compileContext = pcre2_compile_context_create_8(nil)
    if let compileContext {
      // Java's line terminators are \n, \r, \r\n, U+0085, U+2028 and U+2029; this is the nearest set that does not
      // take in others.
      pcre2_set_newline_8(compileContext, UInt32(PCRE2_NEWLINE_ANYCRLF))
      pcre2_set_max_pattern_length_8(compileContext, Regex.longestPattern)
    }
  }

  func context(_ effort: Regex.Effort) -> OpaquePointer? {
    switch effort {
    case .little: matchContexts[0]
    case .more: matchContexts[1]
    case .full: matchContexts[2]
    }
  }
}

extension Regex.Effort {
  /// What `pcre2_set_match_limit` is given.
  public var steps: UInt32 {
    switch self {
    case .little: 1000
    case .more: 16_000
    case .full: Regex.matchLimit
    }
  }
}
