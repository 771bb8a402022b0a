import Testing

/// A Swift trap ends the whole process, and an escape from the compiler's checks may end it unseen.
struct SafetyTests {
  /// Files whose head comment holds the proofs for the whole file.
  private static let audited: Set = ["Sources/Reactor/Reactor.swift", "Sources/Reactor/Socket.swift"]

  /// Whether a comment that begins `// SAFETY:` stands on the line, or right above its declaration.
  private func hasProof(_ file: Repository.File, line: Int) -> Bool {
    if file.lines[line - 1].contains("// SAFETY:") { return true }
    for above in file.lines[..<(line - 1)].reversed() {
      let text = above.drop { $0 == " " }
      if text.hasPrefix("// SAFETY:") { return true }
      // One proof may stand above several lines that need it.
      guard text.hasPrefix("//") || text.hasPrefix("@") || text.contains("(unsafe)") else { return false }
    }
    return false
  }

  @Test("an escape from the compiler's checks must have its proof right above it, as `// SAFETY: why it is sound`")
  func escapes() throws {
    let escape = #"@unchecked Sendable|nonisolated\(unsafe\)|unsafeBitCast|unowned\(unsafe\)|assumeIsolated|@_unsafe"#
    for file in Repository.sources where !Self.audited.contains(file.path) {
      for line in try Repository.code[file.path]?.lineNumbers(containing: escape) ?? []
      where !hasProof(file, line: line) {
        Issue.record(
          """
          \(file):\(line): \(file.lines[line - 1].drop { $0 == " " })
          Write a comment that begins `// SAFETY:` on the line above, saying why no two threads can meet here and why \
          nothing outlives what it points to; or do without.
          """)
      }
    }
  }

  @Test("what traps must not stand in Sources: a typed error closes one exchange, a trap ends them all")
  func traps() throws {
    let trap = #"\btry!|\bas!|\bfatalError\(|\bprecondition\(|\bpreconditionFailure\(|\bassertionFailure\(|\[unsafe\b"#
    for file in Repository.sources {
      for line in try Repository.code[file.path]?.lineNumbers(containing: trap) ?? [] {
        Issue.record("\(file):\(line): \(file.lines[line - 1].drop { $0 == " " })")
      }
    }
  }

  @Test("nothing may be unwrapped by force in Sources")
  func forcedUnwraps() throws {
    let forced = #"[\w\)\]\}]!(?!=)"#
    for file in Repository.sources {
      for line in try Repository.code[file.path]?.lineNumbers(containing: forced) ?? [] {
        Issue.record("\(file):\(line): \(file.lines[line - 1].drop { $0 == " " })")
      }
    }
  }
}
