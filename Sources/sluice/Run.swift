import ArgumentParser
import Configuration

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve in the foreground.",
    discussion: """
      Serves what the configuration says until SIGTERM or SIGINT: then no new connections are accepted, running \
      requests finish, and the process ends; a second signal ends it at once.
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var server: ServerOptions

  func run() async throws {
    _ = try configuration.load()
  }
}
