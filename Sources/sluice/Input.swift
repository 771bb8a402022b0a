import ArgumentParser
import Foundation

/// Files that the user names on the command line.
enum Input {
  static func bytes(_ path: String) throws -> [UInt8] {
    if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0,
      let data = try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).readToEnd() ?? Data()
    else {
      let reason = String(cString: strerror(descriptor >= 0 ? EISDIR : errno))
      throw ExitCode.missingInput.saying("the file `\(path)` cannot be read: \(reason)")
    }
    return Array(data)
  }

  static func text(_ path: String) throws -> String {
    guard let text = String(validating: try bytes(path), as: UTF8.self) else {
      throw ExitCode.badData.saying("the file `\(path)` is not in UTF-8")
    }
    return text
  }
}
