import APIModel

/// Collects everything that is to be said about a configuration while it is read.
final class Findings {
  private(set) var all: Set<Diagnostic> = []
  private var hasMore = false
  private var spoiled: Set<SourceLocation> = []

  func error(at location: SourceLocation, _ message: String, suggestion: String? = nil) {
    add([Diagnostic(.error, at: location, message, suggestion: suggestion)])
  }

  func warning(at location: SourceLocation, _ message: String, suggestion: String? = nil) {
    add([Diagnostic(.warning, at: location, message, suggestion: suggestion)])
  }

  /// Says nothing more about the value at `location`: what is wrong with it now follows from what has been said.
  func spoil(_ location: SourceLocation) { spoiled.insert(location) }

  /// Beyond `DocumentLimits.findings` nothing more is listed: nobody reads that far, and it would take for ever.
  func add(_ diagnostics: some Sequence<Diagnostic>) {
    for diagnostic in diagnostics where !spoiled.contains(diagnostic.location) {
      if isFull {
        if !hasMore { all.insert(Diagnostic(.error, at: diagnostic.location, "more is wrong, and is not listed")) }
        hasMore = true
        return
      }
      all.insert(Self.shortened(diagnostic))
    }
  }

  /// A message quotes what it is about, which may be a whole file long.
  private static func shortened(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.message.utf8.count > 1000 else { return diagnostic }
    var result = diagnostic
    result.message = diagnostic.message.prefix(200) + "…"
    return result
  }

  var isFull: Bool { all.count >= DocumentLimits.findings }

  var hasErrors: Bool { all.contains { $0.severity == .error } }

  /// By place, then by what is said: the same configuration always gives the same list.
  var sorted: [Diagnostic] {
    all.sorted { a, b in
      a.location != b.location
        ? a.location < b.location : (a.severity.rawValue, a.message) < (b.severity.rawValue, b.message)
    }
  }
}
