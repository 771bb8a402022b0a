import APIModel
import Configuration
import Logging
import Pipeline
import Reactor
import Telemetry

/// One worker's access logs: which channel a plan's lines go to, and the line of a request that is over.
final class AccessLogs {
  private let files: LogFiles
  private let reactor: Reactor
  private var channels: [AccessLogSettings.Destination: LogChannel] = [:]
  private var clock = LogClock()
  // The plan that was asked for last, and its channel: nearly always the next one's, too.
  private var lastPlan: AccessLogPlan?
  private var lastChannel: LogChannel?

  init(_ files: LogFiles, on reactor: Reactor) {
    self.files = files
    self.reactor = reactor
  }

  /// Writes the line of a request that has been answered, or never will be.
  @inline(never)
  func write(_ plan: AccessLogPlan, _ exchange: Exchange, _ record: AccessRecord) {
    if lastPlan !== plan { find(plan) }
    guard let channel = lastChannel else { return }
    plan.format.write(exchange, record, clock: &clock, into: channel.buffer)
    channel.didWriteLine()
  }

  /// Hands over what has gathered.
  func flush() {
    for channel in channels.values { channel.flush() }
  }

  private func find(_ plan: AccessLogPlan) {
    if channels[plan.destination] == nil, let file = files.file(for: LogFile.Target(plan.destination)) {
      channels[plan.destination] = LogChannel(to: file, on: reactor)
    }
    lastPlan = plan
    lastChannel = channels[plan.destination]
  }
}

extension LogFile.Target {
  init(_ destination: AccessLogSettings.Destination) {
    switch destination {
    case .standardOutput: self = .standardOutput
    case .file(let path): self = .file(path: path)
    }
  }
}

extension LogFile.Event {
  /// What an operator should hear goes to the application log.
  func tell(of target: LogFile.Target, _ log: Logger) {
    let name: String =
      switch target {
      case .standardOutput: "stdout"
      case .file(let path): path
      }
    switch self {
    case .fallingBehind:
      log.warning("access log cannot keep up: lines are being dropped", metadata: ["destination": "\(name)"])
    case .dropped(let lines):
      log.warning("access log lines dropped", metadata: ["destination": "\(name)", "lines": "\(lines)"])
    case .failed(let lines, let code):
      log.error(
        "access log cannot be written",
        metadata: ["destination": "\(name)", "lines": "\(lines)", "reason": "\(LogFile.reason(code))"])
    case .notReopened(let code):
      log.error(
        "access log not reopened: the old file is written on",
        metadata: ["destination": "\(name)", "reason": "\(LogFile.reason(code))"])
    }
  }
}

/// Why a configuration cannot be used although nothing is wrong with its words: the log that it asks for cannot be
/// written.
public struct AccessLogError: Error, CustomStringConvertible {
  /// Where gateway.yaml asks for it.
  public let location: SourceLocation
  public let path: String
  public let reason: String

  public var description: String { "\(location): error: the access log `\(path)` cannot be opened: \(reason)" }
}

extension LogFiles {
  /// Opens what a configuration's stages log to.
  func open(for snapshot: Snapshot) throws(AccessLogError) {
    for plan in snapshot.deployments.compactMap(\.plan.accessLog) + [snapshot.accessLog].compactMap({ $0 }) {
      do {
        try open([LogFile.Target(plan.destination)])
      } catch {
        throw AccessLogError(location: plan.location, path: error.path, reason: error.reason)
      }
    }
  }
}
