import Configuration
import Firewall
import Logging
import Synchronization

/// Follows the databases of countries and networks, as `IPSetWatch` follows the files of IP sets: one that has changed is gone
/// through whole and takes the place of the one in use; a damaged one never does, and the log says what is wrong with it.
final class GeographyWatch: Sendable {
  /// What a database was last read from; nil: it is to be read again.
  private let known = Mutex<[String: FileSignature?]>([:])

  /// The files are looked at again even if they have not changed: a deployment has put its own maps into the memory.
  func forget() { known.withLock { $0.removeAll() } }

  /// Reads what has changed.
  func look(at setup: GeographySetup, _ memory: FirewallMemory, _ log: Logger) {
    for source in setup.sources {
      let signature = FileSignature(source.file)
      let isKnown = known.withLock { known in
        defer { known[source.file] = .some(signature) }
        return known[source.file].map { $0 == signature } ?? false
      }
      if isKnown { continue }
      do throws(MaxMindFile.Flaw) {
        let map = try MaxMindFile.read(source.file, source.content)
        guard map !== current(source.content, in: memory) else { continue }
        memory.geography.change { maps in
          switch source.content {
          case .countries: maps.countries = map
          case .networks: maps.networks = map
          }
        }
        log.info("geo database read again", metadata: ["file": "\(source.file)", "runs": "\(map.count)"])
      } catch {
        log.error("geo database not read again: the one in use stays", metadata: ["reason": "\(error.message)"])
      }
    }
  }

  private func current(_ content: MaxMindFile.Content, in memory: FirewallMemory) -> AddressMap? {
    switch content {
    case .countries: memory.geography.maps.countries
    case .networks: memory.geography.maps.networks
    }
  }
}
