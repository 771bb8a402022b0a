import Bytes
import Routing
import Testing

@Suite struct HostNameTests {
  @Test(
    "a host must be compared without capitals, port and the dot at its end",
    arguments: [
      ("App.Example.com", "app.example.com"), ("a.b:8080", "a.b"), ("a.b.", "a.b"), ("a.b.:80", "a.b"),
      ("[::1]:8080", "[::1]"), ("", nil), (".", nil), (":80", nil),
    ])
  func folded(host: String, name: String?) {
    var host = host
    #expect(host.withUTF8 { HostName.withFolded(UnsafeRawBufferPointer($0)) { $0.text } } == name)
  }

  @Test("what is too long to be a name must be none")
  func long() {
    var host = String(repeating: "a", count: 256)
    #expect(host.withUTF8 { HostName.withFolded(UnsafeRawBufferPointer($0)) { $0.text } } == nil)
  }
}
