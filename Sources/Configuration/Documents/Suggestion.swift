/// "did you mean": the nearest of the words that would have been right.
enum Suggestion {
  /// ``did you mean `responses`?`` when one of `known` is near enough to `word` to be what was meant.
  static func near(_ word: String, among known: some Sequence<String>) -> String? {
    guard word.utf8.count <= 100 else { return nil }
    let lowered = Array(word.lowercased().utf8)
    let allowed = max(1, min(3, word.utf8.count / 3))
    var best: (word: String, distance: Int)?
    for candidate in known.prefix(1000) {
      let distance = self.distance(lowered, Array(candidate.lowercased().utf8))
      guard distance <= allowed, distance < best?.distance ?? .max else { continue }
      best = (candidate, distance)
    }
    return best.map { "did you mean `\($0.word)`?" }
  }

  /// The number of bytes to insert, remove, replace or swap with their neighbour that make `a` into `b`.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
