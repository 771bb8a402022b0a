/// A number's text as digits × 10^exponent, without zeros at either end.
struct Decimal {
  let isNegative: Bool
  let exponent: Int
  /// Digits; 0 for zero.
  let count: Int
  private let text: UnsafeRawBufferPointer
  private let place: Range<Int>

  init?(_ text: UnsafeRawBufferPointer) {
    self.text = text
    isNegative = text.first == UInt8(ascii: "-")
    var point: Int?
    var first: Int?
    var last = 0
    var at = isNegative ? 1 : 0
    while at < text.count, text[at] == UInt8(ascii: ".") || text[at] &- 48 < 10 {
      if text[at] == UInt8(ascii: ".") {
        point = at
      } else if text[at] != UInt8(ascii: "0") {
        if first == nil { first = at }
        last = at
      }
      at += 1
    }
    let end = at
    guard let first else {
      (exponent, count, place) = (0, 0, 0..<0)
      return
    }
    var power = 0
    if at < text.count {
      at += 1
      let isBelow = at < text.count && text[at] == UInt8(ascii: "-")
      if isBelow || at < text.count && text[at] == UInt8(ascii: "+") { at += 1 }
      while at < text.count {
        // Far beyond any exponent that could matter.
        power = min(power * 10 + Int(text[at] &- 48), 1 << 50)
        at += 1
      }
      if isBelow { power = -power }
    }
    let units = point ?? end
    exponent = power + (last < units ? units - last - 1 : units - last)
    place = first..<last + 1
    let hasPointInside = point.map { $0 > first && $0 < last } ?? false
    count = last + 1 - first - (hasPointInside ? 1 : 0)
  }

  func forEachDigit(_ body: (UInt8) -> Void) {
    for index in place where text[index] != UInt8(ascii: ".") { body(text[index] &- 48) }
  }
}
