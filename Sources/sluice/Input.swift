import ArgumentParser
import Foundation

/// Files that the user names on the command line.
enum Input {
  static func bytes(_ path: String) throws -> [UInt8] {
    if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    guard let data = FileManager.default.contents(atPath: path) else {
      Terminal.error.print("sluice: the file `\(path)` cannot be read")
      throw ExitCode.missingInput
    }
    return Array(data)
  }

  static func text(_ path: String) throws -> String {
    guard let text = String(validating: try bytes(path), as: UTF8.self) else {
      Terminal.error.print("sluice: the file `\(path)` is not in UTF-8")
      throw ExitCode.badData
    }
    return text
  }
}
