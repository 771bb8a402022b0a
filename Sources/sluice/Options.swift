import APIModel
import ArgumentParser
import Configuration
import Foundation
import Gateway
import Reactor

/// Which configuration a command works on.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The configuration. (default: SLUICE_CONFIG, or Routes/gateway.yaml)", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var config: String?

  /// Flag, then environment, then default.
  var path: String { config ?? Setting.environment("SLUICE_CONFIG") ?? "Routes/gateway.yaml" }

  /// Loads the configuration for a command that cannot go on without it. Says what is wrong on standard error and ends
  /// the command with 66 or 78; warnings are only counted, since `check` is for reading them. `settings` are added to the
  /// environment that gateway.yaml sees.
  func load(settings: [String: String] = [:]) throws -> Snapshot {
    let environment = ProcessInfo.processInfo.environment.merging(settings) { _, added in added }
    do {
      let snapshot = try ConfigurationLoader.load(path: path, environment: environment, deployments: deployments)
      if !snapshot.warnings.isEmpty {
        Terminal.error.print("note: \(counted(snapshot.warnings.count, "warning")), which `sluice check` shows")
      }
      return snapshot
    } catch {
      Terminal.error.print(error.diagnostics)
      sayIfMissing()
      throw isMissing ? ExitCode.missingInput : ExitCode.badConfiguration
    }
  }

  /// What to do where there is no configuration.
  func sayIfMissing() {
    if isMissing { Terminal.error.print("sluice: name a configuration that exists with --config or SLUICE_CONFIG") }
  }

  /// Where the deployments are that canaries name.
  var deployments: DeploymentLookup { DeploymentStore(reading: StateOptions.directory(for: place)).lookup }

  var place: ConfigurationPlace { ConfigurationPlace(path) }

  /// Whether the user named it.
  var isChosen: Bool { config != nil || Setting.environment("SLUICE_CONFIG") != nil }

  /// Whether there is no file at all, rather than a wrong one.
  var isMissing: Bool { !FileManager.default.fileExists(atPath: path) }
}

/// How a command that serves does it; each beats the environment, and that beats the file.
struct ServerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads that serve. (default: SLUICE_WORKERS, the file, or one for each core)"))
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      "How much the log says. (default: SLUICE_LOG_LEVEL, the file, or info)", valueName: "level"))
  var logLevel: LogLevel?

  func validate() throws {
    if let workers, !(1...1024).contains(workers) {
      throw ValidationError("--workers must be from 1 to 1024.")
    }
    if let text = Setting.environment("SLUICE_WORKERS"), !(1...1024).contains(Int(text) ?? 0), text != "auto" {
      throw ValidationError("SLUICE_WORKERS must be `auto` or from 1 to 1024, not `\(text)`.")
    }
    if let text = Setting.environment("SLUICE_LOG_LEVEL"), LogLevel(rawValue: text) == nil {
      let levels = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("SLUICE_LOG_LEVEL must be one of \(levels), not `\(text)`.")
    }
  }

  /// What counts before the file, of flags and environment together.
  func overrides(_ admin: AdminOptions) -> Overrides {
    Overrides(
      workers: workers ?? Setting.environment("SLUICE_WORKERS").map { Int($0) ?? Machine.processorCount },
      logLevel: logLevel ?? Setting.environment("SLUICE_LOG_LEVEL").flatMap(LogLevel.init),
      admin: admin.chosen == nil ? nil : admin.settings(AdminSettings()))
  }
}

/// Where the deployments of a configuration are kept.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where deployments are kept, or `off`. (default: SLUICE_STATE, or .sluice/NAME beside the configuration)",
      valueName: "directory"),
    completion: .directory)
  var state: String?

  /// Nil: nowhere.
  func directory(for place: ConfigurationPlace) -> String? { Self.directory(for: place, state) }

  static func directory(for place: ConfigurationPlace, _ state: String? = nil) -> String? {
    let chosen = state ?? Setting.environment("SLUICE_STATE")
    return chosen == "off" ? nil : chosen ?? "\(place.folder)/.sluice/\(place.name)"
  }
}

/// Where a running gateway listens to its operators.
struct AdminOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The admin listener: host:port, unix:/path or off. (default: SLUICE_ADMIN, the file, or 127.0.0.1:9440)",
      valueName: "address"))
  var admin: String?

  /// What the user says beside the file.
  var chosen: String? { admin ?? Setting.environment("SLUICE_ADMIN") }

  func validate() throws {
    guard let chosen else { return }
    do throws(Listener.Address.Flaw) {
      _ = try AdminSettings.address(chosen)
    } catch {
      throw ValidationError("`\(chosen)` is not an address of an admin listener: \(error.reason).")
    }
  }

  /// The file's settings with what the user says laid over them.
  func settings(_ file: AdminSettings) -> AdminSettings {
    var settings = file
    guard let chosen else { return settings }
    settings.address = try? AdminSettings.address(chosen)  // `validate` has read it
    settings.isChosen = true
    return settings
  }
}

extension LogLevel: ExpressibleByArgument {}

enum Setting {
  /// An environment variable that is set to something.
  static func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
