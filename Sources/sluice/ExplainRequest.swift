import Bytes
import Foundation
import HTTPSemantics

/// A request as `explain` sends it: what curl would send for the same words.
struct ExplainRequest {
  /// Why the words are no request.
  struct Flaw: Error, CustomStringConvertible {
    let description: String
  }

  /// Where an URL leads.
  struct Place {
    let host: String?
    let port: UInt16
    /// `host:port` as it is written; empty for a path.
    let authority: String
    /// Path and query.
    let target: String

    /// Nil for what is neither `http://…`, `https://…` nor a path.
    init?(_ url: String) {
      var rest = url[...]
      var standard: UInt16 = 80
      if let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }) {
        rest = rest.dropFirst(scheme.count)
        if scheme == "https://" { standard = 443 }
      } else if !url.hasPrefix("/") {
        return nil
      }
      let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
      let authority = String(rest[..<end])
      self.authority = authority
      var target = rest[end...]
      if let hash = target.firstIndex(of: "#") { target = target[..<hash] }
      self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
      guard !authority.isEmpty else {
        (host, port) = (nil, standard)
        return
      }
      let colon = authority.hasSuffix("]") ? nil : authority.lastIndex(of: ":")
      let name = colon.map { authority[..<$0] } ?? authority[...]
      host = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : String(name)
      guard let colon else {
        port = standard
        return
      }
      guard let number = UInt16(authority[authority.index(after: colon)...]) else { return nil }
      port = number
    }
  }

  private let method: String
  private let target: String
  private var fields: [(name: String, value: String)] = []
  private var body: [UInt8]?

  /// - Parameter fields: `Name: value`, or `Name:` to leave out one that would be sent otherwise.
  /// - Parameter defaultHost: where the URL is a path.
  init(method: String, url: String, fields: [String], defaultHost: String) throws {
    guard Self.isToken(method) else { throw Flaw(description: "`\(method)` is not a method.") }
    guard let place = Place(url), Self.isTarget(place.target) else {
      throw Flaw(description: "`\(url)` is not a URL; write http://host/stage/path or /stage/path.")
    }
    self.method = method
    target = place.target
    let standard = [
      ("Host", place.authority.isEmpty ? defaultHost : place.authority),
      ("User-Agent", "sluice-explain/\(Sluice.version)"), ("Accept", "*/*"),
    ]
    let given = try fields.map(Self.field)
    self.fields = standard.filter { own in !given.contains { $0.name.lowercased() == own.0.lowercased() } }
    self.fields += given.filter { !$0.value.isEmpty }
    guard self.fields.allSatisfy({ $0.name.lowercased() != "x-sluice-explain" }) else {
      throw Flaw(description: "X-Sluice-Explain is for this command to send; see --token.")
    }
  }

  /// - Parameter text: the body, `@file`, or `-` for standard input.
  mutating func setBody(_ text: String) throws {
    let bytes =
      text == "-"
      ? try Input.bytes("-") : text.hasPrefix("@") ? try Input.bytes(String(text.dropFirst())) : Array(text.utf8)
    body = bytes
    if !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
      fields.append(("Content-Type", "application/x-www-form-urlencoded"))
    }
    if !fields.contains(where: { ["content-length", "transfer-encoding"].contains($0.name.lowercased()) }) {
      fields.append(("Content-Length", "\(bytes.count)"))
    }
  }

  /// What goes over the wire.
  var bytes: [UInt8] {
    var head = "\(method) \(target) HTTP/1.1\r\n"
    for field in fields { head += "\(field.name): \(field.value)\r\n" }
    return Array((head + "\r\n").utf8) + (body ?? [])
  }

  /// The same with the question for a record. A HEAD is asked for as GET, since the record would not fit a HEAD's response.
  func bytes(token: String) -> [UInt8] {
    let isHead = method == "HEAD"
    var head = "\(isHead ? "GET" : method) \(target) HTTP/1.1\r\n"
    for field in fields { head += "\(field.name): \(field.value)\r\n" }
    head += "X-Sluice-Explain: \(token)\(isHead ? " HEAD" : "")\r\n\r\n"
    return Array(head.utf8) + (body ?? [])
  }

  private static func field(_ text: String) throws -> (name: String, value: String) {
    guard let colon = text.firstIndex(of: ":"), isToken(String(text[..<colon])),
      text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 })
    else { throw Flaw(description: "`\(text)` is not a header field; write 'Name: value'.") }
    return (String(text[..<colon]), text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces))
  }

  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(ByteSet.token.contains)
  }

  private static func isTarget(_ text: String) -> Bool { text.utf8.allSatisfy { $0 > 32 && $0 != 127 } }
}
