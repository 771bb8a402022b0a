import ArgumentParser
import Configuration

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve in the foreground.",
    discussion: """
      Serves what the configuration says until SIGTERM or SIGINT: then no new connections are accepted, running \
      requests finish, and the process ends; a second signal ends it at once. SIGUSR1 opens the access logs anew. \
      SIGHUP and \
      `sluice reload` read the configuration again: new requests are answered by it, unless it is wrong; then the one \
      in use stays. Every configuration that was served is kept as a numbered deployment: see `sluice deploy`, \
      `sluice deployments` and `sluice rollback`.

      What gateway.yaml may bound, with each default and range:

      \(GatewayReference.limitsHelp)
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var server: ServerOptions
  @OptionGroup var admin: AdminOptions
  @OptionGroup var state: StateOptions

  func run() async throws {
    Serving.takeSignals()
    await Serving(
      configuration: configuration, options: server, admin: admin, state: state.directory(for: configuration.place),
      settings: [:]
    ).run { _ in }
  }
}
