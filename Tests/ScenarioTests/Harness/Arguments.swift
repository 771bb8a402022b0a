/// The words of one statement, taken from left to right.
struct Arguments {
  private let statement: Statement
  private let peer: Peer
  private var words: ArraySlice<Word>
  private var marginIsTaken = false
  private var bodyIsTaken = false

  init(_ statement: Statement, peer: Peer) {
    self.statement = statement
    self.peer = peer
    words = statement.words.dropFirst()
  }

  func misuse(_ message: String) -> ScenarioFailure {
    ScenarioFailure(line: statement.line, message: "\(statement.summary): \(message)")
  }

  mutating func next(_ what: String) throws -> Word {
    guard let word = words.popFirst() else { throw misuse("\(what) is missing") }
    return word
  }

  /// Takes the next word if it is this bare one.
  mutating func take(_ keyword: String) -> Bool {
    guard words.first?.keyword == keyword else { return false }
    words.removeFirst()
    return true
  }

  mutating func number() throws -> Int {
    let word = substituted(try next("a number").bytes)
    guard let number = Int(String(decoding: word, as: UTF8.self)), number >= 0 else {
      throw misuse("a number is needed")
    }
    return number
  }

  mutating func name() throws -> String { String(decoding: substituted(try next("a name").bytes), as: UTF8.self) }

  /// The text given by the words, one behind the other, and by the margin. `times N TEXT` repeats the text; `gzip` and
  /// `deflate` before that compress it, and `chunk` before them all makes a chunk of it.
  /// - Parameter marginEnd: what ends every line of the margin; nil puts a line feed between the lines instead.
  mutating func text(marginEnd: String? = nil) throws -> [UInt8] {
    let isChunk = take("chunk")
    let coding: Coding? = take("gzip") ? .gzip : take("deflate") ? .deflate : nil
    let times = take("times") ? try number() : 1
    guard !words.isEmpty || !statement.margin.isEmpty else { throw misuse("a text is missing") }
    var text: [UInt8] = []
    while let word = words.popFirst() { text += substituted(word.bytes) }
    if let marginEnd {
      for line in statement.margin { text += substituted(line) + Array(marginEnd.utf8) }
    } else {
      text += statement.margin.map { substituted($0) }.joined(separator: [10])
    }
    marginIsTaken = true
    text = repeated(text, times)
    if let coding { text = coding.encode(text) }
    return isChunk ? Array(String(text.count, radix: 16).utf8) + [13, 10] + text + [13, 10] : text
  }

  /// By doubling: the texts of large bodies are made in a build without optimisation.
  private func repeated(_ text: [UInt8], _ times: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count * times)
    var power = text
    var rest = times
    while rest > 0 {
      if rest & 1 == 1 { result += power }
      rest >>= 1
      if rest > 0 { power += power }
    }
    return result
  }

  /// Whether no word is left.
  var isEmpty: Bool { words.isEmpty }

  /// The lines of the margin.
  mutating func lines() throws -> [[UInt8]] {
    marginIsTaken = true
    return statement.margin.map { substituted($0) }
  }

  /// Every word left, as a text of its own.
  mutating func texts() -> [[UInt8]] {
    defer { words.removeAll() }
    return words.map { substituted($0.bytes) }
  }

  mutating func body() throws -> [Statement] {
    guard let body = statement.body else { throw misuse("a block is missing") }
    bodyIsTaken = true
    return body
  }

  /// `gateway [N]`, `origin NAME`, or `unix PATH`.
  mutating func address() throws -> Address {
    if take("gateway") { return try peer.run.gatewayAddress(words.isEmpty ? 1 : try number()) }
    if take("origin") { return try peer.run.originAddress(try name()) }
    if take("unix") { return .unix(path: try name()) }
    throw misuse("gateway, origin or unix is needed")
  }

  /// Throws if something of the statement was not understood.
  func end() throws {
    if let word = words.first { throw misuse("\(word.shown) is not understood") }
    if !marginIsTaken, !statement.margin.isEmpty { throw misuse("it takes no text below it") }
    if !bodyIsTaken, statement.body != nil { throw misuse("it takes no block") }
  }

  private func substituted(_ text: [UInt8]) -> [UInt8] { peer.run.variables.substitute(in: text, row: peer.row) }
}
