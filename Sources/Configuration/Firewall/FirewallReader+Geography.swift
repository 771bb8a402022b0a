import APIModel
import Firewall
import Foundation

/// Databases of countries and networks, and the statements that ask them.
extension FirewallReader {
  /// `geo: { countries: FILE, networks: FILE }`.
  func geography(_ root: ObjectReader) -> GeographySetup? {
    guard let object = root.object("geo") else { return nil }
    object.refuseKeys(except: GatewayKeys.names(of: .geo), "`geo`")
    var sources: [GeographySetup.Source] = []
    for content in [MaxMindFile.Content.countries, .networks] {
      guard let path = object.string(content.rawValue), let place = object.value(content.rawValue)?.location else {
        continue
      }
      databases.insert(content)
      let resolved = FilePath.resolve(path, from: place.file)
      do throws(MaxMindFile.Flaw) {
        sources.append(.init(content: content, file: resolved, map: try MaxMindFile.read(resolved, content)))
      } catch {
        findings.error(at: place, error.message)
      }
    }
    return GeographySetup(sources: sources)
  }

  /// Whether there is a database to ask; where there is none, that is said.
  func needs(_ content: MaxMindFile.Content, _ what: String, at place: SourceLocation) -> Bool {
    if databases.contains(content) { return true }
    findings.error(
      at: place, "\(what) needs a database of \(content.rawValue)",
      suggestion: "name a MaxMind database: `geo: { \(content.rawValue): FILE.mmdb }`")
    return false
  }

  func geoMatch(_ content: ObjectReader, at place: SourceLocation) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .geoMatch), "`geoMatchStatement`")
    let isAnswered = needs(.countries, "`geoMatchStatement`", at: place)
    let subject = subject(content)
    guard let items = content.list("countryCodes"), !items.isEmpty else {
      content.missing("countryCodes", of: "`geoMatchStatement`")
      return nil
    }
    let codes = items.compactMap { countryCode($0) }
    guard isAnswered, codes.count == items.count, let subject else { return nil }
    return .country(GeoMatch(codes, forwarded: subject.config))
  }

  func countryCode(_ item: DocumentNode) -> String? {
    guard let node = context.library.resolve(item) else { return nil }
    let text = node.scalar?.text ?? node.kindName
    if Self.countries.contains(text) { return text }
    let near = text.uppercased() == "UK" ? "did you mean `GB`?" : nil
    findings.error(
      at: node.location, "`\(ObjectReader.excerpt(text))` is not the code of a country: two capital letters (ISO 3166)",
      suggestion: near ?? (Self.countries.contains(text.uppercased()) ? "write `\(text.uppercased())`" : nil))
    return nil
  }

  /// Those of ISO 3166, XK for Kosovo, and XX for what is not known.
  private static let countries = Set(
    Locale.Region.isoRegions.map(\.identifier).filter { $0.utf8.count == 2 && $0.utf8.allSatisfy { $0 &- 65 < 26 } }
      + ["XK", "XX"])

  func asnMatch(_ content: ObjectReader, at place: SourceLocation) -> Statement? {
    content.refuseKeys(except: GatewayKeys.names(of: .asnMatch), "`asnMatchStatement`")
    let isAnswered = needs(.networks, "`asnMatchStatement`", at: place)
    let subject = subject(content)
    guard let items = content.list("asnList"), !items.isEmpty else {
      content.missing("asnList", of: "`asnMatchStatement`")
      return nil
    }
    if items.count > 100 {
      findings.error(at: content.location, "`asnList` has at most 100 numbers, not \(items.count)")
    }
    let numbers = items.compactMap { item -> UInt32? in
      guard let node = context.library.resolve(item) else { return nil }
      if let number = node.scalar.flatMap({ UInt32($0.text) }) { return number }
      let text = node.scalar?.text ?? node.kindName
      let bare = text.uppercased().hasPrefix("AS") ? UInt32(text.dropFirst(2)) : nil
      findings.error(
        at: node.location, "`\(ObjectReader.excerpt(text))` is not the number of a network: 0 to 4294967295",
        suggestion: bare.map { "write `\($0)`" })
      return nil
    }
    guard isAnswered, numbers.count == items.count, let subject else { return nil }
    return .network(ASNMatch(numbers, forwarded: subject.config))
  }

  /// `asn` as a key of a rate-based rule: of the address that the rule takes from a header, where it does.
  func networkKey(_ member: DocumentNode.Member, _ config: ForwardedAddress?) -> RateBased.Part? {
    needs(.networks, "a key `asn`", at: member.keyLocation) ? .network(config) : nil
  }

  /// Whose address a statement is about.
  private enum Subject {
    case connection
    case header(ForwardedAddress)

    var config: ForwardedAddress? { if case .header(let config) = self { config } else { nil } }
  }

  /// - Returns: nil where there is something wrong with what is said of it.
  private func subject(_ content: ObjectReader) -> Subject? {
    guard let config = object(content, "forwardedIPConfig") else { return .connection }
    return forwarded(config, hasPosition: false).map { .header($0) }
  }
}
