import Foundation

/// A folder of a test's own, which goes with it. Whatever tests have left open goes with their process.
///
/// Paths stay short, since that of a unix-domain socket has 107 bytes at most.
public final class TemporaryFolder: Sendable {
  public struct Failure: Error {}

  public let path: String
  public var url: URL { URL(filePath: path) }

  /// - Parameter files: what lies in it, by names that may have folders in them.
  public init(_ files: [String: String] = [:]) throws {
    guard let process = Self.process else { throw Failure() }
    path = "\(process)/\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    for (name, text) in files { try write(name, text) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The folder that holds those of this process.
  private static let process: String? = {
    var template = Array((FileManager.default.temporaryDirectory.path + "/sluice-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    atexit { TemporaryFolder.process.map { try? FileManager.default.removeItem(atPath: $0) } }
    return template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
  }()

  // MARK: What lies in it

  public func path(of name: String) -> String { "\(path)/\(name)" }

  /// - Returns: the path of the file.
  @discardableResult public func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  @discardableResult public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = URL(filePath: path(of: name))
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  public func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path(of: name), withDestinationPath: target)
  }

  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(of: name)) }

  public func text(_ name: String) -> String? { try? String(contentsOfFile: path(of: name), encoding: .utf8) }

  public func names(_ name: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(of: name))) ?? []).sorted()
  }
}
