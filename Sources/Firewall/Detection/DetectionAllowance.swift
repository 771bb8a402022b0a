/// What detection may spend on a text. Steps, each about a nanosecond.
///
/// Attempts overlap, and a text can be made so that they read everything again and again. An ordinary text of any length comes
/// nowhere near what it has (`freely`); behind that an attempt sees only a little of what follows it (`narrowly`), and when this
/// is spent, too, the text is given up: what it is, is not known then, and a rule that blocks takes that for an attack.
struct DetectionAllowance {
  private(set) var freely: Int
  private(set) var narrowly: Int

  /// - Parameters:
  ///   - bytes: of the text.
  ///   - steps: what is left for the request.
  init(_ bytes: Int, freely: Int, narrowly: Int, of steps: Int) {
    let (whole, overflows) = bytes.multipliedReportingOverflow(by: freely)
    self.freely = min(steps, overflows ? .max : whole.addingReportingOverflow(Self.least).partialValue)
    let (rest, restOverflows) = bytes.multipliedReportingOverflow(by: narrowly)
    self.narrowly = min(steps &- self.freely, restOverflows ? .max : rest)
  }

  /// So that a short text is read to its end, however it is made.
  private static let least = 20_000

  var isNarrow: Bool { freely <= 0 }
  var isSpent: Bool { freely <= 0 && narrowly <= 0 }

  mutating func spend(_ steps: Int) { if isNarrow { narrowly &-= steps } else { freely &-= steps } }

  /// What has been spent of an allowance that was this before.
  func spent(of before: DetectionAllowance) -> Int {
    (before.freely &- freely) &+ (before.narrowly &- narrowly)
  }
}

/// What detection says of a text to a rule.
enum DetectionVerdict {
  case attack, harmless
  /// The allowance did not suffice.
  case givenUp
}
