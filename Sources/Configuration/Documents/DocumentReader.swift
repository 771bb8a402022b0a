import APIModel

/// What is wrong with a document as a whole, so that nothing of it can be used.
struct DocumentError: Error {
  var diagnostic: Diagnostic
}

/// The bytes of a file, in; a tree of values with their places, out.
enum DocumentReader {
  /// `file` is the name that locations carry. A file is read as JSON when it says so in its name or turns out to be
  /// it, and as YAML otherwise. Mistakes that leave the tree usable (a key written twice) go to `findings`.
  static func read(_ bytes: [UInt8], file: String, findings: Findings) throws(DocumentError) -> DocumentNode {
    guard bytes.count <= DocumentLimits.bytes else {
      let size = Quantity.text(bytes.count / (1 << 20), .count)
      let limit = DocumentLimits.bytes / (1 << 20)
      throw DocumentError(
        at: SourceLocation(file: file, line: 1, column: 1),
        "the file is \(size) MiB long; a document may have at most \(limit) MiB")
    }
    try checkEncoding(bytes, file: file)
    if file.lowercased().hasSuffix(".json") {
      var reader = JSONReader(bytes, file: file, findings: findings)
      return try reader.read()
    }
    if let node = json(bytes, file: file, findings: findings) { return node }
    return try YAMLReader(bytes, file: file, findings: findings).read()
  }

  /// The tree of a file that does not say so in its name but is JSON. YAML takes most of JSON, but not its tabs.
  private static func json(_ bytes: [UInt8], file: String, findings: Findings) -> DocumentNode? {
    guard bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") else { return nil }
    let own = Findings()
    var reader = JSONReader(bytes, file: file, findings: own)
    guard let node = try? reader.read() else { return nil }
    findings.add(own.all)
    return node
  }

  /// Both languages are read as UTF-8; a byte that is not part of it is named by its place.
  private static func checkEncoding(_ bytes: [UInt8], file: String) throws(DocumentError) {
    guard String(validating: bytes, as: UTF8.self) == nil else { return }
    var place = SourceLocation(file: file, line: 1, column: 1)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      place.column += 1
      if scalar == "\n" {
        place.line += 1
        place.column = 1
      }
    }
    throw DocumentError(at: place, "the file is not in UTF-8: this byte is not part of a character")
  }
}

extension DocumentError {
  init(at location: SourceLocation, _ message: String, suggestion: String? = nil) {
    self.init(diagnostic: Diagnostic(.error, at: location, message, suggestion: suggestion))
  }
}
