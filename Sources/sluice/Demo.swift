import ArgumentParser
import Configuration

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the shipped Routes in front of a built-in sample origin.",
    discussion: """
      Starts an origin with posts, comments and users on 127.0.0.1:9000 (or on a free port when that one is taken) and \
      the gateway before it, and prints addresses to try.
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var server: ServerOptions

  /// What gateway.yaml sees beside the environment, so that its stage variables lead to the sample origin.
  static func settings(origin: String) -> [String: String] {
    ["SLUICE_BACKEND": origin, "SLUICE_LEGACY": origin]
  }

  func run() async throws {
    _ = try configuration.load()
  }
}
