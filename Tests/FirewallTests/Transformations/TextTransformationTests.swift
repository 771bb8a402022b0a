import Testing

@testable import Firewall

/// Every transformation of spec § 15.5, from text to text. `\u{0}` to `\u{7F}` are bytes; longer ones UTF-8.
struct TextTransformationTests {
  private func apply(_ transformation: TextTransformation, _ text: [UInt8]) -> [UInt8] {
    text.withUnsafeBytes { text in
      [UInt8](unsafeUninitializedCapacity: transformation.bound(text.count) + 1) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        count = transformation.apply(text, into: base)
      }
    }
  }

  private func apply(_ transformation: TextTransformation, _ text: String) -> String {
    String(decoding: apply(transformation, Array(text.utf8)), as: UTF8.self)
  }

  private func apply(_ name: String, _ text: String) throws -> String {
    apply(try #require(TextTransformation(rawValue: name), "\(name)"), text)
  }

  @Test(
    "each transformation must do what AWS says of it",
    arguments: [
      ("NONE", "As It Is\n", "As It Is\n"),
      ("LOWERCASE", "AbC-É", "abc-É"),
      ("UPPERCASE", "AbC-é", "ABC-é"),
      ("URL_DECODE", "%3Cscript%3e+1%2B1", "<script> 1+1"),
      ("URL_DECODE", "%253C", "%3C"),
      ("URL_DECODE", "100% %zz %4", "100% %zz %4"),
      ("URL_DECODE", "%u0041", "%u0041"),
      ("URL_DECODE_UNI", "%u0041%U0042%43", "ABC"),
      ("URL_DECODE_UNI", "%uff1cscript%uFF1e", "<script>"),
      ("URL_DECODE_UNI", "%u004", "%u004"),
      ("HTML_ENTITY_DECODE", "&lt;a&gt; &quot;b&quot; &amp;c &#60;&#x3C;&#X3e;", "<a> \"b\" &c <<>"),
      ("HTML_ENTITY_DECODE", "&ltx &#0000060 &#x00000000003c;", "<x < <"),
      ("HTML_ENTITY_DECODE", "&#x20AC;&#8364;", "€€"),
      ("HTML_ENTITY_DECODE", "&#; &#x; &# &#99999999; &unknown; &", "&#; &#x; &# &#99999999; &unknown; &"),
      ("COMPRESS_WHITE_SPACE", " a\t\t\nb \u{B}\u{C}\r c", " a b c"),
      ("REMOVE_WHITESPACE", " a\t\nb \u{B}\u{C}\rc ", "abc"),
      ("TRIM", " \ta b\r\n ", "a b"),
      ("TRIM_LEFT", " \ta b\n", "a b\n"),
      ("TRIM_RIGHT", " a b\r\n ", " a b"),
      ("CMD_LINE", #"C^M"D".E\X'E /c,dir;;x  ("#, "cmd.exe/c dir x("),
      ("CMD_LINE_WIN", #"c^m"D" a\b 'x'"#, #"cmd a\b 'x'"#),
      ("CMD_LINE_UNIX", #"c\a't' /etc^x"#, "cat/etc^x"),
      ("BASE64_DECODE", "aGVsbG8gd29ybGQ=", "hello world"),
      ("BASE64_DECODE", "aGVs!bG8=", "hel"),
      ("BASE64_DECODE_EXT", "aG Vs!\nbG8=", "hello"),
      ("HEX_DECODE", "68656C6c6F", "hello"),
      ("HEX_DECODE", "6865zz", "he"),
      ("SQL_HEX_DECODE", "x = 0x414243 or 0X44z", "x = ABC or Dz"),
      ("SQL_HEX_DECODE", "0x 0xg 0x4", "0x 0xg 0x4"),
      ("REPLACE_COMMENTS", "a/*x*/b/**//*", "a b  "),
      ("REPLACE_COMMENTS", "UNION/* never ends", "UNION "),
      ("REPLACE_COMMENTS", "a*/b/", "a*/b/"),
      ("REMOVE_COMMENTS_CHAR", "a/*b*/c--d#e-f", "abcde-f"),
      ("ESCAPE_SEQ_DECODE", #"\x41\101\n\\\?\'\"\q\"#, "AA\n\\?'\"\\q\\"),
      ("CSS_DECODE", ##"e\78 pre\000073 sion\(\#n"##, "expression(#n"),
      ("CSS_DECODE", "ja\\\nvascript\\", "javascript"),
      ("CSS_DECODE", #"\ff1cx"#, "<x"),
      ("JS_DECODE", #"\u003c\x3c\74\n\'\u{3c}"#, "<<<\n'u{3c}"),
      ("JS_DECODE", #"\uFF1Cscript"#, "<script"),
      ("JS_DECODE_EXT", #"\u{3c}\u{20AC}\u003c\u{}"#, "<€<u{}"),
      ("NORMALIZE_PATH", "/a//b/./c/../d", "/a/b/d"),
      ("NORMALIZE_PATH", "../../a/../b", "../../b"),
      ("NORMALIZE_PATH", "/../../etc/passwd", "/etc/passwd"),
      ("NORMALIZE_PATH", "a/b/..", "a/"),
      ("NORMALIZE_PATH", #"\a\..\b"#, #"\a\..\b"#),
      ("NORMALIZE_PATH_WIN", #"\a\..\\b/./c\"#, "/b/c/"),
      ("REMOVE_NULLS", "a\u{0}b\u{0}", "ab"),
      ("REPLACE_NULLS", "a\u{0}b\u{0}", "a b "),
      ("UTF8_TO_UNICODE", "aé€𝄞", "a%u00e9%u20ac%u1d11e"),
    ])
  func transforms(_ name: String, _ text: String, _ expected: String) throws {
    #expect(try apply(name, text) == expected)
  }

  @Test("a no-break space must be one byte and count as white space")
  func noBreakSpace() {
    #expect(apply(.htmlEntityDecode, Array("a&nbsp;b".utf8)) == [97, 0xA0, 98])
    #expect(apply(.compressWhiteSpace, [97, 0xA0, 0xA0, 32, 98]) == [97, 32, 98])
  }

  @Test("a digest must be its bytes")
  func digests() {
    func hexadecimal(_ bytes: [UInt8]) -> String {
      bytes.map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }
    #expect(hexadecimal(apply(.md5, Array("abc".utf8))) == "900150983cd24fb0d6963f7d28e17f72")
    #expect(
      hexadecimal(apply(.sha256, Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(hexadecimal(apply(.md5, [])) == "d41d8cd98f00b204e9800998ecf8427e")
  }

  @Test(
    "what is no UTF-8 must stay as it is",
    arguments: [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xFF], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
  func illFormed(_ bytes: [UInt8]) {
    #expect(apply(.utf8ToUnicode, bytes) == bytes)
  }

  @Test("no text must become longer than its bound", arguments: TextTransformation.allCases)
  func bounds(_ transformation: TextTransformation) {
    var random = SplitMix(seed: 7)
    let pieces = [
      "%", "%u00", "41", "&#", "x", ";", "&lt", "\\", "\\u{", "}", "/*", "*/", "..", "/", " ", "é", "€", "𝄞", "0x",
      "--",
    ]
    for _ in 0..<500 {
      var text: [UInt8] = []
      for _ in 0..<(random.next() % 12) { text += Array(pieces[Int(random.next() % UInt64(pieces.count))].utf8) }
      if random.next() % 4 == 0 { text.append(UInt8(truncatingIfNeeded: random.next())) }
      let bound = transformation.bound(text.count)
      let guarded = [UInt8](unsafeUninitializedCapacity: bound + 16) { buffer, count in
        buffer.initialize(repeating: 0xAB)
        guard let base = buffer.baseAddress else { return }
        let written = text.withUnsafeBytes { transformation.apply($0, into: base) }
        #expect(written <= bound)
        count = bound + 16
      }
      #expect(guarded.suffix(16).allSatisfy { $0 == 0xAB }, "\(text)")
    }
  }
}
