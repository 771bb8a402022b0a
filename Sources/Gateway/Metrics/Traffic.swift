import HTTPSemantics
import Telemetry

/// What became of the requests to one stage, one distribution, or neither: numbers that only grow.
struct Traffic: Sendable {
  /// By method, then by class of status.
  private var requests = InlineArray<48, Int>(repeating: 0)
  /// By `CacheResult`.
  private(set) var results = InlineArray<8, Int>(repeating: 0)
  /// Bytes of responses' bodies, as they were sent.
  private(set) var bodyBytes = 0
  /// From the head of a request to the last byte of its response.
  private(set) var durations = DurationHistogram()
  /// From the call of the integration or the origin to its answer.
  private(set) var originDurations = DurationHistogram()

  /// As labels have them. Whatever else clients may call a method is one.
  static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"]
  /// The first is of those that were never answered: the client had left.
  static let classes = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"]

  /// A request is over.
  /// - Parameter status: what the client was sent; 0: nothing.
  @inline(__always)
  mutating func count(_ method: HTTPMethod, status: Int) {
    requests[Self.number(of: method) &* 6 &+ max(0, min(status / 100, 5))] &+= 1
  }

  /// The same, with what is known of it.
  /// - Parameter result: what the cache did that it is counted for.
  @inline(__always)
  mutating func count(_ method: HTTPMethod, _ notes: ExchangeNotes, _ result: CacheResult, now: Int64) {
    count(method, status: notes.status)
    bodyBytes &+= notes.bodyCount
    results[Int(result.rawValue)] &+= 1
    // A tunnel lasts as long as those at its ends like.
    if notes.status != 101 { durations.note(nanoseconds: notes.duration(now)) }
    if let duration = notes.integrationDuration(now) { originDurations.note(nanoseconds: duration) }
  }

  mutating func add(_ other: Traffic) {
    for index in requests.indices { requests[index] &+= other.requests[index] }
    for index in results.indices { results[index] &+= other.results[index] }
    bodyBytes &+= other.bodyBytes
    durations.add(other.durations)
    originDurations.add(other.originDurations)
  }

  /// The requests that there were, by method and class of status.
  func forEach(_ body: (_ method: String, _ status: String, _ count: Int) -> Void) {
    for (method, name) in Self.methods.enumerated() {
      for (status, label) in Self.classes.enumerated() where requests[method * 6 + status] > 0 {
        body(name, label, requests[method * 6 + status])
      }
    }
  }

  func count(_ result: CacheResult) -> Int { results[Int(result.rawValue)] }

  @inline(__always)
  private static func number(of method: HTTPMethod) -> Int {
    switch method {
    case .get: 0
    case .head: 1
    case .post: 2
    case .put: 3
    case .patch: 4
    case .delete: 5
    case .options: 6
    case .connect, .trace, .other: 7
    }
  }
}
