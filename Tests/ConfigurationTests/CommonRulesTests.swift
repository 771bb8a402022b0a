import Bytes
import Firewall
import Foundation
import HTTPWire
import Testing

@testable import Configuration

/// The shipped rule group, put to attacks and to ordinary requests.
@Suite struct CommonRulesTests {
  /// A line of a file in `CommonRules`, as bytes of a request.
  struct Exchange: Sendable, CustomTestStringConvertible {
    var rule = ""
    var head: String
    var body: [UInt8] = []
    var testDescription: String

    /// - Parameter line: method and target, header lines and `body:`, with ` | ` between.
    init(_ line: String) {
      testDescription = line
      var parts = line.components(separatedBy: " | ")
      head = parts.removeFirst() + " HTTP/1.1\r\n"
      var names: Set<String> = []
      for part in parts {
        if part.hasPrefix("body: ") {
          body = Self.decoded(part.dropFirst(6), of: head)
          continue
        }
        names.insert(part.prefix { $0 != ":" }.lowercased())
        head += part + "\r\n"
      }
      if !names.contains("host") { head += "Host: www.example.com\r\n" }
      if !names.contains("user-agent") {
        // One of the agents of the day, always the same one for a line.
        let number = line.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
        head += "User-Agent: \(Self.agents[number % Self.agents.count])\r\n"
      }
      head +=
        "Accept: text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.7,de;q=0.3\r\n\r\n"
    }

    /// `%` and two digits are a byte, but in forms, which have such themselves.
    private static func decoded(_ text: Substring, of head: String) -> [UInt8] {
      let bytes = Array(text.utf8)
      guard !head.contains("x-www-form-urlencoded") else { return bytes }
      var decoded: [UInt8] = []
      var index = 0
      while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
          let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
        {
          decoded.append(value)
          index += 3
        } else {
          decoded.append(bytes[index])
          index += 1
        }
      }
      return decoded
    }

    private static let agents = [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
      "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
      "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.5.0", "Wget/1.21.4",
      "python-requests/2.32.3", "Go-http-client/2.0", "axios/1.7.7", "okhttp/4.12.0", "PostmanRuntime/7.42.0",
      "Java/21.0.4",
      "Apache-HttpClient/5.3 (Java/21)", "kube-probe/1.31", "ELB-HealthChecker/2.0", "Prometheus/2.54.1",
      "insomnia/10.1.1",
      "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A.240905.003)", "facebookexternalhit/1.1",
      "Slackbot-LinkExpanding 1.0",
    ]
  }

  private static func lines(_ path: String) -> [String] {
    guard let text = try? TestFiles.text(path) else { return [] }
    return text.split(separator: "\n").filter { !$0.hasPrefix("# ") }.map(String.init)
  }

  static let attacks = lines("CommonRules/attacks.txt").map { line in
    let parts = line.components(separatedBy: " | ")
    var exchange = Exchange(parts.dropFirst().joined(separator: " | "))
    exchange.rule = parts[0]
    exchange.testDescription = line
    return exchange
  }

  static let ordinary = lines("CommonRules/ordinary.txt").map { Exchange($0) }

  /// Ordinary values of every kind, each as an argument, in a form, in JSON and as a cookie.
  static let values: [String] = ["sql-benign", "markup-benign"].flatMap {
    lines("../FirewallTests/Detection/Goldens/\($0).txt")
  }

  /// What the shipped web ACL's rules say of a request.
  private static func hits(_ exchange: Exchange, _ screening: Screening) throws -> [String] {
    let buffer = ByteBuffer(capacity: 1024)
    buffer.write(exchange.head)
    let request = RequestHead(buffer: buffer)
    var parser = RequestHeadParser()
    guard case .complete = parser.parse(buffer: buffer, into: request, limits: HeadLimits()) else {
      throw NotARequest(text: exchange.head)
    }
    return exchange.body.withUnsafeBytes { body in
      let screened = ScreenedRequest(request, client: nil, body: body, bodyIsLonger: false)
      _ = screening.screen(screened, now: 0)
      return screening.hits.map { screening.plan.name(ofRule: $0.rule) }
    }
  }

  private struct NotARequest: Error { var text: String }

  private static func screening() throws -> Screening {
    let snapshot = try ConfigurationLoader.load(
      path: TestFiles.repository.path + "/Routes/gateway.yaml", environment: [:])
    return Screening(try #require(snapshot.firewall?.acl(named: "common")), memory: FirewallMemory())
  }

  @Test("each attack must be met by the rule that it is for, and the shipped web ACL only count it")
  func attacksAreFound() throws {
    let screening = try Self.screening()
    #expect(Self.attacks.count > 90)
    for exchange in Self.attacks {
      let hits = try Self.hits(exchange, screening)
      #expect(hits.contains { $0.hasSuffix(exchange.rule) }, "\(exchange.testDescription): \(hits)")
    }
    let rules = Set(Self.attacks.map(\.rule))
    for name in screening.plan.allRuleNames.dropLast() where name != "common" {
      #expect(rules.contains { name.hasSuffix($0) }, "no attack for \(name)")
    }
  }

  @Test("no rule may match an ordinary request")
  func ordinaryRequestsPass() throws {
    let screening = try Self.screening()
    #expect(Self.ordinary.count > 130)
    for exchange in Self.ordinary {
      let hits = try Self.hits(exchange, screening)
      #expect(hits.isEmpty, "\(exchange.testDescription): \(hits)")
    }
  }

  @Test(
    "no rule may match a request that carries an ordinary value",
    arguments: ["query", "form", "json", "cookie", "multipart"])
  func ordinaryValuesPass(_ place: String) throws {
    let screening = try Self.screening()
    #expect(Self.values.count > 400)
    for value in Self.values {
      let encoded = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      let exchange: Exchange
      switch place {
      case "query": exchange = Exchange("GET /search?page=2&q=\(encoded)")
      case "form":
        exchange = Exchange(
          "POST /comments | Content-Type: application/x-www-form-urlencoded | body: name=Ann&text=\(encoded)&page=2")
      case "json":
        let json = try JSONSerialization.data(
          withJSONObject: ["id": 7, "name": "Ann", "text": value], options: [.sortedKeys])
        var posted = Exchange("POST /comments | Content-Type: application/json")
        posted.body = Array(json)
        exchange = posted
      case "multipart":
        var posted = Exchange("POST /comments | Content-Type: multipart/form-data; boundary=----WebKitFormBoundaryAb12")
        let parts = ["Ann", value, "2"].map {
          "------WebKitFormBoundaryAb12\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\($0)\r\n"
        }
        posted.body = Array((parts.joined() + "------WebKitFormBoundaryAb12--\r\n").utf8)
        exchange = posted
      default: exchange = Exchange("GET / | Cookie: theme=dark; last=\(encoded); n=1")
      }
      let hits = try Self.hits(exchange, screening)
      #expect(hits.isEmpty, "\(value): \(hits)")
    }
  }
}
