import APIModel
import ArgumentParser
import Configuration
import Foundation

/// The gateway that a command speaks to, found as the gateway itself finds its admin address: flag, environment, file, default.
struct RunningGateway: ParsableArguments {
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var admin: AdminOptions

  /// What came of asking.
  enum Reply<Message> {
    case answer(Message)
    /// The gateway does not do it; with its own words.
    case refusal(RefusalMessage, [UInt8])
    /// There is nobody to ask, or nobody who answers as a gateway.
    case silence(String)
  }

  /// Asks, and ends the command where the answer is a refusal or there is none.
  /// - Parameter message: the body of a POST, given the configuration that the user means; nil: an `AdminRequest`.
  func ask<Message: AdminMessage>(
    _ method: String, _ target: String, description: String? = nil, for _: Message.Type, json: Bool,
    message: ((_ configuration: String?) -> any AdminMessage)? = nil
  ) throws -> Message {
    let reply = Self.ask(configuration, admin, method, target, for: Message.self) { meant in
      method == "POST" ? message?(meant) ?? AdminRequest(configuration: meant, description: description) : nil
    }
    return try answer(of: reply, json: json)
  }

  /// The same for an answer that is no `AdminMessage`.
  /// - Parameter read: nil for what no gateway says.
  func ask<Answer>(_ method: String, _ target: String, json: Bool, read: ([UInt8]) -> Answer?) throws -> Answer {
    try answer(of: Self.ask(configuration, admin, method, target, read: read) { _ in nil }, json: json)
  }

  private func answer<Answer>(of reply: Reply<Answer>, json: Bool) throws -> Answer {
    switch reply {
    case .answer(let answer): return answer
    case .refusal(let refusal, let document): throw report(refusal, document, json: json)
    case .silence(let reason): throw ExitCode.unavailable.saying(reason)
    }
  }

  /// Asks the gateway of a configuration.
  static func ask<Message: AdminMessage>(
    _ configuration: ConfigurationOptions, _ admin: AdminOptions, _ method: String, _ target: String,
    for _: Message.Type, message: (_ configuration: String?) -> (any AdminMessage)?
  ) -> Reply<Message> {
    ask(configuration, admin, method, target, read: { Message(json: $0) }, message: message)
  }

  private static func ask<Answer>(
    _ configuration: ConfigurationOptions, _ admin: AdminOptions, _ method: String, _ target: String,
    read: ([UInt8]) -> Answer?, message: (_ configuration: String?) -> (any AdminMessage)?
  ) -> Reply<Answer> {
    let environment = ProcessInfo.processInfo.environment
    let file = ConfigurationLoader.admin(path: configuration.path, environment: environment)
    let settings = admin.settings(file ?? AdminSettings())
    let reply = ask(configuration, admin, settings, method, target, read: read, message: message)
    // Whoever has changed the address or the token in the file finds the gateway as it is until it has taken that over.
    switch reply {
    case .silence: break
    case .refusal(let refusal, _) where refusal.kind == .forbidden: break
    case .answer, .refusal: return reply
    }
    guard let served = servedAdmin(configuration, environment).map(admin.settings),
      (served.address, served.token) != (settings.address, settings.token)
    else { return reply }
    let other = ask(configuration, admin, served, method, target, read: read, message: message)
    if case .silence = other { return reply }
    return other
  }

  /// What the deployment that was served last says of the admin listener; nil: it is not known here.
  private static func servedAdmin(
    _ configuration: ConfigurationOptions, _ environment: [String: String]
  ) -> AdminSettings? {
    let store = DeploymentStore(reading: StateOptions.directory(for: configuration.place))
    guard let served = store.served, let files = try? store.content(served.deployment) else { return nil }
    return ConfigurationLoader.admin(
      path: configuration.path, environment: environment, files: files.source(at: configuration.place))
  }

  private static func ask<Answer>(
    _ configuration: ConfigurationOptions, _ admin: AdminOptions, _ settings: AdminSettings, _ method: String,
    _ target: String, read: ([UInt8]) -> Answer?, message: (_ configuration: String?) -> (any AdminMessage)?
  ) -> Reply<Answer> {
    guard let address = settings.address else {
      return .silence("the admin listener of \(configuration.path) is off: there is nobody to ask")
    }
    // Where the file cannot be read, what it would have been overridden with.
    let client = AdminClient(address: address, token: settings.token ?? Setting.environment("SLUICE_ADMIN_TOKEN"))
    // Whoever names only an address means whatever gateway is there.
    let meant = configuration.isChosen || admin.chosen == nil ? configuration.place.absolutePath : nil
    let answer: AdminClient.Answer
    do {
      answer = try client.send(method, target, message(meant))
    } catch {
      return .silence("no gateway answers at \(address): \(error.reason); `sluice run` starts one")
    }
    if answer.status == 200, let reply = read(answer.body) { return .answer(reply) }
    guard let refusal = RefusalMessage(json: answer.body) else {
      return .silence("\(address) answers \(answer.status), and not as a sluice does")
    }
    return .refusal(refusal, answer.body)
  }

  private func report(_ refusal: RefusalMessage, _ document: [UInt8], json: Bool) -> ExitCode {
    if json {
      try? Terminal.output.handle.write(contentsOf: Data(document))
    } else {
      Self.print(refusal.diagnostics, from: refusal.directory, to: .error)
      Terminal.error.print("sluice: \(refusal.message)")
      if refusal.kind == .forbidden {
        Terminal.error.print(
          "sluice: commands take the token from SLUICE_ADMIN_TOKEN, else from `admin.token` of --config")
      }
    }
    return switch refusal.kind {
    case .forbidden, .conflict: .notAllowed
    case .notUnderstood: .badData
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
