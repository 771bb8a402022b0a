import Foundation
import TestFolders
import Testing

/// The real binary, run in a folder of its own.
final class Command {
  struct Outcome {
    let code: Int32
    let output: String
    let error: String
  }

  private let files: TemporaryFolder
  var folder: URL { files.url }

  init(files: [String: String] = [:]) throws {
    self.files = try TemporaryFolder(files)
  }

  /// The binary that was built beside the tests.
  static let binary: URL = {
    let tests =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "sluice")
  }()

  /// Nothing of this machine's environment reaches the binary but what is given.
  func callAsFunction(_ arguments: String..., environment: [String: String] = [:], input: String = "") throws -> Outcome
  {
    try self(arguments, environment: environment, input: input)
  }

  func callAsFunction(_ arguments: [String], environment: [String: String] = [:], input: String = "") throws -> Outcome
  {
    let process = Process()
    process.executableURL = Self.binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
    // Files rather than pipes: a long output cannot block.
    let names = ["in", "out", "err"].map { folder.appending(path: ".\($0)") }
    for name in names { try Data((name == names[0] ? input : "").utf8).write(to: name) }
    process.standardInput = try FileHandle(forReadingFrom: names[0])
    process.standardOutput = try FileHandle(forWritingTo: names[1])
    process.standardError = try FileHandle(forWritingTo: names[2])
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: try String(contentsOf: names[1], encoding: .utf8),
      error: try String(contentsOf: names[2], encoding: .utf8))
  }
}

/// Configurations for the commands.
enum Sample {
  static let gateway = """
    listeners: [{ address: "127.0.0.1:8080" }, { address: "[::]:8081" }]
    apis: [{ name: pets, definition: api.yaml, stages: [{ name: dev, variables: { backend: pets.example } }] }]
    domains: [{ name: pets.example.com, mappings: [{ path: /v1, api: pets, stage: dev }] }]

    """

  static let api = """
    openapi: 3.0.1
    info: { title: Pets, version: "2" }
    paths:
      /pets:
        get:
          x-amazon-apigateway-integration: { type: http_proxy, httpMethod: GET, uri: "http://${stageVariables.backend}/" }
        x-amazon-apigateway-any-method:
          x-amazon-apigateway-integration: { type: http_proxy, httpMethod: ANY, uri: "http://${stageVariables.backend}/" }
      /pets/{id}/toys:
        get:
          responses: { "204": { description: none } }
          x-amazon-apigateway-integration: { type: mock, responses: { default: { statusCode: "204" } } }
      /status:
        get:
          responses: { "200": { description: good } }
          x-amazon-apigateway-integration: { type: mock, responses: { default: { statusCode: "200" } } }

    """

  static let files = ["gateway.yaml": gateway, "api.yaml": api]
}
