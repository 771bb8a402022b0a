import ArgumentParser
import Configuration
import Foundation
import Gateway
import Logging
import Pipeline

struct Explain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show one request on its way through every stage, with the reason for each step.",
    discussion: """
      Runs the gateway in this process, sends the request through it and prints what was decided: route, parameters, \
      templates with what went in and came out, what the integration was asked and what it answered, how its status \
      chose a response, and why a request failed. The integration is really called; with --integration-response a file \
      answers in its place:

        HTTP/1.1 503 Service Unavailable
        Content-Type: application/json

        {"error":"busy"}

      or, in JSON:

        { "status": 503, "headers": { "Content-Type": "application/json" },
          "body": { "error": "busy" } }

      A body in JSON that is no text is written out as JSON. Lengths and codings of the body are made anew.

      With --server the request goes to a running gateway, which must have `admin.token` in its gateway.yaml and is told \
      it in the header X-Sluice-Explain: by --token, else SLUICE_ADMIN_TOKEN, else the configuration here. The request is \
      really carried out there; the client gets the record in the place of the response.

      Values of Authorization, Cookie, X-Api-Key, and of whatever else is called a password, secret, token or key are \
      hidden, wherever they turn up; `secretNames` in gateway.yaml adds names.

      Ends with 0 whatever the response's status is.
      """)

  @OptionGroup var request: RequestOptions

  @OptionGroup var configuration: ConfigurationOptions

  @Option(
    help: ArgumentHelp("Who answers in the integration's place: a response in a file.", valueName: "file"),
    completion: .file())
  var integrationResponse: String?

  @Option(help: ArgumentHelp("A running gateway to ask.", valueName: "url"))
  var server: String?

  @Option(help: "Its admin.token.")
  var token: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  @Flag(help: "Show bodies whole, up to 64 KiB each.")
  var full = false

  @Flag(help: "Show what is secret, too. Not with --server.")
  var showSecrets = false

  func validate() throws {
    if server != nil, integrationResponse != nil {
      throw ValidationError(
        "--integration-response cannot be used with --server: a running gateway calls the integration.")
    }
    if server != nil, showSecrets {
      throw ValidationError("--show-secrets cannot be used with --server: a running gateway never shows them.")
    }
    if let server, ExplainRequest.Place(server)?.host == nil {
      throw ValidationError("`\(server)` is not the address of a gateway; write http://127.0.0.1:8080.")
    }
    if server == nil, token != nil { throw ValidationError("--token is for --server.") }
    _ = try request.head(defaultHost: "localhost")
  }

  func run() async throws {
    let answer: [UInt8]
    if let server {
      answer = try await ask(server)
    } else {
      answer = try await explainHere()
    }
    try print(answer)
    if server == nil { ExitCode.success.endProcess() }
  }

  // MARK: Asking

  private func explainHere() async throws -> [UInt8] {
    let snapshot = try configuration.load()
    var port: UInt16?
    if case .tcp(_, let number)? = snapshot.listeners.first?.address, number > 0 { port = number }
    let request = try request.request(defaultHost: port.map { "127.0.0.1:\($0)" } ?? "localhost")
    var standIn: StandInOrigin?
    if let integrationResponse {
      let response = try CannedResponse(Input.bytes(integrationResponse), file: integrationResponse)
      standIn = try StandInOrigin(answering: response.bytes)
    }
    let token = UUID().uuidString
    var log = Logger(label: "sluice") { _ in SwiftLogNoOpLogHandler() }
    log.logLevel = .critical
    let explaining = Explaining(
      token: token, showsSecrets: showSecrets, port: port,
      standIn: standIn.map { .init(name: integrationResponse ?? "", at: $0.address) })
    do {
      let gateway = try await GatewayServer(snapshot, workers: 1, log: log, explaining: explaining)
      guard let address = gateway.addresses.first else { throw ExitCode.internalError }
      let place = Listener.Address.tcp(host: address.host, port: address.port)
      let answer = try await ExplainClient(address: place).send(request, token: token)
      if let standIn, standIn.hasNotBeenAsked {
        Terminal.error.print("note: no integration was called, so \(integrationResponse ?? "") was not used")
      }
      return answer
    } catch let error as GatewayServer.StartError {
      Terminal.error.print(error.description)
      throw ExitCode.cannotListen
    }
  }

  private func ask(_ server: String) async throws -> [UInt8] {
    // `validate` has looked at it.
    guard let place = ExplainRequest.Place(server), let host = place.host else { throw ExitCode.usage }
    let request = try request.request(defaultHost: place.authority)
    guard let token = token ?? Setting.environment("SLUICE_ADMIN_TOKEN") ?? configuredToken() else {
      throw ExitCode.usage.saying(
        "the token of \(server), `admin.token` of its gateway.yaml, is not known: give --token or SLUICE_ADMIN_TOKEN")
    }
    return try await ExplainClient(address: .tcp(host: host, port: place.port)).send(request, token: token)
  }

  private func configuredToken() -> String? {
    guard !configuration.isMissing else { return nil }
    let environment = ProcessInfo.processInfo.environment
    return try? ConfigurationLoader.load(path: configuration.path, environment: environment).admin.token
  }

  // MARK: Printing

  private func print(_ document: [UInt8]) throws {
    if json {
      try? Terminal.output.handle.write(contentsOf: Data(document))
      return
    }
    let record: ExchangeRecord
    do {
      record = try JSONDecoder().decode(ExchangeRecord.self, from: Data(document))
    } catch {
      Terminal.error.print("sluice: the gateway's record cannot be read: is it of another version? (--json prints it)")
      throw ExitCode.internalError
    }
    var page = ExplainPage(terminal: .output, isFull: full)
    page.write(record)
    if request.data != nil, !request.header.contains(where: { $0.lowercased().hasPrefix("content-type:") }) {
      Terminal.error.print(
        "note: a body without a Content-Type was sent as application/x-www-form-urlencoded, as curl does")
    }
  }
}
