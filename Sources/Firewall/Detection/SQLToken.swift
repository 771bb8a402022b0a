/// A piece of a text read as SQL: what it is and where it stands.
struct SQLToken {
  /// What a token is to the grammar. The raw value is its letter in a fingerprint.
  enum Kind: UInt8 {
    case number = 0x31  // 1
    case string = 0x73  // s
    case openString = 0x53  // S: one that the text does not close
    case name = 0x6E  // n
    case variable = 0x76  // v
    case constant = 0x74  // t: NULL, TRUE, CURRENT_USER
    case function = 0x66  // f: a name of a function of some dialect
    case telling = 0x46  // F: one that only an attack calls (SLEEP, LOAD_FILE)
    case logic = 0x26  // &
    case comparison = 0x3D  // =
    case arithmetic = 0x2B  // +
    case pipes = 0x7C  // |: OR to MySQL, concatenation to others
    case not = 0x21  // !
    case union = 0x55  // U
    case select = 0x45  // E
    case verb = 0x56  // V: the first word of another statement
    case clause = 0x6B  // k: FROM, WHERE, ORDER, LIMIT
    case word = 0x77  // w: any other word of the language
    case left = 0x28
    case right = 0x29
    case comma = 0x2C
    case semicolon = 0x3B
    case dot = 0x2E
    case colon = 0x3A
    case cast = 0x3F  // ?: PostgreSQL's ::
    case brace = 0x7B
    case closingBrace = 0x7D
    case comment = 0x63  // c: to the end of the line or of the text
    case conditional = 0x58  // X: MySQL's /*! and comments within comments
    case other = 0x6F  // o
    case end = 0x24  // $
  }

  var kind: Kind
  /// Which word, where the kind is one of words.
  var word: SQLWord
  /// Offsets into the text, in bytes.
  var start: Int
  var end: Int
  /// The first byte; of a string its quote.
  var first: UInt8

  init(_ kind: Kind, _ start: Int, _ end: Int, first: UInt8 = 0, word: SQLWord = .none) {
    self.kind = kind
    self.word = word
    self.start = start
    self.end = end
    self.first = first
  }

  /// Whether it stands for a value that needs no look at the statement around it.
  var isLiteral: Bool {
    switch kind {
    case .number, .string, .constant, .variable: true
    default: false
    }
  }
}
