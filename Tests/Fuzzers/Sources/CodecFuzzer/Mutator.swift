import WireProperties

/// Changes inputs: bytes, runs of bytes, and words that parsers stumble over.
struct Mutator {
  let corpus: [[UInt8]]
  var random: Randomness

  private static let words: [[UInt8]] = [
    "\r\n", "\n", "\r", "\r\n\r\n", "\u{0}", " ", "\t", ":", ": ", "\r\n ", ",", ";", "=", "\"", "%", "%0", "%00", "#",
    "?", "*", "/", "//", "@", "[", "]",
    "GET ", "HEAD ", "CONNECT ", "OPTIONS * ", " HTTP/1.1\r\n", " HTTP/1.0\r\n", "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 304 \r\n", "http://", "Host: a\r\n",
    "Host:", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Content-Length:", "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding:", "chunked", "identity",
    "Connection: close\r\n", "Connection: upgrade\r\nUpgrade: x\r\n", "Expect: 100-continue\r\n", "0\r\n\r\n",
    "5\r\nhello\r\n", "ffffffffffffffff",
    "18446744073709551616", "9223372036854775807", "\u{7f}", "\u{1}", "\u{ff}", "0x", "+", "-", ";a=\"b\\\"\"", "\u{b}",
    "\u{c}", "X: y\r\n", " : ",
  ].map { Array($0.utf8) }

  mutating func next() -> [UInt8] {
    var bytes = corpus[Int.random(in: 0..<corpus.count, using: &random)]
    for _ in 0..<Int.random(in: 0...6, using: &random) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where place < bytes.count: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
    case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
    case 3:
      let end = min(bytes.count, place + Int.random(in: 0...8, using: &random))
      bytes.removeSubrange(place..<end)
    case 4, 5:
      let word = Mutator.words[Int.random(in: 0..<Mutator.words.count, using: &random)]
      bytes.insert(contentsOf: word, at: place)
    case 6:
      // A piece of another input, or of this one again.
      let other = corpus[Int.random(in: 0..<corpus.count, using: &random)]
      let start = Int.random(in: 0...other.count, using: &random)
      let end = min(other.count, start + Int.random(in: 0...40, using: &random))
      bytes.insert(contentsOf: other[start..<end], at: place)
    case 7:
      let end = min(bytes.count, place + Int.random(in: 0...40, using: &random))
      bytes.insert(contentsOf: bytes[place..<end], at: place)
    default: break
    }
  }
}
