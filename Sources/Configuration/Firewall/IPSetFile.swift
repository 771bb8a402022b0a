import APIModel
import Firewall

/// The file of an IP set, as a running gateway follows it.
public enum IPSetFile {
  /// Why its content is not used, in one sentence, with the place in the file.
  public struct Flaw: Error {
    public let message: String
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
