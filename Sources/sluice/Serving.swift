import ArgumentParser
import Configuration
import Foundation
import Gateway
import Logging
import Reactor

/// What `run` and `demo` do once there is a configuration: serve it until a signal ends the process.
///
///     SIGTERM, SIGINT   stop accepting, finish what runs, end; the second one ends at once
///     SIGUSR1           open the access logs anew
///     SIGHUP            read the configuration again, as `sluice reload` does; a bad one is reported and the good one stays
struct Serving {
  private static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

  let configuration: ConfigurationOptions
  let options: ServerOptions
  let admin: AdminOptions
  /// Where deployments are kept; nil: in memory.
  let state: String?
  /// Added to the environment that gateway.yaml sees.
  let settings: [String: String]

  /// To be called before the configuration is read: a signal that comes meanwhile waits until the gateway runs.
  static func takeSignals() { Signals.take(signals) }

  /// Ends the process.
  ///
  /// - Parameter ready: called once every listener is bound, with their addresses.
  func run(ready: ([SocketAddress]) -> Void) async -> Never {
    do {
      try await serve(ready: ready)
      ExitCode.success.endProcess()
    } catch let code as ExitCode {
      code.endProcess()
    } catch {
      Terminal.error.print("sluice: \(error)")
      ExitCode.internalError.endProcess()
    }
  }

  /// Returns when a signal has ended it.
  ///
  /// - Throws: `ExitCode`.
  private func serve(ready: ([SocketAddress]) -> Void) async throws {
    let environment = ProcessInfo.processInfo.environment.merging(settings) { _, added in added }
    let overrides = options.overrides(admin)
    let publisher = try Publisher(
      configuration.place, environment: environment, state: state, overrides: overrides)
    let opening = try await open(publisher)
    let adminSettings = overrides.admin(for: opening.snapshot)
    if let flaw = adminSettings.flaw {
      Terminal.error.print("sluice: \(flaw)")
      throw ExitCode.badConfiguration
    }
    let threshold = LogThreshold(overrides.logLevel(for: opening.snapshot))
    let log = threshold.logger("sluice")
    let server: GatewayServer
    do {
      server = try await GatewayServer(opening.snapshot, workers: overrides.workers, log: log)
    } catch let error as GatewayServer.StartError {
      Terminal.error.print(error.description)
      throw ExitCode.cannotListen
    } catch let error as AccessLogError {
      Terminal.error.print(error.description)
      throw ExitCode.badConfiguration
    }
    let listener = try await listen(adminSettings, publisher, log)
    await publisher.serve(on: server, admin: listener, threshold: threshold, log: log)
    for (address, isSecure) in server.listening { print("listening on \(Self.shown(address, isSecure))") }
    if let address = listener.address { print("admin on \(Self.shown(address))") }
    print(Self.sentence(opening))
    fflush(nil)
    ready(server.addresses)
    fflush(nil)

    var isEnding = false
    for await signal in Signals.stream() {
      if signal == SIGHUP {
        // A signal behind this one does not wait until the files have been read.
        Task { await Self.reload(publisher) }
      } else if signal == SIGUSR1 {
        server.reopenLogs()
        log.info("access logs reopened")
      } else if isEnding {
        listener.removeSocketFile()
        return
      } else {
        isEnding = true
        publisher.drain()
        Task {
          let cutOff = await server.drain()
          if cutOff > 0 { log.warning("connections cut off", metadata: ["count": "\(cutOff)"]) }
          listener.removeSocketFile()
          ExitCode.success.endProcess()
        }
      }
    }
  }

  private static func shown(_ address: SocketAddress, _ isSecure: Bool = false) -> String {
    (address.family == .unix ? "" : isSecure ? "https://" : "http://") + "\(address)"
  }

  /// What is served, and what to do where it is not what is on disk.
  private static func sentence(_ opening: Publisher.Opening) -> String {
    guard let away = opening.rolledBackFrom else { return "deployment \(opening.number)" }
    return "deployment \(opening.number), rolled back from \(away): the files have not changed since; "
      + "`sluice deploy` publishes them"
  }

  // MARK: Starting

  private func open(_ publisher: Publisher) async throws -> Publisher.Opening {
    do {
      let opening = try await publisher.open()
      Terminal.error.print(opening.snapshot.warnings)
      if let trouble = opening.trouble {
        Terminal.error.print(
          "sluice: warning: deployments are kept in memory only: \(trouble); name another place with --state")
      }
      return opening
    } catch {
      RunningGateway.print(error.diagnostics, from: "", to: .error)
      if error.kind != .configuration || error.diagnostics.isEmpty { Terminal.error.print("sluice: \(error.message)") }
      if error.kind == .damaged || error.kind == .missing { Terminal.error.print(remedy) }
      configuration.sayIfMissing()
      throw configuration.isMissing ? ExitCode.missingInput : ExitCode.badConfiguration
    }
  }

  /// What to do when the deployment that the gateway was rolled back to is gone.
  private var remedy: String {
    "sluice: the gateway was rolled back to it; to serve the files on disk again, remove \(state ?? "")/served.json"
  }

  /// An address that somebody chose must be had; the one that nobody chose may be another gateway's.
  private func listen(
    _ settings: AdminSettings, _ publisher: Publisher, _ log: Logger
  ) async throws -> AdminListener {
    let listener: AdminListener
    do {
      listener = try AdminListener(publisher: publisher)
    } catch {
      Terminal.error.print(error.description)
      throw ExitCode.internalError
    }
    guard let address = settings.address else { return listener }
    do throws(GatewayServer.StartError) {
      try await listener.listen(at: address)
    } catch {
      guard !settings.isChosen else {
        Terminal.error.print("\(error) (the admin listener)")
        throw ExitCode.cannotListen
      }
      Terminal.error.print(
        "sluice: warning: no admin listener: \(error): another gateway may have it; "
          + "give this one an address of its own with `admin: { address: … }` or --admin, or none with `off`")
    }
    return listener
  }

  /// The publisher logs how it went; what is wrong with which file is for the terminal.
  private static func reload(_ publisher: Publisher) async {
    do {
      let published = try await publisher.deploy()
      RunningGateway.print(published.warnings, from: "", to: .error)
      for note in published.notes { Terminal.error.print("sluice: note: \(note)") }
    } catch {
      RunningGateway.print(error.diagnostics, from: "", to: .error)
    }
  }
}
