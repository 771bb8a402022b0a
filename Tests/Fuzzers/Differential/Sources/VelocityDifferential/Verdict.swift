import Foundation
import JSONPaths

/// What becomes of two answers to one line.
enum Verdict: Hashable {
  case same
  /// They differ as `Velocity.docc`, "Where it differs from the oracle", says.
  case explained(Explanation)
  case different

  enum Explanation: String, CaseIterable {
    case oracleGaveUp = "the oracle gave up: its time, its stack or its memory was over"
    case scalarJSON = "$input.json of a number, a boolean or null, which the oracle cannot write"
    case malformedBody = "a body or text that is no JSON, which the oracle refuses"
    case rounds = "a loop with more rounds than there may be, which the oracle ends silently"
    case path = "a path that only one of them takes, or that the oracle fails on while it follows it"
    case identity = "the hash of an object that has none of its own"
    case floatTie = "the last digit of a Float"
    case arguments = "a method that the oracle finds and then calls with another number of arguments than it takes"
    case halves = "a regular expression that matches nothing between the halves of a surrogate pair"
  }

  init(_ ours: Answer, _ theirs: Answer, template: String) {
    let error = theirs.error ?? ""
    if Self.areSame(ours, theirs) {
      self = .same
    } else if error.contains("Timeout") || error.contains("StackOverflow") || error.contains("OutOfMemory") {
      self = .explained(.oracleGaveUp)
    } else if error.contains("can not be converted to JSON")
      || error.contains("Invocation of method 'json'") && error.contains("NullPointer")
      || error.contains("because \"obj\" is null")
    {
      self = .explained(.scalarJSON)
    } else if ours.error?.contains("goes round more than") == true {
      self = .explained(.rounds)
    } else if error.contains("InvalidJson") {
      self = .explained(.malformedBody)
    } else if error.contains("InvalidPath") || error.contains("Filter: [")
      || error.contains(/Invocation of method '(path|json)'/) || ours.error?.contains("InvalidPath") == true
      || Self.hasRefusedPath(template)
    {
      self = .explained(.path)
    } else if error.contains("wrong number of arguments") {
      self = .explained(.arguments)
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

  /// Whether a path that is written out is none to us: then it leads nowhere, whatever the oracle reads it as.
  private static func hasRefusedPath(_ template: String) -> Bool {
    template.matches(of: /input\.(?:path|json)\((['"])(.*?)\1\)/).contains { match in
      let path = match.2
      // A bracket that belongs to nothing is part of a name here.
      return path.count { $0 == "[" } != path.count { $0 == "]" } || (try? JSONPath(String(path))) == nil
    }
  }

  private static func areSame(_ ours: Answer, _ theirs: Answer) -> Bool {
    guard (ours.error == nil) == (theirs.error == nil) else { return false }
    // A template that cannot be parsed writes nothing; the messages are everybody's own.
    return normal(ours.output ?? ours.partial) == normal(theirs.output ?? theirs.partial)
  }

  /// Without what differs from one run of the oracle to the next: the hashes of objects, and its own classes' names.
  private static func normal(_ text: String) -> String {
    text.replacing(/Aws\$(Input|Util)/) { String($0.1) }.replacing(/@[0-9a-f]+/) { _ in "@" }
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
