import Reactor

/// An activity that is over soon. It is run by a task that is on its worker already, and stays there without a switch.
protocol ShortActivity: AnyObject {
  func run(on worker: Worker) async
}

/// A task that runs one short activity after the other. An HTTP/2 stream is over in a moment, and making a task for it, with
/// the memory that it grows into, would cost more than most of what it does.
///
///     running --activity over--> resting (`RunnerPool`) --next activity--> running
///                                   |--nothing for `patience`, or the worker drains--> gone
///
/// Belongs to one worker.
///
/// It is what its task waits for while it rests.
final class Runner: Wait {
  var activity: (any ShortActivity)?

  init(_ activity: any ShortActivity, on reactor: Reactor) {
    self.activity = activity
    super.init(on: reactor)
  }
}

/// The runners of one worker that have nothing to do, the one that has rested for the shortest time last.
struct RunnerPool {
  private var resting: [Runner] = []
  /// As many as there are workbenches.
  private static let most = WorkbenchPool.keep
  /// Milliseconds for which one rests.
  static let patience = 1000

  /// - Returns: one that goes on with `activity`; nil where none rests.
  mutating func wake(for activity: any ShortActivity) -> Bool {
    guard let runner = resting.popLast() else { return false }
    runner.activity = activity
    runner.resume()
    return true
  }

  /// - Returns: whether there is room for one more.
  mutating func add(_ runner: Runner) -> Bool {
    guard resting.count < Self.most else { return false }
    resting.append(runner)
    return true
  }

  mutating func remove(_ runner: Runner) {
    if let index = resting.firstIndex(where: { $0 === runner }) { resting.remove(at: index) }
  }

  /// Lets all of them go.
  mutating func removeAll() {
    let gone = resting
    resting.removeAll()
    for runner in gone { runner.resume(.interrupted) }
  }
}
