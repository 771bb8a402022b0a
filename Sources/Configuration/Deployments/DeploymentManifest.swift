import Foundation

/// What a deployment is: its number, when and why it was made, and the checksum of every file that it consists of.
///
///     { "number": 7, "created": "2026-11-21T12:40:00Z", "description": "prices in euro", "configuration": "gateway.yaml",
///       "files": [ { "path": "gateway.yaml", "bytes": 812, "sha256": "9f86…" }, … ], "sha256": "4e07…" }
public struct DeploymentManifest: Sendable, Equatable, Codable {
  public struct File: Sendable, Equatable, Codable {
    /// Seen from the configuration's folder.
    public var path: String
    public var bytes: Int
    public var sha256: String
  }

  /// From 1; never used twice.
  public var number: Int
  /// RFC 3339, in UTC.
  public var created: String
  public var description: String?
  /// The name of the configuration among the files.
  public var configuration: String
  /// In the order of their paths.
  public var files: [File]
  /// Of all files together: two deployments with the same content have the same one.
  public var sha256: String

  /// - Throws: when the library cannot compute checksums.
  init(
    number: Int, epochSeconds: Int64, description: String?, _ content: ConfigurationFiles
  ) throws(DeploymentFlaw) {
    self.number = number
    created = Date(timeIntervalSince1970: TimeInterval(epochSeconds)).formatted(.iso8601)
    self.description = description
    configuration = content.name
    var files: [File] = []
    for path in content.paths {
      let bytes = content.contents[path] ?? []
      guard let digest = SHA256.hexadecimal(bytes) else { throw .noChecksum }
      files.append(File(path: path, bytes: bytes.count, sha256: digest))
    }
    self.files = files
    guard let whole = Self.checksum(configuration, files) else { throw .noChecksum }
    sha256 = whole
  }

  /// A path has no zero byte, so that no two lists of files make the same text.
  private static func checksum(_ configuration: String, _ files: [File]) -> String? {
    let text = configuration + "\0" + files.map { "\($0.path)\0\($0.bytes)\0\($0.sha256)\0" }.joined()
    return SHA256.hexadecimal(Array(text.utf8))
  }

  /// Whether the list of files is still the one that was written.
  var isWhole: Bool { Self.checksum(configuration, files) == sha256 && !files.isEmpty }

  /// Whether `source` gives exactly these files. Which files a configuration consists of follows from their content, so
  /// that nothing else needs to be read.
  public func matches(_ source: FileSource, at place: ConfigurationPlace) -> Bool {
    guard configuration == place.name else { return false }
    return files.allSatisfy { file in
      // Read as the loader reads it, from the configuration's folder.
      guard let bytes = try? source.read(place.typed(file.path)) else { return false }
      return bytes.count == file.bytes && SHA256.hexadecimal(bytes) == file.sha256
    }
  }
}

extension ConfigurationPlace {
  /// A path seen from the configuration's folder, as the working directory sees it.
  func typed(_ path: String) -> String { FilePath.resolve(path, from: self.path) }
}

/// Why a deployment cannot be used.
public enum DeploymentFlaw: Error, Equatable, CustomStringConvertible {
  /// There are these.
  case missing(Int, among: [Int])
  /// It is not what was stored: a file was altered, cut off or taken away.
  case damaged(Int, String)
  /// libcrypto has no SHA-256.
  case noChecksum

  public var description: String {
    switch self {
    case .missing(let number, let numbers):
      "there is no deployment \(number)"
        + (numbers.isEmpty ? "" : "; there are \(numbers.map(String.init).joined(separator: ", "))")
    case .damaged(let number, let reason): "deployment \(number) is not what was stored: \(reason)"
    case .noChecksum: "checksums cannot be computed: libcrypto has no SHA-256"
    }
  }
}
