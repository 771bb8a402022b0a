import Synchronization

/// A directory of certificates, looked at again and again: what has changed is read, what cannot be used is told, and what
/// was good stays in use until something better takes its place.
///
///     certs/api.example.com/chain.pem, key.pem             the host's certificate, its issuers behind it, and its key
///                           chain-rsa.pem, key-rsa.pem     a second one, with another kind of key
///                           chain.ocsp, chain-rsa.ocsp     answers of their issuers to staple (DER)
///           www.example.com -> /etc/letsencrypt/live/…     fullchain.pem and privkey.pem are taken, too
///
/// Which names a certificate is for, it says itself. From any thread.
public final class CertificateFolder: Sendable {
  /// What came of a look.
  public struct Look: Sendable {
    public var entries: [CertificateEntry] = []
    /// Everything that cannot be used at present.
    public var flaws: [CertificateFlaw] = []
    /// Whether `entries` are others than at the last look.
    public var hasChanged = false
    /// The flaws that the last look did not have.
    public var newFlaws: [CertificateFlaw] = []
    /// Hosts whose renewed certificate has begun to wait for its issuer's word, and those where the wait was in vain.
    public var waiting: [String] = []
    public var unstapled: [String] = []
  }

  /// A pair that is not shown yet: its issuer is to be asked first.
  public struct Awaited: Sendable {
    /// The folder's name.
    public let host: String
    public let pair: CertificatePair
  }

  /// One pair of files, as they were when they were last read.
  private struct Shelf {
    var stamps: [FileContent.Stamp?] = []
    var item: CertificateEntry.Item?
    /// What is to take its place.
    var wait: StapleWait?
    var flaws: [CertificateFlaw] = []
    /// Looks in a row that found the files gone.
    var absences = 0

    /// Whether time alone may have changed what the files are worth.
    func isForTime(at now: Int64) -> Bool {
      if item?.staple?.isCurrent(at: now) == false { return true }
      return flaws.contains { if case .notYetValid(_, let start) = $0 { start <= now } else { false } }
    }
  }

  private struct State {
    /// By folder, then by the file's stem.
    var shelves: [String: [String: Shelf]] = [:]
    var entries: [CertificateEntry] = []
    var flaws: [CertificateFlaw] = []

    /// The hosts for which this holds of some pair.
    func hosts(where holds: (Shelf) -> Bool) -> [String] {
      shelves.filter { $0.value.values.contains(where: holds) }.keys.sorted()
    }
  }

  public let path: String
  private let state = Mutex(State())
  /// Where one certificate takes another's place the files may be gone for a moment.
  private static let patience = 3

  public init(_ path: String) { self.path = path }

  /// What there is now.
  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - fetchesStaples: whether issuers are asked about what is `awaited`. Then a renewed certificate that clients refuse
  ///     without its issuer's word takes the place of the one before when that has come.
  public func look(at now: Int64, fetchesStaples: Bool = false) -> Look {
    state.withLock { state in
      let before = (state.entries, state.flaws)
      let waitingBefore = state.hosts { $0.wait != nil }
      var flaws: [CertificateFlaw] = []
      do throws(CertificateFlaw) {
        let hosts = try FileContent.names(in: path)
        var seen: [String: [String: Files]] = [:]
        for host in hosts { seen[host] = Files.all(in: "\(path)/\(host)", &flaws) }
        Self.compare(&state.shelves, with: seen, at: now, fetchesStaples)
      } catch {
        flaws.append(error)
      }
      flaws += state.shelves.sorted { $0.key < $1.key }.flatMap { host in
        host.value.sorted { $0.key < $1.key }.flatMap(\.value.flaws)
      }
      state.entries = Self.entries(of: state.shelves, instead: before.0)
      if state.entries.isEmpty && flaws.isEmpty { flaws.append(.nothing(path)) }
      state.flaws = flaws
      let hasChanged = !state.entries.elementsEqual(before.0) { $0 === $1 }
      let waiting = state.hosts { $0.wait != nil }
      let unstapled = state.hosts { $0.item.map { $0.pair.leaf.mustBeStapled && $0.shownStaple == nil } ?? false }
      return Look(
        entries: state.entries, flaws: flaws, hasChanged: hasChanged, newFlaws: flaws.filter { !before.1.contains($0) },
        waiting: waiting.filter { !waitingBefore.contains($0) },
        unstapled: waitingBefore.filter { !waiting.contains($0) && unstapled.contains($0) })
    }
  }

  /// The pairs whose issuers' word is waited for.
  public var awaited: [Awaited] {
    state.withLock { state in
      state.shelves.sorted { $0.key < $1.key }.flatMap { host, pairs in
        pairs.values.compactMap { $0.wait.map { Awaited(host: host, pair: $0.item.pair) } }
      }
    }
  }

  // MARK: Files

  private struct Files {
    var chain, key, staple: String

    /// The pairs of a host's folder, by their stem.
    static func all(in directory: String, _ flaws: inout [CertificateFlaw]) -> [String: Files] {
      // A file between the folders (a README) is no host.
      guard let names = try? FileContent.names(in: directory) else { return [:] }
      var found: [String: Files] = [:]
      for name in names where name.hasSuffix(".pem") {
        let stem = String(name.dropLast(4))
        let (keyName, isKey) = partner(of: stem)
        guard let keyName else { continue }
        guard names.contains(keyName + ".pem") else {
          flaws.append(.alone("\(directory)/\(name)", missing: keyName + ".pem"))
          continue
        }
        if isKey { continue }
        found[stem] = Files(
          chain: "\(directory)/\(name)", key: "\(directory)/\(keyName).pem", staple: "\(directory)/\(stem).ocsp")
      }
      return found
    }

    /// The stem of the file that must stand beside one, and whether the one is the key; nil: it is neither.
    private static func partner(of stem: String) -> (String?, isKey: Bool) {
      if stem == "fullchain" { return ("privkey", false) }
      if stem == "privkey" { return ("fullchain", true) }
      if stem.hasPrefix("chain") {
        // Beside a `fullchain.pem`, certbot puts a `chain.pem` of the issuers alone.
        return ("key" + stem.dropFirst(5), false)
      }
      if stem.hasPrefix("key") { return ("chain" + stem.dropFirst(3), true) }
      return (nil, false)
    }

    var stamps: [FileContent.Stamp?] { [chain, key, staple].map { FileContent.Stamp($0) } }
  }

  private static func compare(
    _ shelves: inout [String: [String: Shelf]], with seen: [String: [String: Files]], at now: Int64,
    _ fetchesStaples: Bool
  ) {
    for (host, pairs) in seen {
      for (stem, files) in pairs {
        read(files, into: &shelves[host, default: [:]][stem, default: Shelf()], at: now, fetchesStaples)
      }
    }
    for (host, pairs) in shelves {
      for stem in pairs.keys where seen[host]?[stem] == nil {
        shelves[host]?[stem]?.absences += 1
        if let absences = shelves[host]?[stem]?.absences, absences >= patience { shelves[host]?[stem] = nil }
      }
      if shelves[host]?.isEmpty ?? false { shelves[host] = nil }
    }
  }

  private static func read(_ files: Files, into shelf: inout Shelf, at now: Int64, _ fetchesStaples: Bool) {
    shelf.absences = 0
    if let wait = shelf.wait, let item = shelf.item, !fetchesStaples || wait.isOver(after: item, at: now) {
      shelf.item = wait.item
      shelf.wait = nil
    }
    let stamps = files.stamps
    guard stamps != shelf.stamps || shelf.isForTime(at: now) else { return }
    shelf.flaws = []
    do throws(CertificateFlaw) {
      let pair = try CertificatePair(chain: files.chain, key: files.key)
      try pair.checkValidity(at: now)
      try TLSContext.check(pair)
      var staple: StapledResponse?
      if stamps[2] != nil {
        do throws(CertificateFlaw) {
          staple = try StapledResponse(files.staple, for: pair.chain, at: now)
        } catch {
          shelf.flaws.append(error)
        }
      }
      // Changed while it was read: at the next look it is read again.
      guard files.stamps == stamps else { return }
      let item = CertificateEntry.Item(pair: pair, staple: staple)
      shelf.wait = fetchesStaples ? StapleWait(for: item, after: shelf.item, at: now) : nil
      if shelf.wait == nil { shelf.item = item }
    } catch {
      shelf.flaws.append(error)
    }
    shelf.stamps = stamps
  }

  /// The usable pairs of every folder; one that is as it was is the same object.
  private static func entries(
    of shelves: [String: [String: Shelf]], instead known: [CertificateEntry]
  ) -> [CertificateEntry] {
    shelves.sorted { $0.key < $1.key }.compactMap { host, pairs in
      var items: [CertificateEntry.Item] = []
      // Of two with the same kind of key the later one counts.
      for (_, shelf) in pairs.sorted(by: { $0.key < $1.key }) {
        guard let item = shelf.item else { continue }
        items.removeAll { $0.pair.keyType == item.pair.keyType }
        items.append(item)
      }
      if items.isEmpty { return nil }
      if let same = known.first(where: { $0.name == host }), same.items.count == items.count,
        zip(same.items, items).allSatisfy({ $0.pair === $1.pair && $0.staple?.bytes == $1.staple?.bytes })
      {
        return same
      }
      return CertificateEntry(name: host, items: items)
    }
  }
}
