import ArgumentParser
import Configuration
import Edge
import Foundation
import SiteStore

/// `site`: the releases of a directory that is served.
struct Site: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publish a site in whole releases, and go back to an earlier one.",
    discussion: """
      A site is a directory of releases with one current. Publishing copies the files beside it and then makes them \
      current in one step: visitors get the old release or the new one, and never some of each. A gateway that serves the \
      site sees the change without a reload: at once where this command can tell it, else within a second. What its cache has \
      of the paths that changed is invalidated. Assets of earlier releases whose names carry a hash of their \
      content stay available, so that tabs that were opened before go on working.
      """,
    subcommands: [SitePublish.self, SiteRollback.self, SiteList.self])
}

/// Which site a command is about.
struct SiteOptions: ParsableArguments {
  @OptionGroup var configuration: ConfigurationOptions

  @Option(
    help: ArgumentHelp(
      "The site: the id of an origin with a directory, or a path with a slash in it. (default: the only such origin)",
      valueName: "site"))
  var to: String?

  @Flag(help: "Print one JSON document instead of lines.")
  var json = false

  /// The directory, and what answers for a folder in it.
  func site() throws -> (store: ReleaseStore, indexDocument: String) {
    if let to, to.contains("/") { return (ReleaseStore(directory: Self.withoutSlash(to)), "index.html") }
    let snapshot = try configuration.load()
    let sites = (snapshot.edge?.distributions ?? []).flatMap(\.origins).compactMap { origin -> DirectoryOrigin? in
      if case .directory(let directory) = origin { directory } else { nil }
    }
    let named = to.map { to in sites.filter { $0.id == to } } ?? sites
    guard Set(named.map(\.settings.directory)).count == 1, let site = named.first else {
      let ids = sites.map { "`\($0.id)`" }.joined(separator: ", ")
      if sites.isEmpty {
        throw ExitCode.missingInput.saying(
          "\(configuration.path) has no origin with a directory; name one with --to ./path")
      }
      if named.isEmpty {
        throw ExitCode.missingInput.saying("no origin with a directory is named `\(to ?? "")`; there is \(ids)")
      }
      throw ExitCode.usage.saying("there are \(ids): say which with --to")
    }
    return (ReleaseStore(directory: site.settings.directory), site.settings.indexDocument)
  }

  static func withoutSlash(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? withoutSlash(String(path.dropLast())) : path
  }
}

struct SitePublish: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Make the files of a directory the current release of a site.",
    discussion: """
      The site's directory must be empty at first, or hold releases already. Names that begin with a dot are left out, but \
      for .well-known. A file whose bytes the release before has, too, is not copied but linked.
      """)

  @Argument(help: ArgumentHelp("The directory with the files, as a build leaves them.", valueName: "dir"))
  var source: String

  @OptionGroup var options: SiteOptions

  @OptionGroup var cache: SiteCacheOptions

  @Option(help: ArgumentHelp("Earlier releases to keep, for going back and for open tabs.", valueName: "count"))
  var keep = 5

  func validate() throws {
    guard (0...1000).contains(keep) else { throw ValidationError("--keep must be from 0 to 1000.") }
  }

  func run() throws {
    let (store, indexDocument) = try options.site()
    do throws(ReleaseStore.Failure) {
      let publication = try store.publish(SiteOptions.withoutSlash(source), keeping: keep)
      options.report(publication, indexDocument, cache, "release \(publication.number) is current")
    } catch {
      throw options.failed(error)
    }
  }
}

struct SiteRollback: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Make an earlier release of a site the current one.")

  @OptionGroup var options: SiteOptions
  @OptionGroup var cache: SiteCacheOptions

  @Option(help: ArgumentHelp("The release to go to. (default: the one before the current)", valueName: "number"))
  var release: Int?

  func run() throws {
    let (store, indexDocument) = try options.site()
    do throws(ReleaseStore.Failure) {
      let publication = try store.rollBack(to: release)
      options.report(publication, indexDocument, cache, "release \(publication.number) is current again")
    } catch {
      throw options.failed(error)
    }
  }
}

struct SiteList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the releases of a site, the newest first.")

  @OptionGroup var options: SiteOptions

  private struct Entry: Encodable {
    let release: Int
    let isCurrent: Bool
    let published: String
    let files, bytes: Int
  }

  func run() throws {
    let (store, _) = try options.site()
    let current = store.current
    let entries = store.releases.map { release in
      Entry(
        release: release.number, isCurrent: release.number == current,
        published: Date(timeIntervalSince1970: TimeInterval(release.published)).formatted(.iso8601),
        files: release.files,
        bytes: release.bytes)
    }
    if options.json {
      try Terminal.output.print(json: ["releases": entries])
    } else if entries.isEmpty {
      Terminal.output.print("\(store.directory) has no releases")
    } else {
      for entry in entries {
        let line =
          "\(entry.isCurrent ? "*" : " ") \(entry.release)  \(entry.published)  "
          + "\(counted(entry.files, "file")), \(counted(entry.bytes, "byte"))"
        Terminal.output.print(entry.isCurrent ? Terminal.output.styled(line, .bold) : line)
      }
    }
  }
}

extension SiteOptions {
  private struct Report: Encodable {
    let release: Int
    let previous: Int?
    let added, changed, removed, paths: [String]
    let dropped: [Int]
    /// Objects of the running gateway's cache; nil: none was told.
    let invalidated: Int?
  }

  /// What changed for visitors.
  fileprivate func report(
    _ publication: Publication, _ indexDocument: String, _ cache: SiteCacheOptions, _ headline: String
  ) {
    let paths = publication.changedPaths(indexDocument: indexDocument)
    let invalidated = cache.invalidate(paths, configuration)
    if json {
      let report = Report(
        release: publication.number, previous: publication.previous, added: publication.added,
        changed: publication.changed, removed: publication.removed, paths: paths, dropped: publication.dropped,
        invalidated: invalidated)
      try? Terminal.output.print(json: report)
      return
    }
    Terminal.output.print(Terminal.output.styled(headline, .green))
    let lines = [
      ("+", publication.added), ("~", publication.changed), ("-", publication.removed),
    ].flatMap { mark, paths in paths.map { ("\(mark) /\($0)", $0) } }.sorted { $0.1 < $1.1 }
    for line in lines { Terminal.output.print("  \(line.0)") }
    if lines.isEmpty { Terminal.output.print("  nothing changed") }
    if let invalidated, !paths.isEmpty {
      Terminal.output.print("  \(counted(invalidated, "cached object")) of these paths invalidated")
    }
    if !publication.dropped.isEmpty {
      Terminal.output.print("  dropped: release \(publication.dropped.map(String.init).joined(separator: ", "))")
    }
  }

  fileprivate func failed(_ failure: ReleaseStore.Failure) -> ExitCode {
    Terminal.error.print("\(failure); what was served is still served")
    switch failure {
    case .noSource, .noSuchRelease, .nothingEarlier: return .missingInput
    case .emptySource, .unusable, .plainSite: return .badData
    case .busy, .system: return .internalError
    }
  }
}
