import Pipeline
import Reactor

/// What an exchange notes on its way for the access log and the metrics: a few numbers, kept whether it is logged or not.
struct ExchangeNotes {
  /// What the client was sent; 0: nothing yet.
  var status = 0
  /// Bytes of the body that were sent, without its framing.
  var bodyCount = 0
  /// Numbers of the stage and of the distribution that answer it, in its configuration; -1: none does.
  var stage = -1
  var distribution = -1
  /// What the distribution's cache did, and the stage's.
  var cacheResult = CacheResult.none
  var stageCacheResult = CacheResult.none
  private var began = MonotonicTime.never
  private var called = MonotonicTime.never
  private var answered = MonotonicTime.never
  private var integrationStatus = 0

  /// A request's head is whole.
  mutating func begin(_ now: MonotonicTime) {
    status = 0
    bodyCount = 0
    stage = -1
    distribution = -1
    cacheResult = .none
    stageCacheResult = .none
    began = now
    called = .never
  }

  /// The integration is called.
  mutating func call(_ now: MonotonicTime) {
    called = now
    answered = .never
    integrationStatus = 0
  }

  /// The integration has answered.
  mutating func answer(_ status: Int, _ now: MonotonicTime) {
    integrationStatus = status
    answered = now
  }

  /// The client was answered by another exchange.
  mutating func answer(as other: ExchangeNotes) {
    status = other.status
    bodyCount = other.bodyCount
  }

  /// The client went away before it had taken a response that was there whole.
  mutating func isLeft() {
    status = 0
    bodyCount = 0
  }

  /// Nanoseconds from the request's head to now.
  @inline(__always)
  func duration(_ now: Int64) -> Int { Int(now &- began.nanoseconds) }

  /// Nanoseconds from the call of the integration to its answer, or to now; nil: it was not called.
  @inline(__always)
  func integrationDuration(_ now: Int64) -> Int? {
    if called == .never { return nil }
    return Int((answered == .never ? now : answered.nanoseconds) &- called.nanoseconds)
  }

  /// What the log says when all is over.
  func finished(_ now: MonotonicTime) -> AccessRecord {
    let wasCalled = called != .never
    return AccessRecord(
      status: status == 0 ? 499 : status, responseLength: bodyCount,
      responseLatency: now.milliseconds(since: began),
      integrationStatus: wasCalled && integrationStatus > 0 ? integrationStatus : nil,
      integrationLatency: wasCalled ? (answered == .never ? now : answered).milliseconds(since: called) : nil)
  }
}
