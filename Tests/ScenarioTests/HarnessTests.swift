import Testing

/// The harness must notice what goes wrong: a scenario that can only pass proves nothing.
struct HarnessTests {
  /// What goes wrong in a scenario, as `line: message`.
  private func failures(_ text: String) throws -> [String] {
    ScenarioRun.play(try ScenarioParser.parse(text)).map { "\($0.line): \($0.message)" }
  }

  private let origin = """
    origin o {
      accept
      expect request "GET / HTTP/1.1"
      expect header Host "a"
      send "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nX: 1\\r\\n\\r\\nok"
    }

    """

  private let request = #"connect origin o"# + "\n" + #"send "GET / HTTP/1.1\r\nHost: a\r\n\r\n""# + "\n"

  @Test("a scenario that goes as written must have no failures")
  func passes() throws {
    #expect(
      try failures(origin + "client c {\n" + request + "expect status 200\nexpect body 'ok'\nexpect close\n}") == [])
  }

  /// The scenario's line 10 is the first of `statements`.
  private func failures(ofClient statements: String) throws -> [String] {
    try failures(origin + "client c {\n" + request + statements + "\n}")
  }

  @Test(
    "an expectation that does not hold must fail at its line, with what was expected and received",
    arguments: [
      ("expect status 404", "10: expect status 404: ", "expected: 404"),
      ("expect status 200\nexpect body 'no'", "11: ", "received: ok"),
      ("expect status 200\nexpect header X 2", "11: ", "X: 1"),
      ("expect status 200\nexpect header X 1 1", "11: ", "X: 1"),
      ("expect status 200\nexpect no header X", "11: ", "it is there: 1"),
      ("expect status 200\nexpect head\n| HTTP/1.1 200 OK", "11: ", "Content-Length: 2"),
      ("expect status 200\nexpect head\n| HTTP/1.1 200 {{N.*}}", "11: ", "Content-Length: 2"),
      ("expect status 200\nexpect body 'o{{[0-9]}}'", "11: ", "received: ok"),
      ("expect status 200\nexpect body ok\nexpect status 200", "12: ", "the peer closed the connection"),
      ("expect status 200\nexpect close", "11: ", "the connection still gives: ok"),
      ("expect status 200\nexpect reset", "11: ", "the peer closed the connection"),
      ("expect status 200\nexpect broken", "11: ", "the body came to an orderly end: ok"),
      ("expect status 200\nexpect body ok\nexpect bytes more", "12: ", "the peer closed the connection"),
      ("expect refused origin o", "10: ", "the connection was accepted"),
    ])
  func failsAtItsLine(_ statements: String, _ place: String, _ message: String) throws {
    let failures = try failures(ofClient: statements)
    #expect(failures.contains { $0.hasPrefix(place) && $0.contains(message) }, "\(failures)")
  }

  @Test(
    "a statement that is not understood must fail at its line",
    arguments: [
      ("dance", "there is no such statement here"),
      ("expect wonders", "there is no such expectation"),
      ("expect no harm", "header, trailer or body is needed"),
      ("close the-door", "the-door is not understood"),
      ("close {\n}", "it takes no block"),
      ("close\n| now", "it takes no text below it"),
      ("send", "a text is missing"),
      ("wait long", "a number is needed"),
      ("barrier", "a name is missing"),
      ("accept", "only origins accept"),
      ("connect nowhere", "gateway, origin or unix is needed"),
      ("connect gateway", "there is no gateway"),
    ])
  func rejectsNonsense(_ statement: String, _ message: String) throws {
    let failures = try failures("client c {\n\(statement)\n}")
    #expect(failures.count == 1 && failures[0].hasPrefix("2: ") && failures[0].contains(message), "\(failures)")
  }

  @Test("a line of the log must be looked for behind the last step only")
  func logLines() throws {
    let text = """
      gateway {
        use proxy
        environment SLUICE_BACKEND x
        file gateway.yaml
          | listeners: [{ address: "127.0.0.1:0" }]
          | apis: [{ name: api, definition: api.yaml, stages: [{ name: dev, variables: { backend: x } }] }]
      }
      expect log "deployment 1"
      signal USR1
      patience 1
      expect log "access logs reopened"
      expect log "deployment 1"
      """
    let failures = try failures(text)
    #expect(failures.first?.hasPrefix("12: expect log") == true, "\(failures)")
  }

  @Test("an origin that nobody came to must fail")
  func unvisitedOrigin() throws {
    #expect(try failures(origin).first?.hasPrefix("2: accept: ") == true)
  }

  @Test("a row of a table that does not go as written must fail at the row's line")
  func rows() throws {
    let failures = try failures(
      """
      origin o {
        serve {
          read
          send "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n"
        }
      }
      table path status {
        /a 200
        /b 201
      }
      each {
        client c {
          connect origin o
          send "GET ${row.path} HTTP/1.1\\r\\n\\r\\n"
          expect status "${row.status}"
        }
      }
      """)
    #expect(failures.count == 1)
    #expect(failures.first?.hasPrefix("9: expect status") == true, "\(failures)")
    #expect(failures.first?.contains("at line 15") == true, "\(failures)")
  }

  @Test(
    "a text that is no scenario must be rejected at its line",
    arguments: [
      ("client c {", "1: this block is never closed"),
      ("}", "1: a closing brace without an opening one"),
      ("| text", "1: a margin line without a statement above it"),
      ("a {\nb } c\n} d", "3: a closing brace stands alone on its line"),
      ("{", "1: a brace without a statement before it"),
      ("\n\nsend \"open", "3: a text without its closing \""),
      ("send 'open", "1: a text without its closing '"),
      (#"send "\q""#, "1: an escape that is none of"),
      (#"send "\x4""#, "1: \\x takes two digits"),
    ])
  func rejectsOtherTexts(_ text: String, _ message: String) {
    #expect {
      try ScenarioParser.parse(text)
    } throws: { error in
      guard let failure = error as? ScenarioFailure else { return false }
      return "\(failure.line): \(failure.message)".hasPrefix(message)
    }
  }

  @Test("a text must be read with its escapes, and between single quotation marks as it stands")
  func words() throws {
    let words = try ScenarioParser.parse(#"send "a\r\n\x00\"" '\r' bare # a comment"#).first?.words
    #expect(
      words?.map(\.bytes) == [Array("send".utf8), Array("a\r\n\0\"".utf8), Array(#"\r"#.utf8), Array("bare".utf8)])
    #expect(words?.map(\.isQuoted) == [false, true, true, false])
  }
}
