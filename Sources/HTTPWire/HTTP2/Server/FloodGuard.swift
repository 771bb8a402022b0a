/// Tells a peer that works from one that only makes work.
///
/// Every frame that asks for nothing but attention costs tokens; what a peer earns by being served, and what time gives
/// back, pays for them. A browser that leaves a page cancels a hundred requests at once and is well within; whoever cancels
/// thousands, pings without end or sends empty frames is not (CVE-2019-9511 to 9518, CVE-2023-44487, CVE-2024-27316).
///
///     tokens <= burst;   each millisecond gives back `rate` / 1000, each answered request `Kind.answered`, …
public struct FloodGuard: Sendable {
  /// What a peer did. The name is what logs show.
  public enum Kind: String, Sendable {
    case headerFlood, resetFlood, pingFlood, settingsFlood, emptyFrameFlood, continuationFlood, priorityFlood,
      windowUpdateFlood,
      unknownFrameFlood, refusedStreamFlood

    /// Tokens that one of them costs.
    var cost: Int {
      switch self {
      case .headerFlood: 500
      case .resetFlood, .refusedStreamFlood: 10
      case .settingsFlood: 20
      case .pingFlood, .emptyFrameFlood, .continuationFlood: 5
      case .priorityFlood, .unknownFrameFlood: 4
      case .windowUpdateFlood: 1
      }
    }
  }

  /// Tokens at most, and at first.
  static let burst = 4000
  /// Tokens that come back each second.
  static let rate = 400

  private var tokens = burst
  private var paidUntil: Int64?

  public init() {}

  /// Notes a frame.
  /// - Parameter now: milliseconds of a clock that is not set back.
  /// - Returns: whether it was one too many.
  public mutating func note(_ kind: Kind, now: Int64) -> Bool {
    refill(now)
    tokens -= kind.cost
    return tokens < 0
  }

  /// A request was answered: it pays for its own reset, and a little more.
  public mutating func noteAnswer() { earn(12) }

  /// A DATA frame was sent: the peer may open its windows by two frames for it.
  public mutating func noteData() { earn(2) }

  private mutating func earn(_ count: Int) { tokens = min(Self.burst, tokens &+ count) }

  private mutating func refill(_ now: Int64) {
    guard let before = paidUntil else {
      paidUntil = now
      return
    }
    let passed = min(max(0, now &- before), 60_000)
    let due = Int(passed) * Self.rate / 1000
    // What is not a whole token yet is not lost.
    if due > 0 {
      earn(due)
      paidUntil = now
    }
  }
}
