import Foundation

/// What becomes of two answers to one line.
enum Verdict: Hashable {
  case same
  /// They differ as `Velocity.docc`, "Where it differs from the oracle", says.
  case explained(Explanation)
  case different

  enum Explanation: String, CaseIterable {
    case oracleGaveUp = "the oracle gave up: its time or its stack was over"
    case scalarJSON = "$input.json of a number, a boolean or null, which the oracle cannot write"
    case malformedBody = "a body or text that is no JSON, which the oracle refuses"
    case path = "a path that only one of them takes, or that the oracle fails on while it follows it"
    case identity = "the hash of an object that has none of its own"
    case floatTie = "the last digit of a Float"
    case halves = "a regular expression that matches nothing between the halves of a surrogate pair"
  }

  init(_ ours: Answer, _ theirs: Answer, template: String) {
    let error = theirs.error ?? ""
    if Self.areSame(ours, theirs) {
      self = .same
    } else if error.contains("Timeout") || error.contains("StackOverflow") {
      self = .explained(.oracleGaveUp)
    } else if error.contains("can not be converted to JSON")
      || error.contains("Invocation of method 'json'") && error.contains("NullPointer")
      || error.contains("because \"obj\" is null")
    {
      self = .explained(.scalarJSON)
    } else if error.contains("InvalidJson") {
      self = .explained(.malformedBody)
    } else if error.contains("InvalidPath") || error.contains("Filter: [")
      || error.contains(/Invocation of method '(path|json)'/) || ours.error?.contains("InvalidPath") == true
    {
      self = .explained(.path)
    } else if template.contains("hashCode"), Self.withoutNumbers(ours) == Self.withoutNumbers(theirs) {
      self = .explained(.identity)
    } else if template.contains("loat"), theirs.output?.contains("E9") == true {
      self = .explained(.floatTie)
    } else if template.contains(/replace(All|First)|split/), Self.areHalved(ours, theirs) {
      self = .explained(.halves)
    } else {
      self = .different
    }
  }

  private static func areSame(_ ours: Answer, _ theirs: Answer) -> Bool {
    guard (ours.error == nil) == (theirs.error == nil) else { return false }
    // A template that cannot be parsed writes nothing; the messages are everybody's own.
    return normal(ours.output ?? ours.partial) == normal(theirs.output ?? theirs.partial)
  }

  /// Without what differs from one run of the oracle to the next: the hashes of objects, and its own classes' names.
  private static func normal(_ text: String) -> String {
    text.replacing(/Aws\$(Input|Util)/) { String($0.1) }.replacing(/@[0-9a-f]{1,8}/) { _ in "@" }
  }

  /// Whether characters beyond U+FFFF of ours are halves of them, written as question marks, in theirs.
  private static func areHalved(_ ours: Answer, _ theirs: Answer) -> Bool {
    func count(_ answer: Answer, _ test: (Unicode.Scalar) -> Bool) -> Int {
      (answer.output ?? answer.partial).unicodeScalars.count(where: test)
    }
    return count(ours) { $0.value > 0xFFFF } > count(theirs) { $0.value > 0xFFFF }
      && count(theirs) { $0 == "?" } > count(ours) { $0 == "?" }
  }

  private static func withoutNumbers(_ answer: Answer) -> String {
    normal(answer.output ?? answer.partial).replacing(/-?[0-9]+/) { _ in "#" }
  }
}
