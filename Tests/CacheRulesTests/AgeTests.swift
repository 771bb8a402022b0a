import Testing

@testable import CacheRules

@Suite("Age (RFC 9111 § 4.2.3)")
struct AgeTests {
  @Test("the initial age must be the greater of what Date and what Age and the delay say")
  func initial() {
    let now = noonMilliseconds
    #expect(Age.initial(date: noon, age: 0, requested: now, received: now) == 0)
    #expect(Age.initial(date: noon - 10, age: 0, requested: now, received: now) == 10)
    #expect(Age.initial(date: noon - 10, age: 25, requested: now, received: now) == 25)
    #expect(Age.initial(date: noon + 10, age: 15, requested: now, received: now) == 15)
    #expect(Age.initial(date: nil, age: 5, requested: now - 3000, received: now) == 8)
  }

  @Test("extreme values must neither overflow nor turn negative")
  func extremes() {
    #expect(Age.initial(date: Int.min / 2, age: 0, requested: 0, received: noonMilliseconds) == DeltaSeconds.greatest)
    #expect(Age.initial(date: nil, age: DeltaSeconds.greatest, requested: .min, received: .max) >= 0)
    #expect(Age.current(initial: 5, received: noonMilliseconds, now: noonMilliseconds - 9000) == 5)
  }

  @Test("the current age must grow with the time in the cache")
  func current() {
    let record = Response(["Cache-Control: max-age=60", "Date: \(date(noon))", "Age: 30"]).record()
    #expect(record.age(now: noonMilliseconds) == 30)
    #expect(record.age(now: noonMilliseconds + 3999) == 33)
    #expect(record.remaining(now: noonMilliseconds + 40_000) == -10)
  }

  @Test(
    "of Age the first value must count, and what is no number must not",
    arguments: [
      ("abc", 0), ("-7200", 0), ("7200.0", 0), ("7200, 0", 7200), ("0, 7200", 0), ("0, 0", 0),
      ("2147483648", 2_147_483_648),
      ("2147483649", 2_147_483_648), ("7200;foo=bar", 0),
    ])
  func field(_ value: String, _ seconds: Int) {
    #expect(Response(["Age: \(value)"]).facts { $0.age } == seconds)
  }

  @Test("of several lines of Age the first must count")
  func lines() {
    #expect(Response(["Age: 7200", "Age: 0"]).facts { $0.age } == 7200)
    #expect(Response(["Age: 0", "Age: 7200"]).facts { $0.age } == 0)
  }
}
