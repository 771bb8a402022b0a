import Foundation
import TestFolders
import Testing

@testable import Configuration

@Suite struct DeploymentStoreTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path(of: "state/gateway.yaml") }
  private let files = ConfigurationFiles(
    name: "gateway.yaml", contents: ["gateway.yaml": [1, 2, 3], "../Templates/100%.vtl": [], "apis/a.yaml": [0, 255]])

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  private func keep(_ store: DeploymentStore, _ description: String? = nil) throws -> DeploymentManifest {
    try store.keep(files, as: store.reserve(), epochSeconds: 1_763_728_800, description: description)
  }

  @Test("what is kept must be there for the next process, byte for byte")
  func roundTrip() throws {
    let manifest = try keep(DeploymentStore(at: path), "prices in euro")
    let store = DeploymentStore(at: path)
    #expect(store.trouble == nil)
    #expect(store.numbers == [1])
    #expect(try store.manifest(1) == manifest)
    #expect(try store.content(1) == files)
    #expect(manifest.created == "2025-11-21T12:40:00Z")
    #expect(manifest.description == "prices in euro")
    #expect(manifest.files.map(\.path) == ["../Templates/100%.vtl", "apis/a.yaml", "gateway.yaml"])
  }

  @Test("without a directory deployments must be kept in memory")
  func memory() throws {
    let store = DeploymentStore(at: nil)
    try keep(store)
    store.note(DeploymentStore.Served(deployment: 1))
    #expect(store.numbers == [1])
    #expect(try store.content(1) == files)
    #expect(store.served?.deployment == 1)
    #expect(store.trouble == nil)
  }

  @Test("where the disk takes nothing, deployments must be kept in memory, and it must be said why")
  func unwritable() throws {
    try folder.write("state", "")
    let store = DeploymentStore(at: path)
    #expect(store.trouble?.contains("Not a directory") == true)
    try keep(store)
    #expect(try store.content(1) == files)
    #expect(store.reserve() == 2)
  }

  @Test("a number must never be used twice, neither by another process nor after it was given back")
  func numbers() throws {
    let (one, other) = (DeploymentStore(at: path), DeploymentStore(at: path))
    let first = one.reserve()
    let second = other.reserve()
    #expect((first, second) == (1, 2))
    one.abandon(first)
    #expect(one.reserve() == 3)
    _ = try other.keep(files, as: second, epochSeconds: 0, description: nil)
    #expect(one.numbers == [2])
  }

  @Test("a number that is not there must be said to be missing, with those that are")
  func missing() throws {
    let store = DeploymentStore(at: path)
    try keep(store)
    #expect(throws: DeploymentFlaw.missing(7, among: [1])) { try store.content(7) }
  }

  @Test(
    "an altered, cut off or missing file must be found by its checksum",
    arguments: [
      "files/gateway.yaml", "files/apis/a.yaml", "files/%2E%2E/Templates/100%25.vtl", "manifest.json",
    ], [nil, "", "x"])
  func damage(file: String, text: String?) throws {
    let store = DeploymentStore(at: path)
    try keep(store)
    let target = URL(filePath: path + "/1/" + file)
    // An empty file is what one of them is meant to be.
    let isSame = text == "" && file.hasSuffix(".vtl")
    if let text { try Data(text.utf8).write(to: target) } else { try FileManager.default.removeItem(at: target) }
    if isSame {
      #expect(try store.content(1) == files)
    } else {
      let flaw = #expect(throws: DeploymentFlaw.self) { try store.content(1) }
      guard case .damaged(1, _) = flaw else { return #expect(Bool(false), "\(String(describing: flaw))") }
    }
  }

  @Test("a manifest with another list of files, or under another number, must be refused")
  func alteredManifest() throws {
    let store = DeploymentStore(at: path)
    try keep(store)
    try FileManager.default.copyItem(atPath: path + "/1", toPath: path + "/2")
    #expect(throws: DeploymentFlaw.damaged(2, "its manifest was altered or cut off")) { try store.manifest(2) }
    let manifest = try String(contentsOfFile: path + "/1/manifest.json", encoding: .utf8)
    try manifest.replacing("apis/a.yaml", with: "apis/b.yaml").write(
      toFile: path + "/1/manifest.json", atomically: true, encoding: .utf8)
    #expect(throws: DeploymentFlaw.damaged(1, "its manifest was altered or cut off")) { try store.manifest(1) }
  }

  @Test("a deployment that was not written to its end must not be one")
  func torn() throws {
    let store = DeploymentStore(at: path)
    try FileManager.default.createDirectory(
      atPath: path + "/." + "\(store.reserve()).new/files", withIntermediateDirectories: true)
    #expect(DeploymentStore(at: path).numbers.isEmpty)
    #expect(DeploymentStore(at: path).reserve() == 2)
  }

  @Test("what is served must be remembered")
  func served() {
    let store = DeploymentStore(at: path)
    #expect(store.served == nil)
    let served = DeploymentStore.Served(deployment: 5, rolledBackFrom: 7)
    store.note(served)
    #expect(DeploymentStore(at: path).served == served)
  }

  @Test("the oldest must be removed, but none that is needed")
  func pruning() throws {
    let store = DeploymentStore(at: path)
    for _ in 1...5 { try keep(store) }
    store.prune(keeping: 2, needed: [2])
    #expect(store.numbers == [2, 4, 5])
    #expect(DeploymentStore(at: path).numbers == [2, 4, 5])
    #expect(store.reserve() == 6)
  }

  @Test("nobody else may read what is kept, and Git must not see it")
  func secrecy() throws {
    try keep(DeploymentStore(at: path))
    for name in ["", "/1", "/1/files", "/1/files/gateway.yaml", "/1/manifest.json"] {
      let mode = try FileManager.default.attributesOfItem(atPath: path + name)[.posixPermissions] as? Int
      #expect((mode ?? 0o777) & 0o077 == 0, "\(name)")
    }
    #expect(try String(contentsOfFile: path + "/.gitignore", encoding: .utf8) == "*\n")
  }

  @Test("looking must not make anything")
  func reading() {
    #expect(DeploymentStore(reading: path).numbers.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}

@Suite struct DeploymentManifestTests {
  private let place = ConfigurationPlace("gateway.yaml", in: "/srv")

  @Test("a manifest must match the files that it was made of, and no others")
  func matching() throws {
    let manifest = try DeploymentManifest(
      number: 1, epochSeconds: 0, description: nil,
      ConfigurationFiles(name: "gateway.yaml", contents: ["gateway.yaml": Array("a".utf8), "b": Array("b".utf8)]))
    #expect(manifest.matches(FileSource(["gateway.yaml": "a", "b": "b", "c": "not read"]), at: place))
    #expect(!manifest.matches(FileSource(["gateway.yaml": "a", "b": "c"]), at: place))
    #expect(!manifest.matches(FileSource(["gateway.yaml": "a"]), at: place))
    #expect(
      !manifest.matches(FileSource(["other.yaml": "a", "b": "b"]), at: ConfigurationPlace("other.yaml", in: "/srv")))
  }

  @Test("the same content must have the same checksum, and any other another")
  func checksums() throws {
    func sum(_ contents: [String: [UInt8]], number: Int = 1) throws -> String {
      try DeploymentManifest(
        number: number, epochSeconds: Int64(number), description: "\(number)",
        ConfigurationFiles(name: "gateway.yaml", contents: contents)
      ).sha256
    }
    #expect(try sum(["a": [1], "b": [2]]) == sum(["b": [2], "a": [1]], number: 2))
    #expect(try sum(["a": [1], "b": [2]]) != sum(["a": [2], "b": [1]]))
    #expect(try sum(["a": [1]]) != sum(["b": [1]]))
  }
}
