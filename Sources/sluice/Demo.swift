import ArgumentParser
import Reactor
import SampleOrigin

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the shipped Routes in front of a built-in sample origin.",
    discussion: """
      Starts an origin with posts, comments and users on 127.0.0.1:9000 (or on a free port when that one is taken) and \
      the gateway before it, and prints addresses to try.
      """)

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var server: ServerOptions
  @OptionGroup var admin: AdminOptions

  /// What gateway.yaml sees beside the environment, so that its stage variables lead to the sample origin.
  static func settings(origin: String) -> [String: String] {
    ["SLUICE_BACKEND": origin, "SLUICE_LEGACY": origin]
  }

  func run() async throws {
    Serving.takeSignals()
    let origin = try await startOrigin()
    let backend = "http://\(origin.address)"
    print("sample origin on \(backend)")
    // What is tried out here leaves nothing behind.
    await Serving(
      configuration: configuration, options: server, admin: admin, state: nil,
      settings: Self.settings(origin: "\(origin.address)")
    ).run {
      addresses in
      guard let gateway = addresses.first else { return }
      print(Self.invitation(to: "http://\(gateway)", secure: addresses.dropFirst().first.map { "https://\($0)" }))
    }
  }

  /// On its usual port, or on a free one where that is taken.
  private func startOrigin() async throws -> SampleOrigin {
    for port in [9000, 0] as [UInt16] {
      guard let address = SocketAddress(ip: "127.0.0.1", port: port) else { continue }
      if let origin = try? await SampleOrigin(listeningOn: address) { return origin }
    }
    Terminal.error.print("cannot start the sample origin on 127.0.0.1")
    throw ExitCode.cannotListen
  }

  /// - Parameter secure: the listener with TLS, if there is one.
  private static func invitation(to gateway: String, secure: String?) -> String {
    """

    Open \(gateway)/ in a browser: a single-page app on the API below /api.

    Try:
      curl '\(gateway)/dev/get_comments_by_post_id?post_id=1'   the legacy contract, mapped and rewritten
      curl '\(gateway)/dev/posts/1'                             passed through
      curl '\(gateway)/dev/users/1?delay=500'                   {proxy+}: everything else goes to the old system
      curl '\(gateway)/dev/health'                              a MOCK: answered by the gateway itself
      curl -i '\(gateway)/dev/users?status=503'                 an origin's error, as it is
    \(secure.map { "  curl --cacert certs/authority/authority.pem '\($0)/dev/posts/1'" } ?? "")

    Ctrl-C ends it.
    """
  }
}
