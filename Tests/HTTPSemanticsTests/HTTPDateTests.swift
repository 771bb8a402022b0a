import Bytes
import Testing

@testable import HTTPSemantics

@Suite("HTTPDate")
struct HTTPDateTests {
  private func written(_ seconds: Int64) -> String {
    let out = ByteBuffer()
    HTTPDate.write(epochSeconds: seconds, into: out)
    return out.readable.text
  }

  private func parsed(_ text: String, now: Int = 1_700_000_000) -> Int? {
    Array(text.utf8).withUnsafeBytes { HTTPDate.parse($0, now: now) }
  }

  @Test(
    "a date must be written as an IMF-fixdate",
    arguments: [
      (Int64(0), "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
      (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
      (Int64.max, "Fri, 31 Dec 9999 23:59:59 GMT"), (Int64.min, "Sat, 01 Jan 0000 00:00:00 GMT"),
    ])
  func write(_ seconds: Int64, _ text: String) {
    #expect(written(seconds) == text)
    #expect(text.utf8.count == HTTPDate.byteCount)
  }

  @Test(
    "each of the three forms must be read",
    arguments: [
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
      "SUN, 06 nov 1994 08:49:37 gMT",
    ])
  func forms(_ text: String) {
    #expect(parsed(text) == 784_111_777)
  }

  @Test("what is written must be read back, for a day in every month of 400 years")
  func roundTrip() {
    var seconds: Int64 = -11_676_096_000
    while seconds < 1_000_000_000 {
      #expect(parsed(written(seconds)).map(Int64.init) == seconds)
      seconds += 30 * 86_400 + 3_661
    }
  }

  @Test("a two-digit year must not lie more than fifty years ahead")
  func twoDigitYears() {
    #expect(parsed("Friday, 06-Nov-70 08:49:37 GMT", now: 1_700_000_000) == 3_182_489_377)
    #expect(parsed("Friday, 06-Nov-74 08:49:37 GMT", now: 1_700_000_000) == 152_959_777)
  }

  @Test(
    "what is no date must be refused",
    arguments: [
      "", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT",
      "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
      "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
      "Sun Nov 6 08:49:37 1994", "0", "-1", "Sun, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
    ])
  func malformed(_ text: String) {
    #expect(parsed(text) == nil)
  }
}
