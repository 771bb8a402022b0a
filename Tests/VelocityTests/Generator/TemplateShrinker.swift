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
      if size == 1 { return String(characters) }
      size = max(1, size / 2)
    }
  }
}
