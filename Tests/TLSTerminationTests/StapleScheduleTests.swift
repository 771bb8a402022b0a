import Testing

@testable import TLSTermination

/// A schedule and what it was asked.
private final class Asked {
  var schedule = StapleSchedule()

  func isDue(at now: Int64) -> Bool { schedule.take(at: now) }

  /// How long it is until it is due again, and takes that.
  func pause(from now: Int64) -> Int64 {
    var pause: Int64 = 0
    while !schedule.take(at: now + pause) { pause += 1 }
    return pause
  }
}

@Suite("Staple schedule: when an issuer is asked")
struct StapleScheduleTests {
  @Test("an issuer must be asked at once, by one at a time")
  func first() {
    let asked = Asked()
    #expect(asked.isDue(at: 0))
    #expect(!asked.isDue(at: 1_000_000), "while one asks, nobody else does")
  }

  @Test(
    "it must be asked again at half of an answer's time, and never too often or too seldom",
    arguments: [(1000, 500), (2, 5), (-10, 5), (1_000_000, 43_200), (nil, 3600)] as [(Int64?, Int64)])
  func renewed(left: Int64?, pause: Int64) {
    let asked = Asked()
    #expect(asked.isDue(at: 70))
    asked.schedule.succeed(until: left.map { 70 + $0 }, at: 70)
    #expect(asked.pause(from: 70) == pause)
  }

  @Test("failures must make the pauses longer, up to an hour, and an answer must make them short again")
  func backsOff() {
    let asked = Asked()
    var now: Int64 = 0
    var pauses: [Int64] = []
    for _ in 0..<10 {
      let pause = asked.pause(from: now)
      pauses.append(pause)
      now += pause
      asked.schedule.fail(at: now)
    }
    #expect(pauses == [0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
    #expect(asked.schedule.failures == 10)
    now += asked.pause(from: now)
    asked.schedule.succeed(until: nil, at: now)
    #expect(asked.schedule.failures == 0)
    now += asked.pause(from: now)
    asked.schedule.fail(at: now)
    #expect(asked.pause(from: now) == 30)
  }

  @Test("times at the end of the clock must not trap")
  func extremes() {
    let asked = Asked()
    #expect(asked.isDue(at: 0))
    asked.schedule.succeed(until: .max, at: 0)
    #expect(asked.isDue(at: StapleSchedule.longest))
    asked.schedule.succeed(until: .min, at: 100)
    #expect(asked.isDue(at: 100 + StapleSchedule.longest))
  }
}
