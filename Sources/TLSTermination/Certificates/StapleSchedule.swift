/// When a responder is asked about a certificate.
///
///     due --asked--> under way --answered--> due again at half of what is left of the answer's time
///                       |
///                       +--failed--> due again after half a minute, a minute, two … an hour
///
/// Times are seconds since 1970.
public struct StapleSchedule: Sendable {
  private var due: Int64 = 0
  private var isUnderWay = false
  /// In a row.
  public private(set) var failures = 0

  /// At least and at most between an answer and the next question; where an answer does not say for how long it is good.
  static let shortest: Int64 = 5
  static let longest: Int64 = 12 * 3600
  static let unknown: Int64 = 3600
  static let firstPause: Int64 = 30
  static let longestPause: Int64 = 3600

  public init() {}

  /// Whether to ask now; who is told so asks, and tells what came of it.
  public mutating func take(at now: Int64) -> Bool {
    guard !isUnderWay, now >= due else { return false }
    isUnderWay = true
    return true
  }

  /// - Parameter nextUpdate: when the answer must have been renewed; nil: it does not say.
  public mutating func succeed(until nextUpdate: Int64?, at now: Int64) {
    isUnderWay = false
    failures = 0
    let pause = nextUpdate.map { max(0, $0.subtractingReportingOverflow(now).partialValue) / 2 } ?? Self.unknown
    due = now + min(max(pause, Self.shortest), Self.longest)
  }

  public mutating func fail(at now: Int64) {
    isUnderWay = false
    due = now + min(Self.firstPause << Int64(min(failures, 10)), Self.longestPause)
    failures += 1
  }
}
