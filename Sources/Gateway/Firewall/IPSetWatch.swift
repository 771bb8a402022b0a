import Configuration
import Firewall
import Logging
import Synchronization

/// Follows the files of IP sets: a file that has changed is read, and its addresses take the place of the set's at once. One that
/// has a mistake changes nothing, and the log says where it is.
///
/// Looked at once a second by its size, its time and which file it is, rather than told by the kernel: that holds on every file
/// system, over links and for a file that was replaced.
final class IPSetWatch: Sendable {
  /// What a set, by its name, was last read from; nil: it is to be read again.
  private let known = Mutex<[String: FileSignature?]>([:])

  /// Milliseconds between two looks.
  static let pause = 1000

  /// The files are read again even if they have not changed: the sets have been given what a deployment holds.
  func forget() { known.withLock { $0.removeAll() } }

  /// Reads what has changed.
  func look(at sets: [IPSetSource], _ memory: FirewallMemory, _ log: Logger) {
    for source in sets {
      guard let path = source.file else { continue }
      let signature = FileSignature(path)
      let isKnown = known.withLock { known in
        defer { known[source.name] = .some(signature) }
        return known[source.name].map { $0 == signature } ?? false
      }
      if isKnown { continue }
      do throws(IPSetFile.Flaw) {
        let addresses = try IPSetFile.read(path)
        let set = memory.set(named: source.name)
        guard set.addresses.blocks != addresses.blocks else { continue }
        set.replace(addresses)
        log.info("IP set read again", metadata: ["set": "\(source.name)", "addresses": "\(addresses.blocks.count)"])
      } catch {
        log.error(
          "IP set not read again: the one in use stays",
          metadata: ["set": "\(source.name)", "reason": "\(error.message)"])
      }
    }
  }
}
