/// Bodies of about a mebibyte, the same in every run, each of another nature.
enum Bodies {
  /// The body that the oracle times: five comments of ordinary length.
  static let fiveComments = comments(5, indent: "")

  static func comments(_ count: Int, indent: String) -> String {
    let separator = indent.isEmpty ? ", " : ",\n\(indent)\(indent)"
    let opening = indent.isEmpty ? "{" : "\n\(indent){\n\(indent)\(indent)"
    let closing = indent.isEmpty ? "}" : "\n\(indent)}"
    let comments = (1...count).map { number in
      opening
        + [
          #""postId": 1"#, #""id": \#(number)"#, #""name": "a comment, the \#(number)th of \#(count)""#,
          #""email": "reader\#(number)@example.org""#,
          #""body": "first line of a comment of ordinary length\nsecond line, somewhat longer than the first one is""#,
        ].joined(separator: separator) + closing
    }
    return "[\(comments.joined(separator: ","))]"
  }

  static var numbers: String {
    var state: UInt64 = 1
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let rows = (0..<40_000).map { _ in
      "[\(next() % 1_000_000),\(next() % 1000).\(next() % 100_000),-\(Double(next() % 1_000_000) / 7)]"
    }
    return "[\(rows.joined(separator: ","))]"
  }

  static var japanese: String {
    let posts = (0..<4000).map { number in
      #"{"id":\#(number),"text":"おはよう、世界。今日はとても良い天気ですね。\#(number)番目の投稿です。","user":{"name":"名前\#(number)","verified":false,"url":null}}"#
    }
    return "[\(posts.joined(separator: ","))]"
  }

  static var escapes: String {
    let lines = (0..<8000).map { #""line \#($0)\n\t\"quoted\" \\ \u00e9\u4e2d\ud83d\ude00 and plain words behind it""# }
    return "[\(lines.joined(separator: ","))]"
  }

  static var manyMembers: String {
    let members = (0..<20_000).map { #""key\#($0)":{"a":\#($0),"b":[\#($0),1],"c":{"d":"x\#($0)"}}"# }
    return "{\(members.joined(separator: ","))}"
  }
}
