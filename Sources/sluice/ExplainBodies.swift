import Pipeline

/// Fields and bodies, as far as somebody wants to see them.
extension ExplainPage {
  /// Lines of a body that are shown unless all are wanted.
  private static let lines = 8

  /// - Parameter tagged: whether it is said who wrote each of them.
  func writeFields(_ fields: [FieldRecord], tagged: Bool) {
    for field in fields {
      let text = "\(field.name): \(Self.cut(field.value))"
      guard tagged, let source = field.from else {
        line("    " + text)
        continue
      }
      let tag = Self.tag(source)
      let space = String(repeating: " ", count: max(1, Self.labelWidth - tag.count))
      line("    " + terminal.styled(tag, .dim) + space + text)
    }
  }

  private static func tag(_ source: FieldRecord.Source) -> String {
    switch source {
    case .client: "client"
    case .mapping: "mapping"
    case .template: "template"
    case .gateway: "gateway"
    case .integration: "integration"
    case .gatewayResponse: "gateway resp."
    }
  }

  /// - Parameter later: what to call it where the same body turns up again.
  mutating func write(_ body: BodyRecord?, as label: String, calledLater later: String) {
    guard let body else { return }
    if let before = shownBodies.first(where: {
      $0.body.text == body.text && $0.body.base64 == body.base64 && $0.body.bytes == body.bytes
    }),
      body.text != nil || body.base64 != nil
    {
      return entry(label, Self.size(body) + terminal.styled(", \(before.name)", .dim))
    }
    shownBodies.append((body, later))
    var head = Self.size(body)
    if let note = body.note { head += ", \(note)" }
    if body.base64 != nil { head += ", no text: in base64" }
    entry(label, head)
    guard let text = body.text ?? body.base64, !text.isEmpty else { return }
    let rows = Self.rows(of: text, limit: isFull ? Int.max : Self.lines)
    for row in rows.shown { line("      " + terminal.styled("│ ", .dim) + row) }
    if rows.isCut {
      line("      " + terminal.styled("│ … --full shows the rest", .dim))
    } else if body.isExcerpt ?? false {
      line("      " + terminal.styled("│ … no more than this is kept of it", .dim))
    }
  }

  private static func size(_ body: BodyRecord) -> String { body.bytes == 1 ? "1 byte" : "\(grouped(body.bytes)) bytes" }

  /// `12,345`.
  private static func grouped(_ number: Int) -> String {
    let digits = Array("\(number)")
    return digits.enumerated().map { index, digit in
      (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digit)
    }.joined()
  }

  /// A text in rows that fit the page.
  private static func rows(of text: String, limit: Int) -> (shown: [String], isCut: Bool) {
    var rows: [String] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      var rest = line[...]
      repeat {
        if rows.count == limit { return (rows, true) }
        rows.append(visible(rest.prefix(width - 8)))
        rest = rest.dropFirst(width - 8)
      } while !rest.isEmpty
    }
    while rows.last?.isEmpty ?? false { rows.removeLast() }
    return (rows, false)
  }

  /// A value in one line.
  static func cut(_ value: String) -> String {
    value.count > width ? visible(value.prefix(width)) + "…" : visible(value[...])
  }

  /// What a body or a value says must not command the terminal.
  private static func visible(_ text: Substring) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 32 && $0 != "\t" || (127...159).contains($0.value) ? "\u{FFFD}" : $0 }))
  }
}
