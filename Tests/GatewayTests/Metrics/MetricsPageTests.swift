import Configuration
import Foundation
import Telemetry
import Testing

@testable import Gateway

@Suite struct MetricsPageTests {
  private func text(_ format: MetricsFormat) async throws -> [String] {
    let project = try Project()
    let (publisher, _) = try await project.serve(inMemory: true)
    return String(decoding: try await publisher.metrics(format), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test(
    "every family must be there once, in both texts, with what it means",
    arguments: [
      MetricsFormat.openMetrics, .prometheus,
    ])
  func families(format: MetricsFormat) async throws {
    let lines = try await text(format)
    let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    let helps = lines.filter { $0.hasPrefix("# HELP ") }.map { $0.split(separator: " ")[2] }
    #expect(types == helps)
    #expect(Set(types).count == types.count)
    for line in lines.filter({ $0.hasPrefix("# HELP ") }) { #expect(line.hasSuffix(".")) }
    #expect((lines.last == "# EOF") == (format == .openMetrics))
    // Samples stand behind the head of their own family.
    var family = ""
    for line in lines where line != "# EOF" {
      if line.hasPrefix("# ") {
        family = String(line.split(separator: " ")[2])
      } else {
        #expect(line.hasPrefix(family))
      }
    }
  }

  @Test("the page about metrics must name each of them, and no other")
  func documented() async throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(
        path: "Sources/Gateway/Gateway.docc/Metrics.md")
    let documented = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line in
      line.hasPrefix("| `sluice_") || line.hasPrefix("| `process_")
        ? String(line.dropFirst(3).prefix { $0 != "`" && $0 != "{" }) : nil
    }
    let told = try await text(.prometheus).filter { $0.hasPrefix("# TYPE ") }.map {
      String($0.split(separator: " ")[2])
    }
    #expect(documented == told)
  }

  @Test("what has happened to deployments must be told")
  func deployments() async throws {
    let project = try Project()
    let (publisher, server) = try await project.serve(inMemory: true)
    try project.configure("the second")
    _ = try await publisher.deploy()
    try project.write("listeners: 7\n", to: "gateway.yaml")
    await #expect(throws: RefusalMessage.self) { try await publisher.deploy() }
    let text = String(decoding: try await publisher.metrics(.prometheus), as: UTF8.self)
    #expect(text.contains("\nsluice_deployment 2\n"))
    #expect(text.contains("\nsluice_deployments_total{result=\"success\"} 2\n"))
    #expect(text.contains("\nsluice_deployments_total{result=\"failure\"} 1\n"))
    #expect(text.contains("\nsluice_workers 1\n"))
    _ = await server.drain()
  }
}
