import ArgumentParser
import Foundation

/// What the process says when it ends, after sysexits.h.
extension ExitCode {
  /// Says on standard error why a command ends with this code. Where only running it shows that it was used wrongly, a
  /// `ValidationError` would print the usage of `sluice` itself.
  func saying(_ message: String) -> ExitCode {
    Terminal.error.print("sluice: \(message)")
    return self
  }

  /// Ends a process in which a gateway has run. Its workers, and threads that read certificates or files, are still at work then.
  /// `exit` would free OpenSSL's locks while they hold them, so nothing is cleaned up but what was printed.
  func endProcess() -> Never {
    fflush(nil)
    _exit(rawValue)
  }

  /// `check` found mistakes, or a web ACL blocks the request of `waf test`.
  static let findings = ExitCode(1)
  static let usage = ExitCode.validationFailure
  static let badData = ExitCode(65)
  /// There is no such file, or nothing of this name.
  static let missingInput = ExitCode(66)
  static let cannotListen = ExitCode(69)
  /// No gateway answers.
  static let unavailable = ExitCode(69)
  static let internalError = ExitCode(70)
  /// A running gateway does not do it for this caller.
  static let notAllowed = ExitCode(77)
  static let badConfiguration = ExitCode(78)
}
