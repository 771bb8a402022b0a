import Configuration
import Glibc
import Logging
import Reactor

/// Makes deployments and publishes them: what `sluice deploy`, `reload`, `rollback` and SIGHUP come to. Works on a thread of
/// its own, and compiles in the `Background`, so that a large definition takes no request's time.
///
///     files on disk --compiled whole--> listeners bound --> every worker has adopted it --> kept under its number
///          |                                  |
///          +--a mistake--> all of them said   +--an address is taken--> said; nothing has changed
///
/// One thing at a time: who comes while another is at work waits for its turn.
public actor Publisher {
  /// What is served.
  private struct Current {
    var snapshot: Snapshot
    var manifest: DeploymentManifest
    /// The deployment that the files on disk were when the gateway went back from it.
    var rolledBackFrom: Int?
  }

  /// Where operators are listened to.
  private struct Admin {
    let listener: AdminListener
    /// What was asked for; at the standard address, which nobody has chosen, another gateway may be.
    var settings: AdminSettings
  }

  private nonisolated let reactor: Reactor
  private let place: ConfigurationPlace
  private let environment: [String: String]
  private let store: DeploymentStore
  private let overrides: Overrides
  private var admin: Admin?
  private var threshold: LogThreshold?
  private var current: Current?
  /// What was served last, newest first: the way back there needs no compiling.
  private var recent: [(number: Int, snapshot: Snapshot)] = []
  private var server: GatewayServer?
  private var log = Logger(label: "sluice")
  private let retired = RetiredSnapshots()
  private let ipSetWatch = IPSetWatch()
  private let geographyWatch = GeographyWatch()
  private var isWatching = false
  private var isSweeping = false
  private var isBusy = false
  private var waiting: [CheckedContinuation<Void, Never>] = []
  nonisolated let facts = ServedFacts()

  public nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.asUnownedSerialExecutor() }

  /// - Parameters:
  ///   - place: gateway.yaml.
  ///   - environment: what `${NAME}` stands for in it.
  ///   - state: the directory that deployments are kept in; nil: in memory.
  ///   - overrides: what counts before gateway.yaml.
  /// - Throws: `SocketError` when the system has no descriptors for another thread.
  public init(
    _ place: ConfigurationPlace, environment: [String: String], state: String?, overrides: Overrides = Overrides()
  ) throws(SocketError) {
    self.overrides = overrides
    let reactor = try Reactor()
    self.reactor = reactor
    self.place = place
    self.environment = environment
    store = DeploymentStore(at: state)
    guard SystemThread.spawn("sluice-publish", { reactor.run() }) else { throw .failed(EAGAIN) }
  }

  // MARK: Starting

  /// What the gateway begins with.
  public struct Opening: Sendable {
    public let snapshot: Snapshot
    public let number: Int
    /// The deployment that the files on disk still are, and that the gateway was rolled back from.
    public let rolledBackFrom: Int?
    /// Why deployments are not kept on disk though they were to be.
    public let trouble: String?
  }

  /// Finds the configuration to begin with: the deployment that was rolled back to while the files on disk are still those
  /// that were rolled back from; otherwise those files, under a new number if they are not the deployment that was served
  /// last.
  public func open() async throws(RefusalMessage) -> Opening {
    if let served = store.served {
      if let away = served.rolledBackFrom, isOnDisk(away) {
        let (snapshot, manifest) = try await stored(served.deployment)
        current = Current(snapshot: snapshot, manifest: manifest, rolledBackFrom: away)
      } else if isOnDisk(served.deployment), let manifest = try? store.manifest(served.deployment) {
        let (snapshot, _) = try await compileDisk(served.deployment, .some)
        current = Current(snapshot: snapshot, manifest: manifest)
      }
    }
    if current == nil {
      let number = store.reserve()
      do throws(RefusalMessage) {
        let (snapshot, files) = try await compileDisk(number, .some)
        current = Current(snapshot: snapshot, manifest: try keep(files, as: number, description: nil))
      } catch {
        store.abandon(number)
        throw error
      }
    }
    guard let current else { throw RefusalMessage(.conflict, "nothing is served") }
    didPublish(current)
    return Opening(
      snapshot: current.snapshot, number: current.manifest.number, rolledBackFrom: current.rolledBackFrom,
      trouble: store.trouble)
  }

  /// From now on what is published is published on this server.
  /// - Parameters:
  ///   - admin: listens to operators where the configuration that was opened says, or tried to; nil: nothing does.
  ///   - threshold: that of `log`; nil: what configurations say of it has no effect.
  public func serve(on server: GatewayServer, admin: AdminListener? = nil, threshold: LogThreshold? = nil, log: Logger)
  {
    self.server = server
    if let admin, let current { self.admin = Admin(listener: admin, settings: overrides.admin(for: current.snapshot)) }
    self.threshold = threshold
    self.log = log
    watchFirewallFiles()
  }

  /// Says that the gateway is about to end; nothing is published from now on.
  public nonisolated func drain() { facts.change { $0.isDraining = true } }

  // MARK: Publishing

  /// Publishes the files that are on disk now. Where they are what is served already, nothing happens.
  /// - Throws: every mistake in them; nothing has changed then.
  public func deploy(description: String? = nil) async throws(RefusalMessage) -> PublishedMessage {
    await takeTurn()
    defer { endTurn() }
    let (server, before) = try running()
    if before.manifest.matches(.disk, at: place) {
      current?.rolledBackFrom = nil
      noteServed()
      log.info("configuration unchanged", metadata: ["deployment": "\(before.manifest.number)"])
      return PublishedMessage(
        deployment: before.manifest.number, isNew: false, previous: nil,
        warnings: before.snapshot.warnings.map(DiagnosticMessage.init), directory: Self.directory, notes: [])
    }
    let number = store.reserve()
    do throws(RefusalMessage) {
      let (snapshot, files) = try await compileDisk(number, .none)
      let troubles = try await adopt(snapshot, on: server)
      let after = Current(snapshot: snapshot, manifest: try keep(files, as: number, description: description))
      return finish(before, after, troubles, isNew: true)
    } catch {
      store.abandon(number)
      logRefusal(error, ofRollback: false)
      throw error
    }
  }

  /// Serves an earlier deployment again.
  /// - Parameter number: nil: the one before the one that is served.
  public func rollBack(to number: Int?) async throws(RefusalMessage) -> PublishedMessage {
    await takeTurn()
    defer { endTurn() }
    let (server, before) = try running()
    let served = before.manifest.number
    guard let target = number ?? store.numbers.last(where: { $0 < served }) else {
      throw RefusalMessage(.missing, "there is no deployment before \(served)")
    }
    guard target != served else {
      return PublishedMessage(
        deployment: served, isNew: false, previous: nil, warnings: [], directory: Self.directory, notes: [])
    }
    do throws(RefusalMessage) {
      let (snapshot, manifest) = try await stored(target)
      let troubles = try await adopt(snapshot, on: server)
      let away = before.rolledBackFrom ?? served
      let after = Current(snapshot: snapshot, manifest: manifest, rolledBackFrom: target == away ? nil : away)
      return finish(before, after, troubles, isNew: false)
    } catch {
      logRefusal(error, ofRollback: true)
      throw error
    }
  }

  /// The deployments that there are.
  public func list() -> DeploymentsMessage {
    let served = current?.manifest.number ?? 0
    let entries = store.numbers.map { number in
      do throws(DeploymentFlaw) {
        return DeploymentsMessage.Entry(try store.manifest(number), isServed: number == served)
      } catch {
        return DeploymentsMessage.Entry(number, flaw: error, isServed: number == served)
      }
    }
    return DeploymentsMessage(
      configuration: place.absolutePath, served: served, rolledBackFrom: current?.rolledBackFrom, state: store.path,
      deployments: entries)
  }

  /// The absolute path of gateway.yaml.
  public nonisolated var configurationPath: String { place.absolutePath }

  // MARK: Steps

  /// What is served, and by what.
  func serving() throws(RefusalMessage) -> (GatewayServer, Snapshot) {
    let (server, current) = try running()
    return (server, current.snapshot)
  }

  /// Milliseconds since 1970.
  var epochMilliseconds: Int64 { reactor.epochMilliseconds }

  private func running() throws(RefusalMessage) -> (GatewayServer, Current) {
    guard let server, let current, !facts.now.isDraining else {
      throw RefusalMessage(.conflict, "the gateway is ending: it takes no other configuration any more")
    }
    return (server, current)
  }

  private func isOnDisk(_ number: Int) -> Bool {
    (try? store.manifest(number))?.matches(.disk, at: place) ?? false
  }

  private func compileDisk(
    _ number: Int, _ haste: Background.Haste
  ) async throws(RefusalMessage) -> (snapshot: Snapshot, files: ConfigurationFiles) {
    let (place, environment, store) = (place, environment, store)
    do throws(ConfigurationFailure) {
      return try await Background.run("sluice-compile", haste) { () throws(ConfigurationFailure) in
        try ConfigurationLoader.load(
          place, environment: environment, deploymentID: "\(number)", deployments: store.lookup)
      }
    } catch {
      throw Self.refusal("the configuration is wrong: the one in use stays", error)
    }
  }

  /// A deployment from the store, checked, and compiled again unless it is one of the two that were served last. Whoever goes
  /// back is in a hurry.
  private func stored(_ number: Int) async throws(RefusalMessage) -> (Snapshot, DeploymentManifest) {
    let (manifest, content): (DeploymentManifest, ConfigurationFiles)
    do throws(DeploymentFlaw) {
      manifest = try store.manifest(number)
      content = try store.content(number)
    } catch {
      if case .missing = error { throw RefusalMessage(.missing, error.description) }
      throw RefusalMessage(.damaged, error.description)
    }
    if let known = recent.first(where: { $0.number == number }) { return (known.snapshot, manifest) }
    let (place, environment, store) = (place, environment, store)
    do throws(ConfigurationFailure) {
      let (snapshot, _) = try await Background.run("sluice-compile", .some) { () throws(ConfigurationFailure) in
        try ConfigurationLoader.load(
          place, environment: environment, recording: content.source(at: place), deploymentID: "\(number)",
          deployments: store.lookup)
      }
      return (snapshot, manifest)
    } catch {
      throw Self.refusal("deployment \(number) cannot be served here and now", error)
    }
  }

  private static func refusal(_ message: String, _ failure: ConfigurationFailure) -> RefusalMessage {
    RefusalMessage(
      .configuration, message, diagnostics: failure.diagnostics.map(DiagnosticMessage.init), directory: directory)
  }

  /// - Returns: what could not be had, though the configuration is served.
  private func adopt(_ snapshot: Snapshot, on server: GatewayServer) async throws(RefusalMessage) -> [String] {
    // It may have begun to end while the configuration was compiled.
    _ = try running()
    let settings = overrides.admin(for: snapshot)
    if let flaw = settings.flaw { throw RefusalMessage(.configuration, flaw) }
    let (move, trouble) = try await adminMove(settings)
    do {
      try await server.adopt(snapshot, workers: overrides.workers)
    } catch {
      move.abandon()
      let kind: RefusalMessage.Kind = error is AccessLogError ? .configuration : .listener
      throw RefusalMessage(kind, "\(error): the configuration in use stays")
    }
    if let admin {
      let before = admin.listener.address
      await admin.listener.move(to: move)
      self.admin?.settings = settings
      if admin.listener.address != before {
        let address = admin.listener.address.map { "\($0)" } ?? "off"
        log.info("the admin listener has moved", metadata: ["address": "\(address)"])
      }
    }
    threshold?.level = overrides.logLevel(for: snapshot)
    return [trouble].compactMap { $0 }
  }

  /// Where the admin listener is to go, bound; and why it can go nowhere, which is no reason to refuse a configuration where
  /// nobody has chosen the address.
  private func adminMove(
    _ settings: AdminSettings
  ) async throws(RefusalMessage) -> (AdminListener.Move, trouble: String?) {
    guard let admin, admin.settings.address != settings.address else { return (.stay, nil) }
    do throws(GatewayServer.StartError) {
      return (try await admin.listener.bind(settings.address), nil)
    } catch {
      if settings.isChosen {
        throw RefusalMessage(.listener, "\(error) (the admin listener): the configuration in use stays")
      }
      return (.away, "no admin listener: \(error)")
    }
  }

  private func keep(
    _ files: ConfigurationFiles, as number: Int, description: String?
  ) throws(RefusalMessage) -> DeploymentManifest {
    do throws(DeploymentFlaw) {
      return try store.keep(
        files, as: number, epochSeconds: Int64(time(nil)), description: description)
    } catch {
      throw RefusalMessage(.damaged, error.description)
    }
  }

  private func finish(_ before: Current, _ after: Current, _ troubles: [String], isNew: Bool) -> PublishedMessage {
    current = after
    recent.removeAll { $0.number == after.manifest.number }
    recent.insert((before.manifest.number, before.snapshot), at: 0)
    if recent.count > Self.recentCount { retired.add(recent.removeLast().snapshot) }
    didPublish(after)
    ipSetWatch.forget()
    geographyWatch.forget()
    watchFirewallFiles()
    log.info(
      isNew ? "configuration reloaded" : "configuration rolled back",
      metadata: ["deployment": "\(after.manifest.number)"])
    if !isSweeping {
      isSweeping = true
      Task { await self.sweep() }
    }
    return PublishedMessage(
      deployment: after.manifest.number, isNew: isNew, previous: before.manifest.number,
      warnings: after.snapshot.warnings.map(DiagnosticMessage.init), directory: Self.directory,
      notes: troubles + notes(before.snapshot, after.snapshot))
  }

  private func logRefusal(_ refusal: RefusalMessage, ofRollback isRollback: Bool) {
    facts.change {
      $0.refused += 1
      $0.lastRefused = time(nil)
    }
    log.error(
      isRollback
        ? "configuration not rolled back: the one in use stays" : "configuration not reloaded: the one in use stays",
      metadata: ["reason": "\(refusal.message)", "errors": "\(refusal.diagnostics.count { $0.severity == "error" })"])
  }

  private func didPublish(_ current: Current) {
    facts.change {
      $0.published += 1
      $0.lastPublished = time(nil)
      $0.deployment = current.manifest.number
      $0.token = current.snapshot.admin.token.map { Array($0.utf8) }
    }
    noteServed()
    let needed = [current.manifest.number, current.rolledBackFrom].compactMap { $0 }
    store.prune(
      keeping: current.snapshot.limits.deployments, needed: Canary.deployments(of: current.snapshot).union(needed))
  }

  private func noteServed() {
    guard let current else { return }
    let served = DeploymentStore.Served(
      deployment: current.manifest.number, rolledBackFrom: current.rolledBackFrom)
    if store.served != served { store.note(served) }
  }

  /// What only a start can change, and what went wrong beside.
  private func notes(_ before: Snapshot, _ after: Snapshot) -> [String] {
    var notes: [String] = []
    if before.cacheDirectory != after.cacheDirectory {
      notes.append("`cacheDirectory` takes effect when the gateway is started again")
    }
    if let trouble = store.trouble { notes.append("deployments are not kept on disk: \(trouble)") }
    return notes
  }

  /// Lets go of what nobody uses any more, until there is nothing left of it. A tunnel may hold on for hours.
  private func sweep() async {
    var pause = 200
    while !retired.isEmpty {
      await reactor.sleep(until: reactor.now.advanced(milliseconds: pause))
      let retired = retired
      let hasFreed = await Background.run("sluice-sweep") { retired.sweep() }
      pause = hasFreed ? 200 : min(2 * pause, 10_000)
    }
    isSweeping = false
  }

  /// Follows the files of IP sets and the databases of countries and networks for as long as there are some.
  private func watchFirewallFiles() {
    guard !isWatching, current?.snapshot.firewall?.hasFiles ?? false else { return }
    isWatching = true
    Task { await self.followFirewallFiles() }
  }

  private func followFirewallFiles() async {
    while let server, let setup = current?.snapshot.firewall, setup.hasFiles {
      let (sets, geography, memory, log) = (ipSetWatch, geographyWatch, server.firewall, log)
      await Background.run("sluice-firewall") {
        sets.look(at: setup.ipSets, memory, log)
        if let known = setup.geography { geography.look(at: known, memory, log) }
      }
      await reactor.sleep(until: reactor.now.advanced(milliseconds: IPSetWatch.pause))
    }
    isWatching = false
  }

  // MARK: Turns

  private func takeTurn() async {
    guard isBusy else {
      isBusy = true
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  private func endTurn() {
    if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
  }

  /// Snapshots that are kept for the way back: the one before, and the one that the gateway went back from.
  private static let recentCount = 2

  private static var directory: String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }
}
