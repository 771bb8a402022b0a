import Synchronization

/// What of the published configuration others must know without waiting for the `Publisher`, which may be busy compiling.
final class ServedFacts: Sendable {
  struct Values {
    /// Number of the deployment.
    var deployment = 0
    /// What operators must know; nil: nothing.
    var token: [UInt8]?
    var isDraining = false
    /// Since the process began: deployments that were published or rolled back to, and attempts that came to nothing; seconds
    /// since 1970 of the last of each, 0 where there was none.
    var published = 0
    var refused = 0
    var lastPublished = 0
    var lastRefused = 0
  }

  private let values = Mutex(Values())

  var now: Values { values.withLock { $0 } }

  func change(_ change: (inout Values) -> Void) { values.withLock { change(&$0) } }
}
