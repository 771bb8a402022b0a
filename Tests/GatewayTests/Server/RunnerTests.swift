import Reactor
import Testing

@testable import Gateway

@Suite("Runners")
struct RunnerTests {
  private final class Idle: ShortActivity {
    func run(on worker: Worker) async {}
  }

  private func runner() throws -> Runner {
    let runner = Runner(Idle(), on: try Reactor())
    // As its task does before it rests.
    runner.activity = nil
    return runner
  }

  @Test("where none rests, none must be woken")
  func none() {
    var pool = RunnerPool()
    let isWoken = pool.wake(for: Idle())
    #expect(!isWoken)
  }

  @Test("the one that has rested for the shortest time must go on, with what it is given, and rest no longer")
  func order() throws {
    var pool = RunnerPool()
    let (first, second) = (try runner(), try runner())
    let isAdded = [pool.add(first), pool.add(second)]
    #expect(isAdded == [true, true])
    let (a, b) = (Idle(), Idle())
    let isWoken = [pool.wake(for: a), pool.wake(for: b), pool.wake(for: a)]
    #expect(isWoken == [true, true, false])
    #expect(second.activity === a)
    #expect(first.activity === b)
  }

  @Test("one whose time is over must not be woken; another must")
  func removed() throws {
    var pool = RunnerPool()
    let (first, second) = (try runner(), try runner())
    _ = pool.add(first)
    _ = pool.add(second)
    pool.remove(second)
    pool.remove(second)
    let a = Idle()
    let isWoken = [pool.wake(for: a), pool.wake(for: a)]
    #expect(isWoken == [true, false])
    #expect(first.activity === a)
    #expect(second.activity == nil)
  }

  @Test("no more must rest than there are workbenches")
  func most() throws {
    var pool = RunnerPool()
    var count = 0
    while count <= WorkbenchPool.keep, pool.add(try runner()) { count += 1 }
    #expect(count == WorkbenchPool.keep)
    pool.removeAll()
    let isWoken = pool.wake(for: Idle())
    #expect(!isWoken)
    let isAdded = pool.add(try runner())
    #expect(isAdded)
  }
}
