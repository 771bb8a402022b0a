import ArgumentParser

/// What the process says when it ends, after sysexits.h.
extension ExitCode {
  /// `check` found mistakes.
  static let findings = ExitCode(1)
  static let badData = ExitCode(65)
  static let missingInput = ExitCode(66)
  static let cannotListen = ExitCode(69)
  /// No gateway answers.
  static let unavailable = ExitCode(69)
  static let internalError = ExitCode(70)
  /// A running gateway does not do it for this caller.
  static let notAllowed = ExitCode(77)
  static let badConfiguration = ExitCode(78)
}
