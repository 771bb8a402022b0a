import Synchronization

/// The destinations of a process, each open once, however many stages and snapshots write to it. One that no
/// configuration names any more stays open: requests that began under an older one may still end.
public final class LogFiles: Sendable {
  private let files = Mutex<[LogFile.Target: LogFile]>([:])
  private let report: @Sendable (LogFile.Target, LogFile.Event) -> Void

  public init(report: @escaping @Sendable (LogFile.Target, LogFile.Event) -> Void) { self.report = report }

  /// Opens what is not open yet.
  /// - Throws: `LogFile.OpenError` for the first that cannot be opened.
  public func open(_ targets: [LogFile.Target]) throws(LogFile.OpenError) {
    for target in targets where file(for: target) == nil {
      let file = try LogFile(target) { [report] event in report(target, event) }
      files.withLock { $0[target] = file }
    }
  }

  /// Nil for what was not opened.
  public func file(for target: LogFile.Target) -> LogFile? { files.withLock { $0[target] } }

  /// Opens every file anew, as `logrotate` asks for.
  public func reopen() {
    for file in all { file.reopen() }
  }

  /// Writes all there is, and ends.
  /// - Returns: whether all was written.
  public func close(within milliseconds: Int) async -> Bool {
    var isWritten = true
    for file in all { isWritten = await file.close(within: milliseconds) && isWritten }
    return isWritten
  }

  /// Lines that were lost, by destination.
  public var lostLines: [(target: LogFile.Target, lines: Int)] { all.map { ($0.target, $0.lostLines) } }

  private var all: [LogFile] { files.withLock { Array($0.values) } }
}
