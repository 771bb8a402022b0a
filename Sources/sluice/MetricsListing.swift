import Configuration
import Foundation

/// Metrics as a person reads them: a family with one number in one line, every other one as a table of its labels and values.
struct MetricsListing {
  /// Whether what is 0 is shown.
  let showsAll: Bool
  /// Whether it is said what a family is.
  let describes: Bool
  private(set) var lines: [String] = []
  /// Rows that were left out.
  private(set) var left = 0

  init(showsAll: Bool, describes: Bool) {
    self.showsAll = showsAll
    self.describes = describes
  }

  mutating func add(_ family: MetricsMessage.Family) {
    let shown = family.samples.filter { showsAll || $0.value != 0 }
    left += family.samples.count - shown.count
    guard let first = shown.first else { return }
    let isTable = !first.labels.isEmpty || family.type == "histogram"
    lines.append(isTable ? family.name : "\(family.name)  \(Self.text(first.value, family))")
    if describes { lines.append("  " + family.help) }
    guard isTable else { return }
    let heads = first.labels.map(\.name) + (family.type == "histogram" ? Self.durationHeads : [])
    let rows = shown.map { sample in
      sample.labels.map(\.value)
        + (family.type == "histogram" ? Self.durations(sample) : [Self.text(sample.value, family)])
    }
    lines += Self.table(heads, rows, textColumns: first.labels.count)
  }

  // MARK: Values

  private static let durationHeads = ["count", "mean", "50 %", "95 %", "99 %"]

  private static func durations(_ sample: MetricsMessage.Sample) -> [String] {
    let mean = sample.value > 0 ? duration((sample.sum ?? 0) / sample.value) : "-"
    return [number(sample.value), mean] + [0.5, 0.95, 0.99].map { within($0, sample) }
  }

  /// The bound that a part of all stayed within.
  private static func within(_ part: Double, _ sample: MetricsMessage.Sample) -> String {
    guard sample.value > 0, let buckets = sample.buckets else { return "-" }
    guard let bucket = buckets.first(where: { $0.count >= part * sample.value }) else { return "-" }
    if let bound = bucket.atMost { return "≤ \(duration(bound))" }
    return buckets.last { $0.atMost != nil }.flatMap(\.atMost).map { "> \(duration($0))" } ?? "-"
  }

  static func text(_ value: Double, _ family: MetricsMessage.Family) -> String {
    let name = family.name.hasSuffix("_total") ? String(family.name.dropLast(6)) : family.name
    if name.hasSuffix("_timestamp_seconds") || name.hasSuffix("_start_time_seconds")
      || name.hasSuffix("_expiry_seconds")
    {
      return value == 0 ? "never" : time(value)
    }
    if name.hasSuffix("_seconds") { return duration(value) }
    if name.hasSuffix("_bytes") { return bytes(value) }
    return number(value)
  }

  private static func number(_ value: Double) -> String { Int(exactly: value).map { "\($0)" } ?? "\(value)" }

  /// `1.5 MiB`.
  private static func bytes(_ value: Double) -> String {
    var (value, unit) = (value, 0)
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(number(value)) bytes" : "\(short(value)) \(units[unit])"
  }

  /// `1.5 ms`.
  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case 0: "0"
    case ..<0.001: "\(short(seconds * 1_000_000)) µs"
    case ..<1: "\(short(seconds * 1000)) ms"
    default: "\(short(seconds)) s"
    }
  }

  /// Three digits, as long as there are not more before the point.
  private static func short(_ value: Double) -> String {
    let digits = value < 10 ? 2 : value < 100 ? 1 : 0
    let text = String(format: "%.\(digits)f", value)
    guard digits > 0 else { return text }
    return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
  }

  private static func time(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).formatted(.iso8601.dateTimeSeparator(.space))
  }

  // MARK: Table

  private static func table(_ heads: [String], _ rows: [[String]], textColumns: Int) -> [String] {
    let widths = (0..<max(heads.count, rows.map(\.count).max() ?? 0)).map { column in
      ([heads] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return ([heads] + rows).map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < textColumns ? cell + space : space + cell
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
