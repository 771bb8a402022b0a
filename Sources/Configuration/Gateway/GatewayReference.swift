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

  /// The limits and timeouts for a terminal of 80 columns.
  public static var limitsHelp: String {
    var lines: [String] = []
    for section in Limits.sections {
      lines.append("\(section):")
      for entry in Limits.table where entry.section == section {
        lines.append("  \(entry.key): \(entry.standardText) (\(entry.rangeText))")
        lines += wrapped(entry.prose, width: 72).map { "      " + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines.count - 1
      if lines[last].isEmpty {
        lines[last] += word
      } else if lines[last].count + 1 + word.count <= width {
        lines[last] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
