/// Amounts as people write them: `10MB`, `64KiB`, `500ms`, `1h`. Reading gives bytes or milliseconds; writing picks the
/// largest unit that says the amount exactly.
enum Quantity {
  private static let sizes: [(suffix: String, factor: Int)] = [
    ("TiB", 1 << 40), ("TB", 1_000_000_000_000), ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20),
    ("MB", 1_000_000), ("KiB", 1 << 10), ("KB", 1000), ("B", 1),
  ]
  private static let durations: [(suffix: String, factor: Int)] = [
    ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// The amount that `text` writes, in bytes, as a number, or in milliseconds; nil when it writes none or one too big
  /// for an `Int`. A size or a number may stand without unit, a duration may not: `10` seconds or milliseconds?
  static func value(_ text: String, _ unit: Limits.Unit) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, let number = Int(digits) else { return nil }
    let suffix = text.dropFirst(digits.count).drop { $0 == " " }
    if suffix.isEmpty { return unit == .duration && number != 0 ? nil : number }
    let units =
      switch unit {
      case .bytes: sizes
      case .duration: durations
      case .count: [(suffix: String, factor: Int)]()
      }
    guard let match = units.first(where: { $0.suffix.lowercased() == suffix.lowercased() }) else { return nil }
    let product = number.multipliedReportingOverflow(by: match.factor)
    return product.overflow ? nil : product.partialValue
  }

  static func text(_ value: Int, _ unit: Limits.Unit) -> String {
    let units =
      switch unit {
      case .bytes: sizes.filter { $0.suffix.hasSuffix("iB") }
      case .duration: durations
      case .count: [(suffix: String, factor: Int)]()
      }
    guard value != 0, let match = units.first(where: { value % $0.factor == 0 }) else { return "\(value)" }
    return "\(value / match.factor)\(match.suffix)"
  }

  /// What a value of this unit looks like, for messages.
  static func example(_ unit: Limits.Unit) -> String {
    switch unit {
    case .bytes: "a size such as 10MB or 64KiB"
    case .count: "a whole number"
    case .duration: "a duration such as 10s or 500ms"
    }
  }
}
