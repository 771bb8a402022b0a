import APIModel
import Foundation

/// What a running gateway and its operators say to each other, in JSON: `sluice reload` and its like write and read the
/// same types that the admin listener reads and writes.
public protocol AdminMessage: Codable, Sendable {}

extension AdminMessage {
  public var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return Array("{}".utf8) }  // they are texts, numbers and booleans
    return Array(data) + [0x0A]
  }

  /// Nil where the bytes are not such a message.
  public init?(json: [UInt8]) {
    guard let message = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
    self = message
  }
}

/// What a command asks for: the body of every POST.
public struct AdminRequest: AdminMessage {
  /// The absolute path of the configuration that the caller means. A gateway that serves another one refuses; nil: the
  /// caller means whatever gateway listens there.
  public var configuration: String?
  /// What a deployment is for.
  public var description: String?

  public init(configuration: String? = nil, description: String? = nil) {
    self.configuration = configuration
    self.description = description
  }
}

/// What is served from now on.
public struct PublishedMessage: AdminMessage {
  public var deployment: Int
  /// False: it was served before.
  public var isNew: Bool
  /// What was served before; nil where nothing changed.
  public var previous: Int?
  public var warnings: [DiagnosticMessage]
  /// Where the gateway runs: the places in `warnings` are seen from there.
  public var directory: String
  /// What does not take effect before the gateway is started again, and what could not be kept.
  public var notes: [String]

  public init(
    deployment: Int, isNew: Bool, previous: Int?, warnings: [DiagnosticMessage], directory: String, notes: [String]
  ) {
    self.deployment = deployment
    self.isNew = isNew
    self.previous = previous
    self.warnings = warnings
    self.directory = directory
    self.notes = notes
  }
}

/// Why what was asked for was not done. Nothing has changed then.
public struct RefusalMessage: AdminMessage, Error {
  public enum Kind: String, Codable, Sendable {
    /// The caller may not, or did not say what it needs to.
    case forbidden
    /// There is no such path, method or message.
    case notUnderstood
    /// Another configuration than the one served was meant, or the gateway is ending.
    case conflict
    /// The files are wrong: see `diagnostics`.
    case configuration
    /// There is no such deployment.
    case missing
    /// The deployment is there and cannot be used.
    case damaged
    /// An address cannot be listened on.
    case listener
  }

  public var kind: Kind
  public var message: String
  public var diagnostics: [DiagnosticMessage]
  public var directory: String

  public init(_ kind: Kind, _ message: String, diagnostics: [DiagnosticMessage] = [], directory: String = "") {
    self.kind = kind
    self.message = message
    self.diagnostics = diagnostics
    self.directory = directory
  }
}

/// The deployments that there are.
public struct DeploymentsMessage: AdminMessage {
  public struct Entry: Codable, Sendable {
    public var number: Int
    public var created: String?
    public var description: String?
    public var sha256: String?
    public var files: Int?
    public var isServed: Bool
    /// Why it cannot be gone back to.
    public var flaw: String?
  }

  /// The absolute path of gateway.yaml.
  public var configuration: String
  public var served: Int
  public var rolledBackFrom: Int?
  /// Where they are kept; nil: in memory.
  public var state: String?
  public var deployments: [Entry]

  public init(
    configuration: String, served: Int, rolledBackFrom: Int?, state: String?, deployments: [Entry]
  ) {
    self.configuration = configuration
    self.served = served
    self.rolledBackFrom = rolledBackFrom
    self.state = state
    self.deployments = deployments
  }
}

extension DeploymentsMessage.Entry {
  public init(_ manifest: DeploymentManifest, isServed: Bool) {
    self.init(
      number: manifest.number, created: manifest.created, description: manifest.description, sha256: manifest.sha256,
      files: manifest.files.count, isServed: isServed)
  }

  public init(_ number: Int, flaw: DeploymentFlaw, isServed: Bool) {
    self.init(number: number, isServed: isServed, flaw: flaw.description)
  }
}

/// How the gateway is.
public struct HealthMessage: AdminMessage {
  public enum Status: String, Codable, Sendable { case ok, draining }

  public var status: Status
  public var deployment: Int

  public init(status: Status, deployment: Int) {
    self.status = status
    self.deployment = deployment
  }
}

/// A `Diagnostic`, as machines read it.
public struct DiagnosticMessage: Codable, Sendable, Hashable {
  public var severity, file: String
  public var line, column: Int
  public var length: Int
  public var message: String
  public var suggestion: String?
  public var rule: String?
  /// The line that is spoken of, or what stands around the place in a long one.
  public var excerpt: Excerpt?

  public init(_ diagnostic: Diagnostic) {
    severity = diagnostic.severity.rawValue
    file = diagnostic.location.file
    line = diagnostic.location.line
    column = diagnostic.location.column
    length = diagnostic.length
    message = diagnostic.message
    suggestion = diagnostic.suggestion
    rule = diagnostic.rule
    excerpt = diagnostic.excerpt
  }

  /// The same as a person is told.
  public var diagnostic: Diagnostic {
    var diagnostic = Diagnostic(
      severity == Diagnostic.Severity.warning.rawValue ? .warning : .error,
      at: SourceLocation(file: file, line: line, column: column), length: length, message, suggestion: suggestion,
      rule: rule)
    diagnostic.excerpt = excerpt
    return diagnostic
  }
}
