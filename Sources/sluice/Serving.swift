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
///     SIGHUP            read the configuration again; a bad one is reported and the good one stays
struct Serving {
  private static let signals = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

  let configuration: ConfigurationOptions
  let options: ServerOptions
  /// Added to the environment that gateway.yaml sees.
  let settings: [String: String]

  /// To be called before the configuration is read: a signal that comes meanwhile waits until the gateway runs.
  static func takeSignals() { Signals.take(signals) }

  /// - Parameter ready: called once every listener is bound, with their addresses.
  /// - Throws: `ExitCode`.
  func run(ready: ([SocketAddress]) -> Void) async throws {
    let snapshot = try configuration.load(settings: settings)
    let log = logger(for: snapshot)
    let server: GatewayServer
    do {
      server = try await GatewayServer(snapshot, workers: options.workers(for: snapshot), log: log)
    } catch let error as GatewayServer.StartError {
      Terminal.error.print(error.description)
      throw ExitCode.cannotListen
    } catch let error as AccessLogError {
      Terminal.error.print(error.description)
      throw ExitCode.badConfiguration
    }
    for address in server.addresses { print("listening on \(address.family == .unix ? "" : "http://")\(address)") }
    fflush(nil)
    ready(server.addresses)
    fflush(nil)

    var isEnding = false
    for await signal in Signals.stream() {
      if signal == SIGHUP {
        await reload(server, log)
      } else if signal == SIGUSR1 {
        server.reopenLogs()
        log.info("access logs reopened")
      } else if isEnding {
        Foundation.exit(EXIT_SUCCESS)
      } else {
        isEnding = true
        Task {
          let cutOff = await server.drain()
          if cutOff > 0 { log.warning("connections cut off", metadata: ["count": "\(cutOff)"]) }
          Foundation.exit(EXIT_SUCCESS)
        }
      }
    }
  }

  private func reload(_ server: GatewayServer, _ log: Logger) async {
    do {
      let snapshot = try configuration.load(settings: settings)
      try await server.adopt(snapshot)
      log.info("configuration reloaded")
    } catch let error as AccessLogError {
      log.error("configuration not reloaded: the one in use stays", metadata: ["reason": "\(error)"])
    } catch {
      log.error("configuration not reloaded: the one in use stays")
    }
  }

  private func logger(for snapshot: Snapshot) -> Logger {
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    var log = Logger(label: "sluice")
    log.logLevel = Logger.Level(rawValue: options.logLevel(for: snapshot).rawValue) ?? .info
    return log
  }
}
