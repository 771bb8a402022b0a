import APIModel
import Firewall
import Glibc

/// The file of an IP set, as a running gateway follows it.
public enum IPSetFile {
  /// Why its content is not used, in one sentence, with the place in the file.
  public struct Flaw: Error {
    public let message: String
  }

  /// Changes whenever the file does.
  public struct Signature: Sendable, Equatable {
    let device, inode: UInt
    let size: Int
    let seconds, nanoseconds: Int
  }

  /// Nil where there is no file.
  public static func signature(_ path: String) -> Signature? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Signature(
      device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
      seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
  }

  public static func read(_ path: String) throws(Flaw) -> AddressSet {
    let bytes: [UInt8]
    do throws(FileSource.Failure) {
      bytes = try FileSource.disk.read(path)
    } catch {
      throw Flaw(message: "\(path) cannot be read")
    }
    do throws(AddressList.Flaw) {
      return AddressSet(try AddressList.parse(bytes))
    } catch {
      throw Flaw(
        message: "\(path):\(error.line):\(error.column): `\(error.text)` is no block of addresses: \(error.flaw.reason)"
      )
    }
  }
}
