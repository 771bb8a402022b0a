import Glibc

/// How a directory of releases looks:
///
///     site/current        -> releases/7, a symbolic link that is only ever replaced, by one rename(2)
///     site/releases/7/    the files that are served
///     site/releases/6/    an earlier one: for going back, and for the assets that open tabs still ask for
///     site/releases/.incoming-8/    being published; never looked at
///
/// A directory without `releases` is served as it is.
public enum ReleaseLayout {
  static let releases = "releases"
  static let current = "current"
  static let incoming = ".incoming-"

  static func isReleases(_ directory: String) -> Bool { isDirectory(directory + "/" + releases) }

  /// The numbers of the whole releases, the newest first.
  public static func numbers(in directory: String) -> [Int] {
    names(in: directory + "/" + releases).compactMap(number).sorted(by: >)
  }

  /// The number of the release that is served; nil where there is none.
  public static func currentNumber(in directory: String) -> Int? {
    var target = [CChar](repeating: 0, count: 4096)
    let count = readlink(directory + "/" + current, &target, target.count - 1)
    guard count > 0 else { return nil }
    let path = String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/").last.flatMap { number(String($0)) }
  }

  static func path(of number: Int, in directory: String) -> String { "\(directory)/\(releases)/\(number)" }

  /// A release's number, written in no other way than this gateway writes it.
  private static func number(_ name: String) -> Int? {
    guard let number = Int(name), number > 0, String(number) == name else { return nil }
    return number
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// What is in a directory, without `.` and `..`; empty where it cannot be read.
  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
