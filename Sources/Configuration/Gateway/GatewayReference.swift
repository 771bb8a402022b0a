/// The tables of the reference page and of the help texts, written out from `GatewayKeys.table` and `Limits.table`.
public enum GatewayReference {
  /// The page's lines, in Markdown.
  public static var markdown: [String] {
    var lines: [String] = []
    for object in GatewayKeys.Object.allCases {
      lines += ["### \(object.rawValue)", "| key | value | default | meaning |", "| --- | --- | --- | --- |"]
      for key in GatewayKeys.table where key.object == object {
        lines.append("| `\(key.name)` | \(key.value) | \(key.standard ?? "required") | \(key.prose) |")
      }
    }
    for section in Limits.sections {
      lines += ["### \(section)", "| key | range | default | meaning |", "| --- | --- | --- | --- |"]
      for entry in Limits.table where entry.section == section {
        lines.append("| `\(entry.key)` | \(entry.rangeText) | \(entry.standardText) | \(entry.prose) |")
      }
    }
    return lines
  }

  /// The limits and timeouts for a terminal.
  public static var limitsHelp: String {
    let width = Limits.table.map(\.key.count).max() ?? 0
    return Limits.sections.map { section in
      let lines = Limits.table.filter { $0.section == section }.map { entry in
        "  \(entry.key)\(String(repeating: " ", count: width - entry.key.count))  "
          + "\(entry.prose) (\(entry.standardText); \(entry.rangeText))"
      }
      return ([section] + lines).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }
}
