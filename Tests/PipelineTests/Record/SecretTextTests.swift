import Testing

@testable import Pipeline

@Suite struct SecretTextTests {
  private let recorder = ExchangeRecorder(redaction: Redaction(), at: 0)

  @Test(
    "The values of secret members must be hidden, wherever they are in the text and however broken it is",
    arguments: [
      (#"{"password":"x"}"#, #"{"password":"[redacted]"}"#),
      (#"{"a":1,"token" : 12, "b":[1]}"#, #"{"a":1,"token" : "[redacted]", "b":[1]}"#),
      (
        #"{"credentials":{"user":"u","n":[1,"two"]},"open":"o"}"#,
        #"{"credentials":{"user":"[redacted]","n":["[redacted]","[redacted]"]},"open":"o"}"#
      ),
      (#"[{"secret":null},{"secret":""}]"#, #"[{"secret":null},{"secret":""}]"#),
      (#"{"password":"a\"b","c":"d"}"#, #"{"password":"[redacted]","c":"d"}"#),
      (#"{"pass\u0077ord":"x"}"#, #"{"pass\u0077ord":"[redacted]"}"#),
      (#"{password: abc}"#, #"{password: "[redacted]"}"#),
      (#"{"password":"cut o"#, #"{"password":"[redacted]""#),
      (#"{"password":"#, #"{"password":"#),
      (#"{"password":"x\"#, #"{"password":"[redacted]""#),
      (#"}}]{"a":"b"}"#, #"}}]{"a":"b"}"#),
      (#"{"a":"password","b":"c"}"#, #"{"a":"password","b":"c"}"#),
    ])
  func json(_ body: String, _ shown: String) {
    #expect(recorder.shown(body: body, "application/json") == shown)
  }

  @Test(
    "The values of secret parameters must be hidden in queries and forms",
    arguments: [
      ("a=1&token=abc&b=2", "a=1&token=[redacted]&b=2"), ("api%5Fkey=x", "api%5Fkey=[redacted]"),
      ("token=", "token="), ("token", "token"), ("a=1;secret=2;", "a=1;secret=[redacted];"), ("", ""),
    ])
  func form(_ text: String, _ shown: String) {
    #expect(recorder.shown(form: text) == shown)
    #expect(recorder.shown(query: "/p?\(text)") == "/p?\(shown)")
    #expect(recorder.shown(body: text, "application/x-www-form-urlencoded") == shown)
  }

  @Test("A target without a query, and text that is neither JSON nor a form, must stay")
  func others() {
    #expect(recorder.shown(query: "/token=1") == "/token=1")
    #expect(recorder.shown(body: "password: x", "text/plain") == "password: x")
  }
}
