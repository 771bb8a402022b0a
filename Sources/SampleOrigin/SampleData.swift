/// The little world that the sample origin serves: ten people who look after a canal, ten posts of theirs, and five
/// comments under each. Made by the same rules at every start, so that an answer can be compared byte for byte.
struct SampleData: Sendable {
  struct User: Sendable {
    var id: Int
    var name: String
    var username: String
    var email: String
    var town: String
  }

  struct Post: Sendable {
    var id: Int
    var userID: Int
    var title: String
    var body: String
  }

  struct Comment: Sendable {
    var id: Int
    var postID: Int
    var name: String
    var email: String
    var body: String
  }

  let users: [User]
  let posts: [Post]
  let comments: [Comment]

  init() {
    let users = Self.people.enumerated().map { index, person in
      let first = person.name.prefix { $0 != " " }.lowercased()
      return User(
        id: index + 1, name: person.name, username: "\(first)\(index + 1)", email: "\(first)@canal.example",
        town: person.town)
    }
    let posts = Self.stories.enumerated().map { index, story in
      Post(id: index + 1, userID: index % users.count + 1, title: story.title, body: story.body)
    }
    let comments = posts.flatMap { post in
      (0..<5).map { index in
        // 3 and 7 have no divisor in common with 10: the writers and the remarks of neighbours differ.
        let writer = users[(post.id * 3 + index) % users.count]
        let number = (post.id - 1) * 5 + index
        return Comment(
          id: number + 1, postID: post.id, name: Self.openings[number % Self.openings.count], email: writer.email,
          body: Self.remarks[(number * 7 + post.id) % Self.remarks.count] + "\n\(writer.name), \(writer.town)")
      }
    }
    self.users = users
    self.posts = posts
    self.comments = comments
  }

  private static let people = [
    (name: "Ada Brook", town: "Upper Weir"), (name: "Bram Locke", town: "Millgate"),
    (name: "Cleo Ferry", town: "Towpath End"), (name: "Dov Reed", town: "Marsh Bridge"),
    (name: "Elin Quay", town: "Old Basin"), (name: "Femi Banks", town: "Upper Weir"),
    (name: "Greta Sluys", town: "Millgate"), (name: "Hugo Wharf", town: "Towpath End"),
    (name: "Ines Ford", town: "Marsh Bridge"), (name: "Jun Ripley", town: "Old Basin"),
  ]

  private static let stories = [
    (
      title: "Why the upper gate sticks", body: "The hinge is fine. It is the silt behind it that makes the gate heavy."
    ),
    (
      title: "Reading the gauge at dawn",
      body: "Before the first boat the water is level, and the number can be trusted."
    ),
    (title: "A winter without ice", body: "For the first time in nine years nobody had to break a channel by hand."),
    (
      title: "Painting the balance beams",
      body: "White at the ends and black between, so that they are seen in the dark."
    ),
    (title: "How long a lock takes", body: "Twelve minutes up and nine minutes down, if both paddles are in order."),
    (title: "The heron at the lower pound", body: "It stands where the leak is. That is how we found the leak."),
    (title: "Counting boats", body: "Four hundred and six in August, and more of them with a dog than without."),
    (title: "Grease, and where not to put it", body: "The rack wants it. The windlass does not, as we learned in May."),
    (title: "The night the culvert blocked", body: "A door, of all things. It had come all the way from the mill."),
    (
      title: "What the old map calls us",
      body: "Not a canal at all, but the New Cut, two hundred years after it was new."
    ),
  ]

  private static let openings = [
    "a question about this", "the same at our lock", "thank you", "a small correction", "one more thing",
    "from the archive", "is this still so", "seen last week", "a photograph would help", "well said",
  ]

  private static let remarks = [
    "We had it in the spring and it went away by itself.", "Who has the key to the hut these days?",
    "I would look at the paddle gear first.", "My grandfather told it the other way round.",
    "The gauge reads two fingers high since the repair.", "Please bring a longer rope the next time.",
    "It is steeper than it looks.", "The mill says that they know nothing of it.",
    "There is a better picture in the reading room.", "I walked there on Sunday and it was mended.",
  ]
}
