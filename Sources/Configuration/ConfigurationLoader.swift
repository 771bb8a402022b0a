import APIModel

/// Why a configuration is not used: everything that is wrong with it, errors and warnings, sorted by place.
public struct ConfigurationFailure: Error {
  public let diagnostics: [Diagnostic]
}

/// Reads gateway.yaml and everything that it refers to. The result is whole or not at all.
public enum ConfigurationLoader {
  /// - Parameters:
  ///   - path: gateway.yaml, as the user typed it; places in errors are named from there.
  ///   - environment: what `${NAME}` in gateway.yaml stands for.
  ///   - files: where files come from.
  /// - Throws: every mistake in every file at once.
  public static func load(
    path: String, environment: [String: String] = [:], files: FileSource = .disk
  ) throws(ConfigurationFailure) -> Snapshot {
    let findings = Findings()
    let library = DocumentLibrary(source: files, findings: findings)
    let context = ReadingContext(library: library, findings: findings)
    let start = SourceLocation(file: path, line: 1, column: 1)
    guard let document = library.document(path, at: start) else {
      throw ConfigurationFailure(diagnostics: library.withExcerpts(findings.sorted))
    }
    let substitution = EnvironmentSubstitution(environment: environment, findings: findings)
    let description = GatewayReader(context: context).read(substitution.apply(to: document))
    let compiler = SnapshotCompiler(description: description, findings: findings, library: library)
    guard let snapshot = compiler.snapshot(), !findings.hasErrors else {
      throw ConfigurationFailure(diagnostics: library.withExcerpts(findings.sorted))
    }
    return snapshot
  }
}
