import CPCRE2

/// What matching metered patterns needs, kept from match to match, and how much work there is left. One belongs to one worker.
public final class RegexMeter {
  /// What the callouts see and change.
  fileprivate struct Account {
    var remaining = 0
    var runs: UnsafePointer<MeteredRegex.RunSet>
  }

  /// Steps that one callout counts for, besides the bytes that it looks at: both are about a nanosecond each.
  fileprivate static let turn = 16

  private let data: OpaquePointer
  private let context: OpaquePointer
  private let stack: OpaquePointer?
  private let account: UnsafeMutablePointer<Account>
  private let none: UnsafeMutablePointer<MeteredRegex.RunSet>

  /// Nil where memory has run out.
  public init?() {
    guard let data = pcre2_match_data_create_8(1, nil) else { return nil }
    guard let context = pcre2_match_context_create_8(nil) else {
      pcre2_match_data_free_8(data)
      return nil
    }
    self.data = data
    self.context = context
    stack = pcre2_jit_stack_create_8(32 * 1024, 1024 * 1024, nil)
    none = .allocate(capacity: 1)
    none.initialize(to: MeteredRegex.RunSet())
    account = .allocate(capacity: 1)
    account.initialize(to: Account(runs: UnsafePointer(none)))
    if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
    // Behind the account: what the interpreter would do where there is no machine code.
    pcre2_set_match_limit_8(context, 100_000)
    pcre2_set_depth_limit_8(context, 10_000)
    pcre2_set_heap_limit_8(context, 4096)
    pcre2_set_callout_8(context, charge, UnsafeMutableRawPointer(account))
  }

  deinit {
    pcre2_match_context_free_8(context)
    if let stack { pcre2_jit_stack_free_8(stack) }
    pcre2_match_data_free_8(data)
    account.deallocate()
    none.deallocate()
  }

  /// Steps that are left to all matches from now on.
  public var remaining: Int {
    get { account.pointee.remaining }
    set { account.pointee.remaining = newValue }
  }

  /// Whether the pattern matches somewhere in `subject`; `.limitExceeded` when there were not enough steps left to say.
  public func find(_ regex: MeteredRegex.Handle, in subject: UnsafeRawBufferPointer) -> Regex.MatchResult {
    guard account.pointee.remaining > 0 else { return .limitExceeded }
    account.pointee.runs = regex.runs
    // To look at every byte once is a sixteenth of a step each: the machine code does it with a few instructions.
    account.pointee.remaining &-= 4 &+ subject.count &>> 4
    let outcome = withUnsafePointer(to: UInt8(0)) { empty in
      let bytes = subject.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty
      return regex.isCompiled
        ? pcre2_jit_match_8(regex.code, bytes, subject.count, 0, 0, data, context)
        : pcre2_match_8(regex.code, bytes, subject.count, 0, 0, data, context)
    }
    switch outcome {
    case 0...: return .matched
    case PCRE2_ERROR_NOMATCH: return .notMatched
    default: return .limitExceeded
    }
  }

  /// Where the last match was, as a range of its subject.
  public var lastMatch: Range<Int>? {
    guard let offsets = pcre2_get_ovector_pointer_8(data), offsets[1] >= offsets[0] else { return nil }
    return Int(bitPattern: UInt(offsets[0]))..<Int(bitPattern: UInt(offsets[1]))
  }
}

/// Called by PCRE2 at each callout: takes off the account what the work from here comes to.
private func charge(_ block: UnsafeMutablePointer<pcre2_callout_block_8>?, _ data: UnsafeMutableRawPointer?) -> Int32 {
  guard let block, let account = data?.assumingMemoryBound(to: RegexMeter.Account.self) else { return 0 }
  var steps = RegexMeter.turn
  let number = Int(block.pointee.callout_number)
  if number > 0 {
    let set = account.pointee.runs + number
    var at = block.pointee.current_position
    let room = min(block.pointee.subject_length - at, set.pointee.most, account.pointee.remaining)
    let begin = at
    let end = at + max(room, 0)
    while at < end, set.pointee.contains(block.pointee.subject[at]) { at += 1 }
    steps &+= at &- begin
  }
  account.pointee.remaining &-= steps
  return account.pointee.remaining > 0 ? 0 : PCRE2_ERROR_CALLOUT
}
