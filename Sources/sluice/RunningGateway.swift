import APIModel
import ArgumentParser
import Configuration
import Foundation

/// The gateway that a command speaks to, found as the gateway itself finds its admin address: flag, environment, file, default.
struct RunningGateway: ParsableArguments {
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var admin: AdminOptions

  /// Asks, and ends the command where the answer is a refusal or there is none.
  /// - Parameter message: the body of a POST, given the configuration that the user means; nil: an `AdminRequest`.
  func ask<Reply: AdminMessage>(
    _ method: String, _ target: String, description: String? = nil, for _: Reply.Type, json: Bool,
    message: ((_ configuration: String?) -> any AdminMessage)? = nil
  ) throws -> Reply {
    let file = ConfigurationLoader.admin(path: configuration.path, environment: ProcessInfo.processInfo.environment)
    let settings = admin.settings(file ?? AdminSettings())
    guard let address = settings.address else {
      throw fail("the admin listener of \(configuration.path) is off: there is nobody to ask", .unavailable)
    }
    // Where the file cannot be read, what it would have been overridden with.
    let client = AdminClient(address: address, token: settings.token ?? Setting.environment("SLUICE_ADMIN_TOKEN"))
    // Whoever names only an address means whatever gateway is there.
    let meant = configuration.isChosen || admin.chosen == nil ? configuration.place.absolutePath : nil
    let request =
      method == "POST" ? message?(meant) ?? AdminRequest(configuration: meant, description: description) : nil
    let answer: AdminClient.Answer
    do {
      answer = try client.send(method, target, request)
    } catch {
      throw fail("no gateway answers at \(address): \(error.reason); `sluice run` starts one", .unavailable)
    }
    if answer.status == 200, let reply = Reply(json: answer.body) { return reply }
    guard let refusal = RefusalMessage(json: answer.body) else {
      throw fail("\(address) answers \(answer.status), and not as a sluice does", .unavailable)
    }
    throw report(refusal, answer.body, json: json)
  }

  private func fail(_ message: String, _ code: ExitCode) -> ExitCode {
    Terminal.error.print("sluice: \(message)")
    return code
  }

  private func report(_ refusal: RefusalMessage, _ document: [UInt8], json: Bool) -> ExitCode {
    if json {
      try? Terminal.output.handle.write(contentsOf: Data(document))
    } else {
      Self.print(refusal.diagnostics, from: refusal.directory, to: .error)
      Terminal.error.print("sluice: \(refusal.message)")
    }
    return switch refusal.kind {
    case .forbidden, .conflict: .notAllowed
    case .notUnderstood: .internalError
    case .configuration: .badConfiguration
    case .missing: .missingInput
    case .damaged: .badData
    case .listener: .cannotListen
    }
  }

  /// Places are shown as they are seen from here, where the gateway runs somewhere else.
  static func print(_ diagnostics: [DiagnosticMessage], from directory: String, to terminal: Terminal) {
    let isElsewhere = !directory.isEmpty && directory != FileManager.default.currentDirectoryPath
    terminal.print(
      diagnostics.map { message in
        var diagnostic = message.diagnostic
        if isElsewhere, !message.file.hasPrefix("/") { diagnostic.location.file = directory + "/" + message.file }
        return diagnostic
      })
  }

  /// Says what is served now.
  func print(_ reply: PublishedMessage, _ sentence: String, json: Bool) throws {
    if json { return try Terminal.output.print(json: reply) }
    Self.print(reply.warnings, from: reply.directory, to: .error)
    for note in reply.notes { Terminal.error.print("sluice: note: \(note)") }
    Terminal.output.print(sentence)
  }
}
