import Bytes

/// A moment as the Common Log Format writes it: `21/Nov/2026:10:15:00 +0000`.
enum RequestTime {
  /// - Parameter milliseconds: since 1970-01-01 00:00 UTC.
  static func write(_ milliseconds: Int64, into out: ByteBuffer) {
    let seconds = (Double(milliseconds) / 1000).rounded(.down)
    // Outside of the years 0 to 9999 the format has no room.
    let clamped = Int(min(max(seconds, -62_167_219_200), 253_402_300_799))
    let days = clamped >= 0 ? clamped / 86_400 : (clamped - 86_399) / 86_400
    let second = clamped - days * 86_400
    let (year, month, day) = civil(days)
    write(padded: day, 2, into: out)
    out.write(months[month - 1])
    write(padded: year, 4, into: out)
    out.write(":")
    write(padded: second / 3600, 2, into: out)
    out.write(":")
    write(padded: second / 60 % 60, 2, into: out)
    out.write(":")
    write(padded: second % 60, 2, into: out)
    out.write(" +0000")
  }

  private static let months = [
    "/Jan/", "/Feb/", "/Mar/", "/Apr/", "/May/", "/Jun/", "/Jul/", "/Aug/", "/Sep/", "/Oct/", "/Nov/", "/Dec/",
  ]

  private static func write(padded value: Int, _ width: Int, into out: ByteBuffer) {
    var bound = 10
    for _ in 1..<width {
      if value < bound { out.write("0") }
      bound *= 10
    }
    out.write(decimal: value)
  }

  /// The day of the Gregorian calendar, counted in years that begin in March so that leap days come last.
  private static func civil(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let days = daysSince1970 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
