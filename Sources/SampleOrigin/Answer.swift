import Bytes
import HTTPSemantics
import HTTPWire

/// What the sample origin answers to a request head, decided without looking at the body.
struct Answer {
  enum Body {
    /// These bytes.
    case document([UInt8])
    /// The request's own body: read to its end first, since a record cannot be stored before it is whole.
    case record
    /// The request's own body, given back while it comes.
    case echo
    /// So many bytes, made as they are sent.
    case filler(Int)
  }

  var status: Int
  var body: Body
  /// Field lines, each with its line end.
  var fields = ""
  /// Milliseconds to wait before the answer.
  var delay = 0

  /// A longer one would only keep a connection busy.
  static let longestDelay = 600_000
  static let mostFiller = 1 << 42
}

extension Answer {
  init(to head: RequestHead, documents: SampleDocuments) {
    let query = Query(head.queryBytes)
    let path = head.pathBytes.text.split(separator: "/").map(String.init)
    self = Self.resource(path, head, query, documents)
    if let status = query.number("status"), (200...599).contains(status) {
      self = .message(status, "\(StatusCode.reason(status))")
    }
    delay = min(max(query.number("delay") ?? 0, 0), Self.longestDelay)
  }

  private static func resource(
    _ path: [String], _ head: RequestHead, _ query: Query, _ documents: SampleDocuments
  ) -> Answer {
    switch path.first {
    case nil: return read(documents.index, head)
    case "posts": return collection("posts", documents.posts, documents.posts.all, path, head)
    case "users": return collection("users", documents.users, documents.users.all, path, head)
    case "comments":
      let all = query.number("postId").map { documents.comments(ofPost: $0) } ?? documents.comments.all
      return collection("comments", documents.comments, all, path, head)
    case "echo" where path.count == 1:
      let type = head.first(.contentType).map { head.value(of: $0).text } ?? "application/octet-stream"
      return Answer(status: 200, body: .echo, fields: "Content-Type: \(type)\r\nCache-Control: no-store\r\n")
    case "bytes" where path.count == 2:
      guard let count = Int(path[1]), count >= 0, count <= mostFiller else { return .message(404, "Not Found") }
      return Answer(
        status: 200, body: .filler(count),
        fields: "Content-Type: application/octet-stream\r\nCache-Control: no-store\r\n")
    default: return .message(404, "Not Found")
    }
  }

  /// `/name` and `/name/{id}`: what is written there is answered as if it had been stored.
  private static func collection(
    _ name: String, _ items: SampleDocuments.Collection, _ all: SampleDocuments.Document, _ path: [String],
    _ head: RequestHead
  ) -> Answer {
    let item = path.count == 2 ? Int(path[1]).flatMap { items[$0] } : nil
    guard path.count == 1 || item != nil else { return .message(404, "Not Found") }
    switch (head.method, item) {
    case (.get, let item), (.head, let item): return read(item ?? all, head)
    case (.post, nil):
      return Answer(
        status: 201, body: .record, fields: "Location: /\(name)/\(items.each.count + 1)\r\n" + Self.typeField(head))
    case (.put, .some), (.patch, .some): return Answer(status: 200, body: .record, fields: Self.typeField(head))
    case (.delete, .some): return Answer(status: 204, body: .document([]))
    default:
      var answer = Answer.message(405, "Method Not Allowed")
      answer.fields += "Allow: " + (item == nil ? "GET, HEAD, POST" : "GET, HEAD, PUT, PATCH, DELETE") + "\r\n"
      return answer
    }
  }

  private static func read(_ document: SampleDocuments.Document, _ head: RequestHead) -> Answer {
    guard head.method == .get || head.method == .head else {
      var answer = Answer.message(405, "Method Not Allowed")
      answer.fields += "Allow: GET, HEAD\r\n"
      return answer
    }
    let validators = "Cache-Control: public, max-age=60\r\nETag: \(document.entityTag)\r\n"
    if let condition = head.first(.ifNoneMatch), head.value(of: condition).text.contains(document.entityTag) {
      return Answer(status: 304, body: .document([]), fields: validators)
    }
    return Answer(
      status: 200, body: .document(document.bytes), fields: "Content-Type: application/json\r\n" + validators)
  }

  /// A status with its own name as a JSON document.
  static func message(_ status: Int, _ text: String) -> Answer {
    guard !StatusCode.forbidsBody(status) else { return Answer(status: status, body: .document([])) }
    return Answer(
      status: status, body: .document(Array("{\"status\":\(status),\"message\":\"\(text)\"}".utf8)),
      fields: "Content-Type: application/json\r\nCache-Control: no-store\r\n")
  }

  private static func typeField(_ head: RequestHead) -> String {
    "Content-Type: \(head.first(.contentType).map { head.value(of: $0).text } ?? "application/json")\r\n"
  }
}

/// The parameters of a query that the sample origin looks at: numbers by name.
private struct Query {
  private let bytes: UnsafeRawBufferPointer?

  init(_ bytes: UnsafeRawBufferPointer?) { self.bytes = bytes }

  /// The first parameter with this name, if it is a number.
  func number(_ name: StaticString) -> Int? {
    guard let bytes else { return nil }
    for pair in QueryString(bytes) where pair.name.equals(name) { return Int(pair.value.text) }
    return nil
  }
}
