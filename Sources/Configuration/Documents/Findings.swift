import APIModel

/// Collects everything that is to be said about a configuration while it is read.
final class Findings {
  private(set) var all: Set<Diagnostic> = []
  private var spoiled: Set<SourceLocation> = []

  func error(at location: SourceLocation, _ message: String, suggestion: String? = nil) {
    add([Diagnostic(.error, at: location, message, suggestion: suggestion)])
  }

  func warning(at location: SourceLocation, _ message: String, suggestion: String? = nil) {
    add([Diagnostic(.warning, at: location, message, suggestion: suggestion)])
  }

  /// Says nothing more about the value at `location`: what is wrong with it now follows from what has been said.
  func spoil(_ location: SourceLocation) { spoiled.insert(location) }

  func add(_ diagnostics: some Sequence<Diagnostic>) {
    all.formUnion(diagnostics.filter { !spoiled.contains($0.location) })
  }

  var hasErrors: Bool { all.contains { $0.severity == .error } }

  /// By place, then by what is said: the same configuration always gives the same list.
  var sorted: [Diagnostic] {
    all.sorted { a, b in
      a.location != b.location
        ? a.location < b.location : (a.severity.rawValue, a.message) < (b.severity.rawValue, b.message)
    }
  }
}
