import Testing

@testable import Reactor

@Suite struct TimerWheelTests {
  private func at(_ milliseconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

  private func advance(_ wheel: inout TimerWheel, to milliseconds: Int64) -> [ObjectIdentifier] {
    var expired: [TimerEntry] = []
    wheel.advance(to: at(milliseconds), expired: &expired)
    return expired.map { ObjectIdentifier($0) }
  }

  @Test("A timer must fire once its deadline has come, and not before")
  func firesAtDeadline() {
    var wheel = TimerWheel(now: at(0))
    let entry = TimerEntry()
    wheel.arm(entry, deadline: at(100))
    #expect(advance(&wheel, to: 99).isEmpty)
    #expect(advance(&wheel, to: 120) == [ObjectIdentifier(entry)])
    #expect(advance(&wheel, to: 1000).isEmpty)
  }

  @Test("A timer armed again for later must not fire at its first deadline")
  func movesLater() {
    var wheel = TimerWheel(now: at(0))
    let entry = TimerEntry()
    wheel.arm(entry, deadline: at(100))
    wheel.arm(entry, deadline: at(500))
    #expect(advance(&wheel, to: 300).isEmpty)
    #expect(advance(&wheel, to: 520) == [ObjectIdentifier(entry)])
  }

  @Test("A timer armed again for sooner must fire at the sooner deadline")
  func movesSooner() {
    var wheel = TimerWheel(now: at(0))
    let entry = TimerEntry()
    wheel.arm(entry, deadline: at(5000))
    wheel.arm(entry, deadline: at(40))
    #expect(advance(&wheel, to: 64) == [ObjectIdentifier(entry)])
  }

  @Test("A disarmed timer must not fire")
  func disarmed() {
    var wheel = TimerWheel(now: at(0))
    let entry = TimerEntry()
    wheel.arm(entry, deadline: at(50))
    entry.disarm()
    #expect(advance(&wheel, to: 100).isEmpty)
  }

  @Test("A deadline further away than a turn of the wheel must still be kept")
  func beyondOneTurn() {
    var wheel = TimerWheel(now: at(0))
    let entry = TimerEntry()
    wheel.arm(entry, deadline: at(60_000))
    var milliseconds: Int64 = 0
    var firedAt: Int64?
    while milliseconds < 61_000, firedAt == nil {
      milliseconds += 700
      if !advance(&wheel, to: milliseconds).isEmpty { firedAt = milliseconds }
    }
    #expect(firedAt == 60_200)
  }

  @Test("After a long sleep every timer that is due must fire")
  func longSleep() {
    var wheel = TimerWheel(now: at(0))
    let entries = (0..<100).map { _ in TimerEntry() }
    for (index, entry) in entries.enumerated() { wheel.arm(entry, deadline: at(Int64(index) * 300)) }
    #expect(advance(&wheel, to: 3_600_000).count == 100)
  }

  @Test("A removed timer must leave its neighbours in the slot")
  func removal() {
    var wheel = TimerWheel(now: at(0))
    let entries = (0..<5).map { _ in TimerEntry() }
    for entry in entries { wheel.arm(entry, deadline: at(100)) }
    wheel.remove(entries[0])
    wheel.remove(entries[2])
    wheel.remove(entries[4])
    let fired = Set(advance(&wheel, to: 200))
    #expect(fired == [ObjectIdentifier(entries[1]), ObjectIdentifier(entries[3])])
  }

  @Test("The next wake-up must not be later than the earliest deadline by more than a tick, and must be nil when empty")
  func nextWake() throws {
    var wheel = TimerWheel(now: at(0))
    #expect(wheel.nextWake() == nil)
    let late = TimerEntry()
    let soon = TimerEntry()
    wheel.arm(late, deadline: at(9_000))
    wheel.arm(soon, deadline: at(1_000))
    let wake = try #require(wheel.nextWake())
    #expect(wake >= at(1_000) && wake <= at(1_016))
    wheel.remove(soon)
    wheel.remove(late)
    #expect(wheel.nextWake() == nil)
  }
}
