/// One worker's connections to origins in numbers. Origins are not told apart: some are named by requests, and whoever reads
/// the numbers keeps a series for each.
public struct UpstreamCounts: Sendable, Equatable {
  /// Connections that were made, and requests that went over one that was there already.
  public var opened = 0
  public var reused = 0
  /// Attempts that failed, by `UpstreamFailure.label`.
  public var failures: [String: Int] = [:]
  /// Connections that there are now, and those of them that nobody uses.
  public var open = 0
  public var idle = 0

  public init() {}

  public mutating func add(_ other: UpstreamCounts) {
    opened += other.opened
    reused += other.reused
    failures.merge(other.failures, uniquingKeysWith: +)
    open += other.open
    idle += other.idle
  }
}

extension UpstreamFailure {
  /// The kind of failure in one word, without what the peer or the system said.
  public var label: String {
    switch cause {
    case .unresolvable: "unresolvable"
    case .refused: "refused"
    case .unreachable: "unreachable"
    case .insecure: "insecure"
    case .connectTimedOut: "connectTimedOut"
    case .tooManyConnections: "tooManyConnections"
    case .closedBeforeAnswer: "closedBeforeAnswer"
    case .closedInHead: "closedInHead"
    case .closedInBody: "closedInBody"
    case .writeTimedOut: "writeTimedOut"
    case .answerTimedOut: "answerTimedOut"
    case .bodyTimedOut: "bodyTimedOut"
    case .malformed: "malformed"
    case .violated: "violated"
    case .noTunnels: "noTunnels"
    case .interrupted: "interrupted"
    }
  }
}
