import Foundation
import Synchronization

/// The numbered deployments of one configuration, on disk, or in memory where the disk does not take them.
///
///     .sluice/gateway.yaml/            beside gateway.yaml, unless --state says otherwise
///       .gitignore                     *
///       served.json                    { "deployment": 5, "rolledBackFrom": 7 }
///       7/manifest.json                number, time, description, checksums
///       7/files/gateway.yaml           the files as they were
///       7/files/%2E%2E/Templates/list.vtl
///       .8.new/                        a number that is taken and not yet written
///
/// Nothing of it is ever altered: a deployment is written whole under another name, flushed to the disk and then renamed, and
/// so is `served.json`. Several processes may use one directory: a number belongs to whoever makes its directory.
public final class DeploymentStore: Sendable {
  /// What is served, and what it was gone back from.
  public struct Served: Sendable, Equatable, Codable {
    public var deployment: Int
    public var rolledBackFrom: Int?

    public init(deployment: Int, rolledBackFrom: Int? = nil) {
      self.deployment = deployment
      self.rolledBackFrom = rolledBackFrom
    }
  }

  private struct Memory {
    var deployments: [Int: (manifest: DeploymentManifest, content: ConfigurationFiles)] = [:]
    var lastReserved = 0
    var served: Served?
    var trouble: String?
  }

  /// Nil: nothing is on disk.
  private let directory: StateDirectory?
  private let memory = Mutex(Memory())

  /// Why deployments are not kept on disk though they were to be; nil while they are.
  public var trouble: String? { memory.withLock { $0.trouble } }

  /// - Parameter path: the state directory; nil: deployments are kept in memory.
  public init(at path: String?) {
    guard let path else {
      directory = nil
      return
    }
    directory = StateDirectory(path)
    do throws(StateDirectory.Failure) { try directory?.make() } catch { note(error) }
  }

  /// For those who only look: nothing is made or written.
  public init(reading path: String?) { directory = path.map(StateDirectory.init) }

  /// Where deployments are kept; nil: in memory.
  public var path: String? { directory?.path }

  // MARK: Reading

  /// Every number there is, in order.
  public var numbers: [Int] {
    Set(directory?.numbers ?? []).union(memory.withLock { $0.deployments.keys.map { $0 } }).sorted()
  }

  /// The manifest of a deployment, without a look at its files.
  public func manifest(_ number: Int) throws(DeploymentFlaw) -> DeploymentManifest {
    if let kept = kept(number) { return kept.manifest }
    guard let directory, directory.numbers.contains(number) else { throw .missing(number, among: numbers) }
    guard let bytes = directory.read("\(number)/manifest.json") else {
      throw .damaged(number, "its manifest is missing or cannot be read")
    }
    guard let manifest = try? JSONDecoder().decode(DeploymentManifest.self, from: Data(bytes)), manifest.isWhole,
      manifest.number == number
    else { throw .damaged(number, "its manifest was altered or cut off") }
    return manifest
  }

  /// The files of a deployment, each of them as it was stored.
  /// - Throws: `.damaged` where a checksum is not right any more.
  public func content(_ number: Int) throws(DeploymentFlaw) -> ConfigurationFiles {
    if let kept = kept(number) { return kept.content }
    let manifest = try manifest(number)
    var content = ConfigurationFiles(name: manifest.configuration)
    for file in manifest.files {
      guard let bytes = directory?.read("\(number)/files/\(StateDirectory.escaped(file.path))") else {
        throw .damaged(number, "`\(file.path)` is missing or cannot be read")
      }
      guard bytes.count == file.bytes, SHA256.hexadecimal(bytes) == file.sha256 else {
        throw .damaged(number, "`\(file.path)` was altered or cut off")
      }
      content.add(bytes, at: file.path)
    }
    return content
  }

  // MARK: Writing

  /// Takes the next number. `keep` or `abandon` follows.
  public func reserve() -> Int {
    let last = memory.withLock { $0.lastReserved }
    var number = max(last, numbers.last ?? 0, directory?.reserved.last ?? 0) + 1
    while let directory, trouble == nil {
      do throws(StateDirectory.Failure) {
        if try directory.reserve(number) { break }
        number += 1
      } catch {
        note(error)
      }
    }
    memory.withLock { $0.lastReserved = number }
    return number
  }

  /// Gives back a number that nothing is stored under.
  public func abandon(_ number: Int) { directory?.remove(".\(number).new") }

  /// Stores a deployment under the number that was reserved for it; where the disk does not take it, in memory, and
  /// `trouble` says why.
  /// - Throws: `.noChecksum`.
  public func keep(
    _ content: ConfigurationFiles, as number: Int, epochSeconds: Int64, description: String?
  ) throws(DeploymentFlaw) -> DeploymentManifest {
    let manifest = try DeploymentManifest(
      number: number, epochSeconds: epochSeconds, description: description, content)
    if let directory {
      do throws(StateDirectory.Failure) {
        for path in content.paths {
          try directory.write(content.contents[path] ?? [], ".\(number).new/files/\(StateDirectory.escaped(path))")
        }
        try directory.write(Self.encoded(manifest), ".\(number).new/manifest.json")
        try directory.rename(".\(number).new", to: "\(number)")
        memory.withLock { $0.trouble = nil }
        return manifest
      } catch {
        note(error)
        abandon(number)
      }
    }
    memory.withLock { $0.deployments[number] = (manifest, content) }
    return manifest
  }

  /// What is served, for the next start; nil: nothing was yet.
  public var served: Served? {
    if let served = memory.withLock({ $0.served }) { return served }
    return directory?.read("served.json").flatMap { try? JSONDecoder().decode(Served.self, from: Data($0)) }
  }

  /// Remembers what is served.
  public func note(_ served: Served) {
    memory.withLock { $0.served = served }
    guard let directory, kept(served.deployment) == nil else { return }
    do throws(StateDirectory.Failure) {
      try directory.write(Self.encoded(served), ".served.new")
      try directory.rename(".served.new", to: "served.json")
    } catch {
      note(error)
    }
  }

  /// Removes the oldest deployments beyond `count`, but none of `needed`.
  public func prune(keeping count: Int, needed: Set<Int>) {
    for number in numbers.dropLast(count) where !needed.contains(number) {
      memory.withLock { _ = $0.deployments.removeValue(forKey: number) }
      directory?.remove("\(number)")
    }
  }

  private func kept(_ number: Int) -> (manifest: DeploymentManifest, content: ConfigurationFiles)? {
    memory.withLock { $0.deployments[number] }
  }

  private func note(_ failure: StateDirectory.Failure) { memory.withLock { $0.trouble = failure.description } }

  private static func encoded(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return [] }  // what is encoded is text and numbers
    return Array(data) + [0x0A]
  }
}
