import Bytes

/// Dates as fields carry them (RFC 9110 § 5.6.7): seconds since 1970-01-01T00:00:00Z, in and out.
public enum HTTPDate {
  /// How many bytes `write` writes.
  public static var byteCount: Int { 29 }

  /// Writes an IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`. It changes once per second: keep it.
  /// - Parameter epochSeconds: since 1970; clamped to the years 0 to 9999 that the form has room for.
  public static func write(epochSeconds: Int64, into out: ByteBuffer) {
    let seconds = Int(min(max(epochSeconds, -62_167_219_200), 253_402_300_799))
    var days = seconds / 86_400
    var rest = seconds % 86_400
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    let (year, month, day) = civil(days)
    let weekday = ((days + 4) % 7 + 7) % 7
    write(names: weekdays, at: weekday, into: out)
    out.write(", ")
    write(twoDigits: day, into: out)
    out.write(byte: 32)
    write(names: months, at: month - 1, into: out)
    out.write(byte: 32)
    write(twoDigits: year / 100, into: out)
    write(twoDigits: year % 100, into: out)
    out.write(byte: 32)
    write(twoDigits: rest / 3600, into: out)
    out.write(byte: 58)
    write(twoDigits: rest / 60 % 60, into: out)
    out.write(byte: 58)
    write(twoDigits: rest % 60, into: out)
    out.write(" GMT")
  }

  /// Reads any of the three forms that RFC 9110 makes recipients read:
  ///
  ///     Sun, 06 Nov 1994 08:49:37 GMT     IMF-fixdate
  ///     Sunday, 06-Nov-94 08:49:37 GMT    RFC 850
  ///     Sun Nov  6 08:49:37 1994          asctime
  ///
  /// Letters may be large or small: senders keep to the forms, caches must not care (RFC 9111 § 4.2).
  /// - Parameter now: seconds since 1970; a year of two digits that seems more than fifty years ahead of it lies in the
  ///   past.
  /// - Returns: nil for anything else, and for a day that its month does not have.
  public static func parse(_ bytes: UnsafeRawBufferPointer, now: Int) -> Int? {
    var reader = Reader(bytes: bytes)
    guard let weekday = reader.letters() else { return nil }
    let year: Int
    let month: Int
    let day: Int
    let time: Int
    if reader.skip(", ") {
      guard let number = reader.digits(2) else { return nil }
      day = number
      if reader.skip(" ") {
        guard weekday == 3, let name = reader.month(), reader.skip(" "), let digits = reader.digits(4) else {
          return nil
        }
        month = name
        year = digits
      } else {
        guard weekday >= 6, reader.skip("-"), let name = reader.month(), reader.skip("-"), let digits = reader.digits(2)
        else { return nil }
        month = name
        let current = civil(now >= 0 ? now / 86_400 : (now - 86_399) / 86_400).year
        let guess = current - current % 100 + digits
        year = guess > current + 50 ? guess - 100 : guess
      }
      guard reader.skip(" "), let clock = reader.clock(), reader.skip(" GMT") else { return nil }
      time = clock
    } else {
      guard weekday == 3, reader.skip(" "), let name = reader.month(), reader.skip(" ") else { return nil }
      month = name
      guard let number = reader.skip(" ") ? reader.digits(1) : reader.digits(2) else { return nil }
      day = number
      guard reader.skip(" "), let clock = reader.clock(), reader.skip(" "), let digits = reader.digits(4) else {
        return nil
      }
      time = clock
      year = digits
    }
    guard reader.isAtEnd, day >= 1, day <= length(ofMonth: month, year: year) else { return nil }
    return days(year: year, month: month, day: day) * 86_400 + time
  }

  private static var weekdays: StaticString { "SunMonTueWedThuFriSat" }
  private static var months: StaticString { "JanFebMarAprMayJunJulAugSepOctNovDec" }

  private static func write(names: StaticString, at index: Int, into out: ByteBuffer) {
    out.write(UnsafeRawBufferPointer(start: names.utf8Start + index * 3, count: 3))
  }

  private static func write(twoDigits value: Int, into out: ByteBuffer) {
    out.write(byte: UInt8(truncatingIfNeeded: 48 + value / 10))
    out.write(byte: UInt8(truncatingIfNeeded: 48 + value % 10))
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The proleptic Gregorian date of a day counted from 1970-01-01. Years begin in March here, so that the leap day is
  /// the last one, and 400 of them are an era of 146,097 days.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
  }

  /// The inverse of `civil`.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Reads a date from its front.
  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    var at = 0

    var isAtEnd: Bool { at == bytes.count }

    mutating func skip(_ text: StaticString) -> Bool {
      let count = text.utf8CodeUnitCount
      guard bytes.count - at >= count, equalsIgnoringCase(text, count) else { return false }
      at += count
      return true
    }

    private func equalsIgnoringCase(_ text: StaticString, _ count: Int) -> Bool {
      UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
        .equalsIgnoringCase(UnsafeRawBufferPointer(start: text.utf8Start, count: count))
    }

    /// How many letters stand here: the name of a weekday, which nobody needs to be the right one.
    mutating func letters() -> Int? {
      let start = at
      while at < bytes.count, (bytes[at] | 32) &- 97 < 26 { at += 1 }
      return at > start ? at - start : nil
    }

    mutating func digits(_ count: Int) -> Int? {
      guard bytes.count - at >= count else { return nil }
      var value = 0
      for _ in 0..<count {
        let digit = bytes[at] &- 48
        guard digit < 10 else { return nil }
        value = value * 10 + Int(digit)
        at += 1
      }
      return value
    }

    /// 1 to 12, from three letters.
    mutating func month() -> Int? {
      guard bytes.count - at >= 3 else { return nil }
      for index in 0..<12 {
        let name = UnsafeRawBufferPointer(start: HTTPDate.months.utf8Start + index * 3, count: 3)
        if name.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[at..<at + 3])) {
          at += 3
          return index + 1
        }
      }
      return nil
    }

    /// Seconds since midnight, from `hh:mm:ss`; a leap second counts as the next minute's first.
    mutating func clock() -> Int? {
      guard let hour = digits(2), skip(":"), let minute = digits(2), skip(":"), let second = digits(2), hour < 24,
        minute < 60, second <= 60
      else { return nil }
      return hour * 3600 + minute * 60 + second
    }
  }
}
