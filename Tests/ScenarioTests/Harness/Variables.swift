import Synchronization

/// What `${name}` stands for in a scenario: `origin.NAME.port`, `origin.NAME.path`, `gateway.port`, `directory`,
/// `repository`, and `row.COLUMN` of a table.
/// Any other `${…}` is left as it stands: gateway.yaml and mapping templates have dollars of their own.
final class Variables: Sendable {
  private let values = Mutex<[String: [UInt8]]>([:])

  subscript(name: String) -> [UInt8]? {
    get { values.withLock { $0[name] } }
    set { values.withLock { $0[name] = newValue } }
  }

  /// The text with every known `${name}` replaced, the row's first.
  func substitute(in text: [UInt8], row: [String: [UInt8]]) -> [UInt8] {
    guard text.contains(UInt8(ascii: "$")) else { return text }
    var out: [UInt8] = []
    var rest = text[...]
    while let byte = rest.first {
      if byte == UInt8(ascii: "$"), rest.dropFirst().first == UInt8(ascii: "{"),
        let end = rest.firstIndex(of: UInt8(ascii: "}"))
      {
        let name = String(decoding: rest[(rest.startIndex + 2)..<end], as: UTF8.self)
        if let value = row[name] ?? self[name] {
          out += value
          rest = rest[(end + 1)...]
          continue
        }
      }
      out.append(byte)
      rest.removeFirst()
    }
    return out
  }
}
