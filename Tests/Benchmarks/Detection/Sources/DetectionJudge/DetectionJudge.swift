import Detection

#if canImport(Glibc)
  import Glibc
#endif

/// Reads a line for each value, `sqli-low`, `sqli-high` or `xss`, a space and the value's bytes as hexadecimal digits, and answers
/// each with `0`, or with `1` and the reason. With arguments, a kind, a file and a number of times, it only judges the file's bytes
/// that many times, for a count of instructions.
@main
enum DetectionJudge {
  static func main() {
    let arguments = CommandLine.arguments
    if arguments.count == 4, let times = Int(arguments[3]) { return repeated(arguments[1], arguments[2], times) }
    while let line = readLine() {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      bytes(parts.count > 1 ? parts[1] : "").withUnsafeBytes { print(answer(String(parts[0]), $0)) }
    }
  }

  static func answer(_ kind: String, _ value: UnsafeRawBufferPointer) -> String {
    switch kind {
    case "sqli-low", "sqli-high":
      let finding = SQLInjection.finding(in: value, sensitivity: kind == "sqli-high" ? .high : .low)
      return finding.map { "1 \($0.technique) \($0.fingerprint) \($0.range)" } ?? "0"
    default:
      return CrossSiteScripting.finding(in: value).map { "1 \($0.means) \($0.range)" } ?? "0"
    }
  }

  static func bytes(_ digits: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits.utf8 {
      let value = digit < 0x3A ? digit &- 0x30 : (digit | 0x20) &- 0x57
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  static func repeated(_ kind: String, _ path: String, _ times: Int) {
    guard let file = fopen(path, "r") else { return print("cannot read \(path)") }
    defer { fclose(file) }
    var content = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&content, 1, content.count, file)
    var found = 0
    content.withUnsafeBytes { content in
      let value = UnsafeRawBufferPointer(rebasing: content[..<count])
      for _ in 0..<times where answer(kind, value) != "0" { found += 1 }
    }
    print("\(count) bytes, \(times) times, found \(found) times")
  }
}
