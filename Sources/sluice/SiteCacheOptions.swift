import ArgumentParser
import Configuration

/// What the cache of the running gateway is told when a site changes.
///
/// Files of a directory are served as they are, never from the cache. But a page of the site may have been fetched from
/// another gateway, or be a page for errors; and whoever publishes wants to be sure.
struct SiteCacheOptions: ParsableArguments {
  @OptionGroup var admin: AdminOptions

  @Flag(help: "Leave the cache of the running gateway as it is.")
  var noInvalidate = false

  /// So many paths are named; beyond that everything goes.
  private static let mostPaths = 1000

  /// Invalidates what the running gateway has cached of these paths, with any query. Says so on standard error where it cannot.
  /// - Returns: how many objects there were; nil where no gateway was told.
  func invalidate(_ paths: [String], _ configuration: ConfigurationOptions) -> Int? {
    guard !noInvalidate, !paths.isEmpty else { return nil }
    // Whoever names a site by its path need not have a gateway.
    if configuration.isMissing, admin.chosen == nil { return nil }
    let patterns =
      paths.count > Self.mostPaths
      ? ["/*"]
      : paths.flatMap { path -> [String] in
        let encoded = PercentEncodedText.path(path)
        return [encoded, encoded + "?*"]
      }
    let reply = RunningGateway.ask(configuration, admin, "POST", "/invalidations", for: InvalidationMessage.self) {
      InvalidationRequest(configuration: $0, paths: patterns)
    }
    switch reply {
    case .answer(let message): return message.objects
    case .refusal(let refusal, _): note(refusal.message)
    case .silence(let reason): note(reason)
    }
    return nil
  }

  private func note(_ reason: String) {
    Terminal.error.print("sluice: note: no cache was invalidated: \(reason)")
  }
}
