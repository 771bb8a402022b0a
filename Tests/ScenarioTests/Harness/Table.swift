/// Cases that differ in a few texts: `table COLUMN… {`, then a row of texts a line. `each { … }` plays its block once
/// for every row, in which `${row.COLUMN}` is that row's text.
struct Table {
  struct Row {
    var line: Int
    var values: [String: [UInt8]]
  }

  private(set) var rows: [Row] = []

  init(_ statement: Statement) throws(ScenarioFailure) {
    let columns = statement.words.dropFirst().map(\.shown)
    for row in statement.body ?? [] {
      guard row.words.count == columns.count else {
        throw ScenarioFailure(line: row.line, message: "\(row.words.count) texts for \(columns.count) columns")
      }
      let values = zip(columns, row.words).map { ("row." + $0, $1.bytes) }
      rows.append(Row(line: row.line, values: Dictionary(values, uniquingKeysWith: { $1 })))
    }
  }
}
