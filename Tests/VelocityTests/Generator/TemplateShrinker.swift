/// Makes a text that shows a fault as short as it can be and still show it: leaves out ever smaller pieces (Zeller and
/// Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
enum TemplateShrinker {
  /// - Parameter shows: whether a text still shows the fault. It must be true of `text`.
  static func shrink(_ text: String, while shows: (String) throws -> Bool) rethrows -> String {
    var characters = Array(text)
    var size = max(1, characters.count / 2)
    while true {
      var didShrink = false
      var start = 0
      while start < characters.count {
        let end = min(start + size, characters.count)
        let candidate = Array(characters[..<start] + characters[end...])
        if try shows(String(candidate)) {
          characters = candidate
          didShrink = true
        } else {
          start = end
        }
      }
      if didShrink { continue }
      if size > 1 {
        size = max(1, size / 2)
      } else if let shorter = try removingOneRun(characters, while: shows) {
        characters = shorter
      } else {
        return String(characters)
      }
    }
  }

  /// Takes out the longest run that can be spared: a directive and its end go together or not at all.
  private static func removingOneRun(
    _ characters: [Character], while shows: (String) throws -> Bool
  ) rethrows -> [Character]? {
    for length in stride(from: characters.count - 1, to: 1, by: -1) {
      for start in 0...(characters.count - length) {
        let candidate = Array(characters[..<start] + characters[(start + length)...])
        if try shows(String(candidate)) { return candidate }
      }
    }
    return nil
  }
}
