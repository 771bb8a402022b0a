import APIModel
import Foundation
import Testing

@testable import Configuration

/// Files beside the tests and in the repository.
enum TestFiles {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
  static let repository = folder.deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  static func names(in name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path).sorted()
  }
}

/// Configurations that live in memory.
enum Loading {
  /// A gateway.yaml for tests of a definition.
  static func gateway(_ definition: String, more: String = "", variables: String = "{}") -> String {
    """
    listeners: [{ address: "127.0.0.1:8080" }]
    apis: [{ name: a, definition: \(definition), stages: [{ name: dev, variables: \(variables) }]\(more) }]

    """
  }

  static func snapshot(_ files: [String: String], environment: [String: String] = [:]) throws -> Snapshot {
    do {
      return try ConfigurationLoader.load(path: "gateway.yaml", environment: environment, files: FileSource(files))
    } catch {
      Issue.record("\(error.diagnostics.map(\.description).joined(separator: "\n"))")
      throw error
    }
  }

  /// What is said of the files, one line each; empty for a good configuration.
  static func diagnostics(_ files: [String: String], environment: [String: String] = [:]) -> [String] {
    do {
      let snapshot = try ConfigurationLoader.load(
        path: "gateway.yaml", environment: environment, files: FileSource(files))
      return snapshot.warnings.map(\.description)
    } catch {
      return error.diagnostics.map(\.description)
    }
  }

  /// The one API of a configuration whose definition is `text`.
  static func api(
    _ text: String, file: String = "api.yaml", more: String = "", variables: String = "{}"
  ) throws -> RestAPI {
    let snapshot = try snapshot(["gateway.yaml": gateway(file, more: more, variables: variables), file: text])
    return try #require(snapshot.apis.first)
  }

  static func document(_ text: String, file: String = "x.yaml") throws -> DocumentNode {
    let findings = Findings()
    let node = try DocumentReader.read(Array(text.utf8), file: file, findings: findings)
    #expect(findings.sorted == [])
    return node
  }

  /// Why a document cannot be read.
  static func failure(_ bytes: [UInt8], file: String = "x.yaml") -> String? {
    do {
      _ = try DocumentReader.read(bytes, file: file, findings: Findings())
      return nil
    } catch {
      return error.diagnostic.description
    }
  }
}
