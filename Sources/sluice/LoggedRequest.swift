import Foundation

/// A request as a line of an access log tells of it.
///
///     203.0.113.9 - - [21/Nov/2026:16:00:00 +0000] "GET /pets?x=1 HTTP/1.1" 200 17 "https://a/" "curl/8"
///     {"ip":"203.0.113.9","requestTime":"21/Nov/2026:16:00:00 +0000","httpMethod":"GET","path":"/pets"}
struct LoggedRequest {
  var client = "-"
  var method = "GET"
  var target = "/"
  var userAgent = ""
  var referer = ""
  var milliseconds: Int64 = 0
  /// `target` is a resource, `/pets/{petId}`, and not what the client asked for: API Gateway's formats have no more.
  var isResource = false

  /// Nil for a line in no known format.
  init?(_ line: String) {
    if line.hasPrefix("{") {
      guard readJSON(line) else { return nil }
    } else {
      guard readCommon(line) else { return nil }
    }
    guard method.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), target.utf8.allSatisfy({ $0 > 32 && $0 != 127 }),
      target.hasPrefix("/")
    else { return nil }
  }

  /// What it would look like on the wire.
  var bytes: [UInt8] {
    var head = "\(method) \(Self.sendable(target)) HTTP/1.1\r\nHost: localhost\r\n"
    for (name, value) in [("User-Agent", userAgent), ("Referer", referer)]
    where !value.isEmpty && value != "-" && value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) {
      head += "\(name): \(value)\r\n"
    }
    return Array((head + "\r\n").utf8)
  }

  /// Where a log says the resource, braces and their like are encoded.
  private static func sendable(_ target: String) -> String {
    String(
      decoding: target.utf8.flatMap { byte in
        #""<>\^`{|}"#.utf8.contains(byte) ? Array("%\(String(byte, radix: 16, uppercase: true))".utf8) : [byte]
      }, as: UTF8.self)
  }

  private mutating func readCommon(_ line: String) -> Bool {
    guard let match = line.firstMatch(of: #/^(\S+) .*?\[([^\]]+)\] "(\S+) (\S+)[^"]*"(.*)$/#) else { return false }
    client = String(match.1)
    milliseconds = Self.milliseconds(String(match.2))
    method = String(match.3)
    target = String(match.4)
    isResource = target.contains("{")
    let quoted = match.5.matches(of: #/"((?:[^"\\]|\\.)*)"/#).map { String($0.1) }
    if quoted.count >= 2 { (referer, userAgent) = (quoted[quoted.count - 2], quoted[quoted.count - 1]) }
    return true
  }

  private mutating func readJSON(_ line: String) -> Bool {
    guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else { return false }
    func text(_ names: String...) -> String? {
      for name in names { if let value = object[name] { return "\(value)" } }
      return nil
    }
    let path = text("path", "target", "uri")
    guard let method = text("httpMethod", "method"), let place = path ?? text("resourcePath") else { return false }
    self.method = method
    target = place
    isResource = path == nil
    if let query = text("queryString", "query"), !query.isEmpty, query != "-", !place.contains("?") {
      target += "?" + query
    }
    client = text("ip", "sourceIp", "client", "remote_addr") ?? "-"
    userAgent = text("userAgent", "user_agent") ?? ""
    milliseconds = text("requestTime", "time").map(Self.milliseconds) ?? 0
    return true
  }

  /// `21/Nov/2026:16:00:00 +0000`; 0 for what is no time.
  private static func milliseconds(_ text: String) -> Int64 {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "dd/MMM/yyyy:HH:mm:ss Z"
    return formatter.date(from: text).map { Int64($0.timeIntervalSince1970 * 1000) } ?? 0
  }
}
