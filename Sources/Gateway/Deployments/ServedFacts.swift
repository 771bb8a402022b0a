import Synchronization

/// What of the published configuration others must know without waiting for the `Publisher`, which may be busy compiling.
final class ServedFacts: Sendable {
  struct Values {
    /// Number of the deployment.
    var deployment = 0
    /// What operators must know; nil: nothing.
    var token: [UInt8]?
    var isDraining = false
  }

  private let values = Mutex(Values())

  var now: Values { values.withLock { $0 } }

  func change(_ change: (inout Values) -> Void) { values.withLock { change(&$0) } }
}
