import APIModel

/// Why a configuration is not used: everything that is wrong with it, errors and warnings, sorted by place.
public struct ConfigurationFailure: Error {
  public let diagnostics: [Diagnostic]
}

/// Reads gateway.yaml and everything that it refers to. The result is whole or not at all.
public enum ConfigurationLoader {
  /// The variable that holds what operators must know.
  static let adminToken = "SLUICE_ADMIN_TOKEN"

  /// - Parameters:
  ///   - path: gateway.yaml, as the user typed it; places in errors are named from there.
  ///   - environment: what `${NAME}` in gateway.yaml stands for.
  ///   - files: where files come from.
  ///   - deploymentID: the number under which it is to be published: `$context.deploymentId`.
  ///   - deployments: where the deployments are that canaries name.
  /// - Throws: every mistake in every file at once.
  public static func load(
    path: String, environment: [String: String] = [:], files: FileSource = .disk, deploymentID: String = "1",
    deployments: DeploymentLookup = .none
  ) throws(ConfigurationFailure) -> Snapshot {
    let findings = Findings()
    let (description, library) = describe(path, environment, files, findings)
    guard let description else { throw ConfigurationFailure(diagnostics: library.withExcerpts(findings.sorted)) }
    let compiler = SnapshotCompiler(
      description: description, findings: findings, library: library, deploymentID: deploymentID,
      canaries: CanaryDeployments(ConfigurationPlace(path), environment, deployments))
    guard let snapshot = compiler.snapshot(), !findings.hasErrors else {
      throw ConfigurationFailure(diagnostics: library.withExcerpts(findings.sorted))
    }
    return snapshot
  }

  /// The same, with the files that it was read from.
  public static func load(
    _ place: ConfigurationPlace, environment: [String: String], recording source: FileSource = .disk,
    deploymentID: String, deployments: DeploymentLookup
  ) throws(ConfigurationFailure) -> (snapshot: Snapshot, files: ConfigurationFiles) {
    let recorder = ConfigurationFiles.Recorder(place, source)
    let snapshot = try load(
      path: place.path, environment: environment, files: recorder.recording, deploymentID: deploymentID,
      deployments: deployments)
    return (snapshot, recorder.files)
  }

  /// What the files say, nothing compiled yet. Nil where gateway.yaml itself cannot be read.
  static func describe(
    _ path: String, _ environment: [String: String], _ files: FileSource, _ findings: Findings
  ) -> (description: GatewayDescription?, library: DocumentLibrary) {
    let library = DocumentLibrary(source: files, findings: findings)
    let context = ReadingContext(library: library, findings: findings)
    let start = SourceLocation(file: path, line: 1, column: 1)
    guard let document = library.document(path, at: start) else { return (nil, library) }
    let substitution = EnvironmentSubstitution(environment: environment, findings: findings)
    let reader = GatewayReader(context: context, adminToken: environment[adminToken])
    return (reader.read(substitution.apply(to: document)), library)
  }
}
