import APIModel
import Bytes
import Glibc

/// Which deployment a request is addressed to.
public enum AddressVerdict: Hashable, Sendable {
  /// - `deployment`: the index of the entry of `AddressTable.init`.
  /// - `rest`: where the path behind the stage or base path begins, in bytes of the request's path.
  /// - `mapping`: the index of the base path mapping that led here (`AddressTable.mappings`); nil for `/<stage>/…`.
  case found(deployment: Int, rest: Int, mapping: Int?)
  /// 403 `{"message":"Forbidden"}`.
  case forbidden(ForbiddenReason)
}

/// Why an address leads nowhere.
public enum ForbiddenReason: String, Hashable, Sendable {
  /// No API has a stage with the name of the path's first segment.
  case unknownStage
  /// The domain maps no API at this path.
  case noMapping
  /// The API answers under its own domains only.
  case defaultEndpointDisabled
}

/// A stage of an API, as it may be addressed.
public struct AddressEntry: Sendable {
  public var api: String
  public var stage: String
  /// `disableExecuteApiEndpoint`.
  public var disablesDefaultEndpoint: Bool
  /// Where the stage was written.
  public var location: SourceLocation

  public init(api: String, stage: String, disablesDefaultEndpoint: Bool = false, location: SourceLocation) {
    self.api = api
    self.stage = stage
    self.disablesDefaultEndpoint = disablesDefaultEndpoint
    self.location = location
  }
}

/// From a host and a path to a deployment and the rest of the path (spec § 1.2).
///
///     https://api.mysite.io/shop/v1/orders/7     domain + base path mapping `shop/v1`   -> /orders/7
///     https://anything.else/dev/orders/7         default addressing: stage `dev`        -> /orders/7
///     https://<api>.execute-api.local/dev/…      the same, among the stages of one API
///
/// Hosts are compared without regard to case, port or a dot at the end; everything else is case-sensitive. Slashes at
/// the start of the path count as one.
public struct AddressTable: Sendable {
  private enum Scope {
    static let domain: Int32 = -1
    static let wildcard: Int32 = -2
    static let api: Int32 = -3
    static let stage: Int32 = -4
  }

  /// A base path of a domain, longest first within it.
  private struct Mapped: Sendable {
    let basePath: [UInt8]
    /// -1: the stage comes from the path.
    let deployment: Int
    /// The scope of the API's stages in `names`.
    let api: Int32
    let mapping: Int
  }

  private var names = SegmentTable()
  private var domains: [[Mapped]] = []
  /// Every stage of every API, in the order given.
  public private(set) var entries: [AddressEntry]
  /// Every base path mapping, in the order given.
  public private(set) var mappings: [BasePathMapping] = []

  /// - Parameter diagnostics: gets every mistake: two APIs that share a stage name under default addressing, a mapping
  ///   to an unknown API or stage, a host or base path that is mapped twice.
  public init(_ entries: [AddressEntry], domains: [DomainName], diagnostics: inout [Diagnostic]) {
    self.entries = entries
    var apis: [String: Int32] = [:]
    for (index, entry) in entries.enumerated() {
      let fresh = Int32(clamping: apis.count)
      let api = apis[entry.api] ?? fresh
      apis[entry.api] = api
      _ = names.insert(Scope.api, entry.api.lowercased().utf8, api)
      // The stages of one API have the API's number as their scope.
      if names.insert(api, entry.stage.utf8, Int32(clamping: index)) != index {
        diagnostics.append(
          Diagnostic(.error, at: entry.location, "the API `\(entry.api)` has two stages `\(entry.stage)`"))
      }
    }
    addDefaultEndpoints(&diagnostics)
    for domain in domains { add(domain, apis, &diagnostics) }
  }

  /// Those that answer at `/<stage>/…` come first, so that one that does not never hides one that does.
  private mutating func addDefaultEndpoints(_ diagnostics: inout [Diagnostic]) {
    for disabled in [false, true] {
      for (index, entry) in entries.enumerated() where entry.disablesDefaultEndpoint == disabled {
        let first = Int(names.insert(Scope.stage, entry.stage.utf8, Int32(clamping: index)))
        guard first != index, !disabled, entries[first].api != entry.api else { continue }
        diagnostics.append(
          Diagnostic(
            .error, at: entry.location,
            "the APIs `\(entries[first].api)` and `\(entry.api)` both have a stage `\(entry.stage)`, "
              + "so `/\(entry.stage)/…` means both",
            suggestion: "rename one, or give one a domain of its own and `disableExecuteApiEndpoint: true`"))
      }
    }
  }

  // MARK: - Resolving

  /// - Parameter host: `host[:port]` as received; may be empty.
  /// - Parameter path: the request's path as received.
  public func resolve(host: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer) -> AddressVerdict {
    if mayClaim(host), let verdict = HostName.withFolded(host, { resolve(folded: $0, path) }) { return verdict }
    return resolveStage(Scope.stage, path, from: 0, mapping: nil)
  }

  /// Without domains, what a host is not is told by one byte: the first of the label that is `execute-api`, if it is that.
  private func mayClaim(_ host: UnsafeRawBufferPointer) -> Bool {
    if !domains.isEmpty { return true }
    guard let base = host.baseAddress, let dot = memchr(base, 0x2E, host.count) else { return false }
    let label = UnsafeRawPointer(dot) - base &+ 1
    return label < host.count && host[label] | 32 == UInt8(ascii: "e")
  }

  /// Whether the host alone says which API a request is for: a domain, or `<api>.execute-api.…`.
  /// - Parameter host: as received.
  public func claims(host: UnsafeRawBufferPointer) -> Bool {
    let slash: StaticString = "/"
    let root = UnsafeRawBufferPointer(start: slash.utf8Start, count: 1)
    return mayClaim(host) && HostName.withFolded(host) { resolve(folded: $0, root) } != nil
  }

  /// - Returns: nil where the host says nothing and default addressing applies.
  private func resolve(folded host: UnsafeRawBufferPointer, _ path: UnsafeRawBufferPointer) -> AddressVerdict? {
    if !domains.isEmpty {
      var domain = names.value(Scope.domain, host)
      if domain < 0, let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > 0 {
        domain = names.value(Scope.wildcard, UnsafeRawBufferPointer(rebasing: host[dot...]))
      }
      if domain >= 0 { return resolve(domains[Int(domain)], path) }
    }
    if let dot = host.firstIndex(of: UInt8(ascii: ".")),
      UnsafeRawBufferPointer(rebasing: host[dot...]).starts(with: ".execute-api.".utf8)
    {
      let api = names.value(Scope.api, UnsafeRawBufferPointer(rebasing: host[..<dot]))
      return api >= 0 ? resolveStage(api, path, from: 0, mapping: nil) : .forbidden(.unknownStage)
    }
    return nil
  }

  private func resolve(_ mapped: [Mapped], _ path: UnsafeRawBufferPointer) -> AddressVerdict {
    let start = Self.skipSlashes(path, 0)
    for candidate in mapped {
      let end = start &+ candidate.basePath.count
      guard end <= path.count, path[start..<end].elementsEqual(candidate.basePath) else { continue }
      guard candidate.basePath.isEmpty || end == path.count || path[end] == UInt8(ascii: "/") else { continue }
      if candidate.deployment >= 0 {
        // The catch-all leaves the whole path, slashes and all.
        let rest = candidate.basePath.isEmpty ? 0 : end
        return .found(deployment: candidate.deployment, rest: rest, mapping: candidate.mapping)
      }
      return resolveStage(candidate.api, path, from: end, mapping: candidate.mapping)
    }
    return .forbidden(.noMapping)
  }

  /// Takes the stage from the first segment at or behind `start`.
  private func resolveStage(
    _ scope: Int32, _ path: UnsafeRawBufferPointer, from start: Int, mapping: Int?
  ) -> AddressVerdict {
    let begin = Self.skipSlashes(path, start)
    var end = begin
    while end < path.count, path[end] != UInt8(ascii: "/") { end &+= 1 }
    let index = names.value(scope, UnsafeRawBufferPointer(rebasing: path[begin..<end]))
    guard index >= 0 else { return .forbidden(.unknownStage) }
    if mapping == nil, entries[Int(index)].disablesDefaultEndpoint { return .forbidden(.defaultEndpointDisabled) }
    return .found(deployment: Int(index), rest: end, mapping: mapping)
  }

  private static func skipSlashes(_ path: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var start = start
    while start < path.count, path[start] == UInt8(ascii: "/") { start &+= 1 }
    return start
  }

  // MARK: - Building

  private mutating func add(_ domain: DomainName, _ apis: [String: Int32], _ diagnostics: inout [Diagnostic]) {
    let index = Int32(clamping: domains.count)
    let name = domain.name.lowercased()
    let isWildcard = name.hasPrefix("*.")
    let key = isWildcard ? name.dropFirst() : name[...]
    if names.insert(isWildcard ? Scope.wildcard : Scope.domain, key.utf8, index) != index {
      diagnostics.append(Diagnostic(.error, at: domain.location, "the domain `\(domain.name)` is described twice"))
    }
    var mapped: [Mapped] = []
    for mapping in domain.mappings {
      let base = Array(mapping.basePath.utf8)
      if mapped.contains(where: { $0.basePath == base }) {
        diagnostics.append(
          Diagnostic(
            .error, at: mapping.location, "the base path `/\(mapping.basePath)` of `\(domain.name)` is mapped twice"))
      }
      guard let target = target(of: mapping, apis, &diagnostics) else { continue }
      mapped.append(
        Mapped(basePath: base, deployment: target.deployment, api: target.api, mapping: mappings.count))
      mappings.append(mapping)
    }
    domains.append(mapped.sorted { $0.basePath.count > $1.basePath.count })
  }

  private func target(
    of mapping: BasePathMapping, _ apis: [String: Int32], _ diagnostics: inout [Diagnostic]
  ) -> (deployment: Int, api: Int32)? {
    guard let api = apis[mapping.api] else {
      diagnostics.append(
        Diagnostic(
          .error, at: mapping.location, "there is no API `\(mapping.api)` with a stage",
          suggestion: "the APIs are " + Set(apis.keys).sorted().map { "`\($0)`" }.joined(separator: ", ")))
      return nil
    }
    guard var stage = mapping.stage else { return (-1, api) }
    let deployment = stage.withUTF8 { names.value(api, UnsafeRawBufferPointer($0)) }
    guard deployment >= 0 else {
      let stages = entries.filter { $0.api == mapping.api }.map { "`\($0.stage)`" }
      diagnostics.append(
        Diagnostic(
          .error, at: mapping.location, "the API `\(mapping.api)` has no stage `\(stage)`",
          suggestion: "its stages are " + stages.joined(separator: ", ")))
      return nil
    }
    return (Int(deployment), api)
  }
}
