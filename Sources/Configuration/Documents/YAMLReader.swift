import APIModel
internal import CYaml

/// Reads YAML with the place of every key and value, from libyaml's events (the parser inside Yams) rather than from
/// composed nodes: so nesting, aliases and repeated keys are judged while the text is read, without recursion, and a
/// document that would unfold into billions of values ends in an error.
struct YAMLReader {
  private let bytes: [UInt8]
  private let file: String
  private let findings: Findings

  init(_ bytes: [UInt8], file: String, findings: Findings) {
    // A byte order mark is no part of the text.
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    self.file = file
    self.findings = findings
  }

  func read() throws(DocumentError) -> DocumentNode {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else {
      throw DocumentError(at: SourceLocation(file: file, line: 1, column: 1), "there is no memory to read the file")
    }
    defer { yaml_parser_delete(&parser) }
    var builder = YAMLBuilder(source: SourceText(bytes, file: file), findings: findings)
    let failure = bytes.withUnsafeBufferPointer { buffer -> DocumentError? in
      yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
      do throws(DocumentError) {
        while true {
          var event = yaml_event_t()
          guard yaml_parser_parse(&parser, &event) == 1 else { throw syntaxError(parser) }
          defer { yaml_event_delete(&event) }
          if event.type == YAML_STREAM_END_EVENT { return nil }
          try builder.take(event)
        }
      } catch {
        return error
      }
    }
    if let failure { throw failure }
    guard let root = builder.root else {
      throw DocumentError(at: SourceLocation(file: file, line: 1, column: 1), "the file is empty")
    }
    return root
  }

  private func syntaxError(_ parser: yaml_parser_t) -> DocumentError {
    let problem = parser.problem.map { String(cString: $0) } ?? "the text is not YAML"
    if problem.hasPrefix("Maximum nesting level") {  // libyaml looks ahead, and has a limit of its own for that
      return DocumentError(
        at: SourceLocation(file: file, parser.mark),
        "lists and objects are nested more than \(DocumentLimits.depth) deep")
    }
    var message = problem
    if let context = parser.context {
      message = "\(String(cString: context)): \(problem)"
      if parser.context_mark.line < parser.problem_mark.line {
        message += " (it began on line \(parser.context_mark.line + 1))"
      }
    }
    return DocumentError(at: SourceLocation(file: file, parser.problem_mark), message)
  }
}

extension SourceLocation {
  /// libyaml counts lines and characters from zero.
  init(file: String, _ mark: yaml_mark_t) {
    self.init(file: file, line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
  }
}
