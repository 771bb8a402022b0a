import Foundation
import Testing

@testable import Configuration

@Suite struct LimitsTests {
  @Test(
    "an amount must be read in its unit",
    arguments: [
      ("10MB", Limits.Unit.bytes, 10_000_000), ("64KiB", .bytes, 65536), ("64 kib", .bytes, 65536), ("1b", .bytes, 1),
      ("100", .bytes, 100), ("10s", .duration, 10_000), ("500ms", .duration, 500), ("5m", .duration, 300_000),
      ("1h", .duration, 3_600_000), ("0", .duration, 0), ("7", .count, 7),
    ])
  func amounts(text: String, unit: Limits.Unit, value: Int) { #expect(Quantity.value(text, unit) == value) }

  @Test(
    "what is no amount must be refused",
    arguments: [
      ("", Limits.Unit.bytes), ("MB", .bytes), ("-1", .bytes), ("1.5MB", .bytes), ("10", .duration),
      ("10S s", .duration),
      ("1KB", .count), ("99999999999TiB", .bytes), ("99999999999999999999", .count), ("٣", .count),
    ])
  func noAmounts(text: String, unit: Limits.Unit) { #expect(Quantity.value(text, unit) == nil) }

  @Test("an amount must be written as it is read", arguments: Limits.table)
  func roundTrip(entry: Limits.Entry) {
    #expect(Quantity.value(entry.standardText, entry.unit) == entry.standard)
    #expect(entry.range.contains(entry.standard))
    #expect(Quantity.value(Quantity.text(entry.range.upperBound, entry.unit), entry.unit) == entry.range.upperBound)
  }

  @Test("every limit must be in the table once, with a field of its own")
  func fields() {
    #expect(Set(Limits.table.map { "\($0.section).\($0.key)" }).count == Limits.table.count)
    #expect(Mirror(reflecting: Limits()).children.count == Limits.table.count)
    var limits = Limits()
    for (number, entry) in Limits.table.enumerated() { entry.set(1_000_000 + number, in: &limits) }
    let values = Mirror(reflecting: limits).children.map { "\($0.value)" }
    #expect(Set(values).count == Limits.table.count)
  }

  @Test("the reference page must say what the tables say")
  func page() throws {
    let page = try String(
      contentsOf: TestFiles.repository.appending(
        path: "Sources/Configuration/Configuration.docc/Configuration.md"), encoding: .utf8)
    let lines = Set(page.split(separator: "\n").map(String.init))
    for line in GatewayReference.markdown { #expect(lines.contains(line)) }
  }
}

extension Limits.Entry: CustomTestStringConvertible {
  public var testDescription: String { key }
}
