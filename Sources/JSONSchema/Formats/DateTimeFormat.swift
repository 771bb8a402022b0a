/// `date-time`: RFC 3339 § 5.6, and offsets without a colon or minutes (`+0100`, `+01`), which json-schema-validator
/// takes too. A leap second may stand where there can be one: it refuses them, but they are right.
enum DateTimeFormat {
  static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let year = number(text, 0, 4), isByte(text, 4, "-"), let month = number(text, 5, 2), isByte(text, 7, "-"),
      let day = number(text, 8, 2), text.count > 10, text[10] | 32 == UInt8(ascii: "t"),
      let hour = number(text, 11, 2), isByte(text, 13, ":"), let minute = number(text, 14, 2), isByte(text, 16, ":"),
      let second = number(text, 17, 2)
    else { return false }
    guard (1...12).contains(month), day >= 1, day <= days(year, month), hour < 24, minute < 60, second <= 60
    else { return false }
    var at = 19
    if isByte(text, at, ".") {
      let start = at + 1
      at = start
      while at < text.count, isDigit(text[at]) { at += 1 }
      guard at > start else { return false }
    }
    guard let offset = offset(text, at) else { return false }
    guard second == 60 else { return true }
    // A leap second is the last one of a day in UTC.
    let utc = (hour * 60 + minute - offset) % 1440
    return (utc + 1440) % 1440 == 1439
  }

  /// In minutes; nil where the text from `start` on is no offset.
  private static func offset(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    guard start < text.count else { return nil }
    if text[start] | 32 == UInt8(ascii: "z") { return start + 1 == text.count ? 0 : nil }
    let isNegative = text[start] == UInt8(ascii: "-")
    guard isNegative || text[start] == UInt8(ascii: "+"), let hours = number(text, start + 1, 2), hours < 24 else {
      return nil
    }
    var at = start + 3
    if at == text.count { return (isNegative ? -1 : 1) * hours * 60 }
    if isByte(text, at, ":") { at += 1 }
    guard let minutes = number(text, at, 2), minutes < 60, at + 2 == text.count else { return nil }
    return (isNegative ? -1 : 1) * (hours * 60 + minutes)
  }

  private static func days(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func number(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int? {
    guard start + count <= text.count else { return nil }
    var value = 0
    for index in start..<start + count {
      guard isDigit(text[index]) else { return nil }
      value = value * 10 + Int(text[index] - 48)
    }
    return value
  }

  private static func isByte(_ text: UnsafeRawBufferPointer, _ index: Int, _ byte: Unicode.Scalar) -> Bool {
    index < text.count && UInt32(text[index]) == byte.value
  }
}
