import APIModel
import Edge
import Foundation
import StaticFiles
import Testing

@testable import Configuration

@Suite struct ShippedExampleTests {
  private func load(_ environment: [String: String] = [:]) throws -> Snapshot {
    let root = TestFiles.repository.path
    do {
      return try ConfigurationLoader.load(path: root + "/Routes/gateway.yaml", environment: environment)
    } catch {
      Issue.record("\(error.diagnostics.map(\.description).joined(separator: "\n"))")
      throw error
    }
  }

  @Test("the shipped configuration must load without a word")
  func loads() throws {
    let snapshot = try load()
    #expect(snapshot.warnings == [])
    #expect(snapshot.listeners.map(\.address) == [8080, 8443].map { .tcp(host: "127.0.0.1", port: $0) })
    #expect(snapshot.limits == Limits())
    let methods = snapshot.apis.flatMap(\.resources).flatMap { resource in
      resource.methods.values.map { "\($0.httpMethod) \(resource.path) \($0.integration?.kind.rawValue ?? "none")" }
    }
    #expect(
      methods.sorted() == [
        "ANY /posts/{postId} HTTP_PROXY", "ANY /{proxy+} HTTP_PROXY", "GET /get_comments_by_post_id HTTP",
        "GET /health MOCK", "GET /posts HTTP_PROXY", "POST /posts HTTP_PROXY",
      ])
  }

  @Test("every shipped file must be part of the shipped configuration")
  func everyFileIsUsed() throws {
    let snapshot = try load()
    // What lies in a directory that is served is used by whoever visits it.
    let sites = (snapshot.edge?.distributions ?? []).flatMap(\.origins).compactMap { origin -> String? in
      if case .directory(let site) = origin { site.settings.directory + "/" } else { nil }
    }
    #expect(!sites.isEmpty)
    for folder in ["Routes", "Templates"] {
      let url = TestFiles.repository.appending(path: folder)
      let files = try #require(FileManager.default.enumerator(atPath: url.path))
      // `sluice run` keeps its deployments beside the configuration.
      for case let file as String in files where !file.hasSuffix("README.md") && !file.hasPrefix(".sluice") {
        let path = url.path + "/" + file
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if isFolder.boolValue || sites.contains(where: path.hasPrefix) { continue }
        #expect(snapshot.files.contains(path))
      }
    }
  }

  @Test("the environment may say where the shipped example listens and what is behind it")
  func environment() throws {
    let snapshot = try load(["SLUICE_LISTEN": "[::1]:0", "SLUICE_BACKEND": "127.0.0.1:9999"])
    #expect(
      snapshot.listeners.map(\.address) == [.tcp(host: "::1", port: 0), .tcp(host: "127.0.0.1", port: 8443)])
    #expect(snapshot.listeners.map { $0.tls != nil } == [false, true])
    #expect(snapshot.deployments.map(\.stage.variables) == [["backend": "127.0.0.1:9999", "legacy": "127.0.0.1:9000"]])
  }
}
