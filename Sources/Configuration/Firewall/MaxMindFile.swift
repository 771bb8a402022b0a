import CMaxMindDB
import Firewall
import Glibc
import Synchronization

/// A database of MaxMind's kind (maxmind.github.io/MaxMind-DB), made into a map of addresses.
///
/// The whole file is gone through once, so that a damaged one is known before anybody relies on it, and closed again: a look-up
/// reads neither the file nor the library's structures, and whatever becomes of the file afterwards, it is of no concern.
public enum MaxMindFile {
  /// What is taken from a database.
  public enum Content: String, Sendable {
    /// `country.iso_code`, and `subdivisions[0].iso_code` where there are some.
    case countries
    /// `autonomous_system_number`.
    case networks
  }

  /// Why a file is not used, in one sentence.
  public struct Flaw: Error {
    public let message: String
  }

  private struct Known {
    var signature: FileSignature
    weak var map: AddressMap?
  }

  /// The maps in use, by what they hold and the path: a file that has not changed is not read again.
  private static let known = Mutex<[String: Known]>([:])

  public static func read(_ path: String, _ content: Content) throws(Flaw) -> AddressMap {
    let key = content.rawValue + ":" + path
    guard let signature = FileSignature(path) else {
      throw Flaw(message: "\(path) cannot be read: there is no such file")
    }
    if let map = known.withLock({ $0[key]?.signature == signature ? $0[key]?.map : nil }) { return map }
    let map = try load(path, content)
    known.withLock { $0[key] = Known(signature: signature, map: map) }
    return map
  }

  private static func load(_ path: String, _ content: Content) throws(Flaw) -> AddressMap {
    let copy = try memoryCopy(of: path)
    defer { close(copy) }
    do throws(MaxMindDatabase.Flaw) {
      let database = try MaxMindDatabase(path: "/proc/self/fd/\(copy)")
      return switch content {
      case .countries: try database.countries()
      case .networks: try database.networks()
      }
    } catch {
      throw Flaw(message: "\(path) \(error.reason)")
    }
  }

  /// The largest file that is taken. Bytes.
  private static let largest = 1 << 30

  /// A copy that nobody else can write to or make shorter: the library maps it, and a page that is gone would be the process's end.
  private static func memoryCopy(of path: String) throws(Flaw) -> Int32 {
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw Flaw(message: "\(path) cannot be read: \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Flaw(message: "\(path) cannot be read: it is not a file")
    }
    let copy = cmaxminddb_memory_file()
    guard copy >= 0 else { throw Flaw(message: "\(path) cannot be read: \(String(cString: strerror(errno)))") }
    var count = 0
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while count <= largest {
      let got = Glibc.read(file, &chunk, chunk.count)
      if got < 0, errno == EINTR { continue }
      if got == 0 { return copy }
      var written = 0
      while got > 0, written < got {
        let step = chunk.withUnsafeBytes { write(copy, $0.baseAddress?.advanced(by: written), got - written) }
        if step < 0, errno == EINTR { continue }
        guard step > 0 else { break }
        written += step
      }
      guard got > 0, written == got else {
        let reason = String(cString: strerror(errno))
        close(copy)
        throw Flaw(message: "\(path) cannot be read: \(reason)")
      }
      count += got
    }
    close(copy)
    throw Flaw(message: "\(path) is larger than a gigabyte")
  }
}
