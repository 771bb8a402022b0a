import Foundation

/// All the files that one configuration was read from, byte for byte: what a deployment is made of.
///
/// Paths are seen from the folder of gateway.yaml (`gateway.yaml`, `../Templates/list.vtl`), so that they stay the same
/// from whatever directory the gateway is started, and wherever the project is moved.
public struct ConfigurationFiles: Sendable, Equatable {
  /// The name of the configuration itself: `gateway.yaml`.
  public let name: String
  public private(set) var contents: [String: [UInt8]] = [:]

  public init(name: String, contents: [String: [UInt8]] = [:]) {
    self.name = name
    self.contents = contents
  }

  /// Paths in order.
  public var paths: [String] { contents.keys.sorted() }

  mutating func add(_ bytes: [UInt8], at path: String) { contents[path] = bytes }

  /// A source that gives these files to whoever asks for them as seen from `place`.
  public func source(at place: ConfigurationPlace) -> FileSource {
    // Directories that are served are no part of a configuration: they have releases of their own.
    FileSource(isDirectory: FileSource.disk.isDirectory) { path throws(FileSource.Failure) in
      guard let bytes = contents[place.relative(path)] else { throw .missing }
      return bytes
    }
  }

  /// A source that remembers what it gave.
  final class Recorder {
    private(set) var files: ConfigurationFiles
    private let place: ConfigurationPlace
    private let source: FileSource

    init(_ place: ConfigurationPlace, _ source: FileSource) {
      files = ConfigurationFiles(name: place.name)
      self.place = place
      self.source = source
    }

    var recording: FileSource {
      FileSource(isDirectory: source.isDirectory) { [self] path throws(FileSource.Failure) in
        let bytes = try source.read(path)
        files.add(bytes, at: place.relative(path))
        return bytes
      }
    }
  }
}

/// Where a configuration is, in the user's words and in the system's.
public struct ConfigurationPlace: Sendable, Equatable {
  /// As the user typed it.
  public let path: String
  private let directory: String

  /// - Parameter directory: what `path` is relative to: the process's working directory.
  public init(_ path: String, in directory: String = FileManager.default.currentDirectoryPath) {
    self.path = path
    self.directory = directory
  }

  /// `gateway.yaml`.
  public var name: String { absolute.last.map(String.init) ?? path }
  /// `/srv/shop/Routes/gateway.yaml`.
  public var absolutePath: String { "/" + absolute.joined(separator: "/") }
  /// `/srv/shop/Routes`.
  public var folder: String { "/" + absolute.dropLast().joined(separator: "/") }

  private var absolute: [Substring] { components(path) }

  private func components(_ path: String) -> [Substring] {
    FilePath.normalized(path.hasPrefix("/") ? path : directory + "/" + path).split(separator: "/")
  }

  /// A path as the working directory sees it, seen from the configuration's folder instead: `Templates/list.vtl` is
  /// `../Templates/list.vtl` from `Routes/`.
  func relative(_ path: String) -> String {
    let target = components(path)
    let folder = absolute.dropLast()
    let common = zip(target, folder).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: folder.count - common) + target[common...]).joined(separator: "/")
  }
}
