import Foundation
import Testing

/// One file for each class of mistake: the files that hold it, each under a dashed line with its name, and behind the
/// last dashed line exactly what is said about them.
struct Golden: CustomTestStringConvertible {
  let name: String
  var files: [String: String] = [:]
  var diagnostics: [String] = []

  var testDescription: String { name }

  static let all: [Golden] = {
    let names = (try? TestFiles.names(in: "Goldens")) ?? []
    return names.filter { $0.hasSuffix(".case") }.map(Golden.init)
  }()

  init(_ name: String) {
    self.name = name
    let text = (try? TestFiles.text("Goldens/\(name)")) ?? ""
    for part in ("\n" + text).components(separatedBy: "\n---------- ").dropFirst() {
      let lines = part.split(separator: "\n", omittingEmptySubsequences: false)
      let title = String(lines[0])
      if title == "diagnostics" {
        diagnostics = lines.dropFirst().filter { !$0.isEmpty }.map(String.init)
      } else {
        // The line break before the next dashed line belongs to the file.
        files[title] = lines.dropFirst().map { $0 + "\n" }.joined()
      }
    }
    if files["gateway.yaml"] == nil {
      files["gateway.yaml"] = Loading.gateway(files["api.json"] == nil ? "api.yaml" : "api.json")
    }
  }
}

@Suite struct MistakeTests {
  @Test("every mistake must be named at its place, all of them at once and in order", arguments: Golden.all)
  func mistakes(golden: Golden) {
    #expect(!golden.diagnostics.isEmpty)
    #expect(Loading.diagnostics(golden.files) == golden.diagnostics)
  }

  @Test("there must be a golden file for every part of the reader")
  func goldensAreThere() { #expect(Golden.all.count >= 40) }
}
