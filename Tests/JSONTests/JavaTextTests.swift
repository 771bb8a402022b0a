import Bytes
import JSON
import Testing

@Suite struct JavaTextTests {
  @Test(
    "a value must read as Java's toString: objects as maps, arrays as JSON, scalars plainly",
    arguments: [
      (
        #"{"a":"x/y","b":[1,"x/y",{"c":null}],"d":{"e":null,"f":{}},"g":1.50,"h":true}"#,
        #"{a=x/y, b=[1,"x\/y",{"c":null}], d={e=null, f={}}, g=1.5, h=true}"#
      ),
      (#""text\n""#, "text\n"), ("null", "null"), ("{}", "{}"), ("[]", "[]"), ("1e400", "Infinity"),
      ("[1e400]", "[null]"),
      (#"{"a":1,"a":{"b":2}}"#, "{a={b=2}}"), (#"{"":{"":{}}}"#, "{={={}}}"),
    ] as [(String, String)])
  func texts(text: String, expected: String) throws {
    let document = try JSONDocument(parsing: text)
    let out = ByteBuffer()
    JavaText.write(document.root, into: out)
    #expect(out.readable.text == expected)
  }
}
