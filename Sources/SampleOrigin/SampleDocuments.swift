import Bytes

/// The sample data as JSON documents, written once at the start.
struct SampleDocuments: Sendable {
  /// A document and the entity tag that names its bytes.
  struct Document: Sendable {
    let bytes: [UInt8]
    let entityTag: String

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      // FNV-1a: enough to tell documents of our own apart.
      let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
      entityTag = "\"\(String(hash, radix: 16))\""
    }
  }

  /// One kind of thing: all of them together, and each by its number from 1.
  struct Collection: Sendable {
    let all: Document
    let each: [Document]

    init(_ items: [[UInt8]]) {
      all = Document(Array("[".utf8) + items.joined(separator: Array(",".utf8)) + Array("]".utf8))
      each = items.map { Document($0) }
    }

    subscript(id: Int) -> Document? { id >= 1 && id <= each.count ? each[id - 1] : nil }
  }

  let users: Collection
  let posts: Collection
  let comments: Collection
  /// The comments of a post, by its number from 1.
  private let byPost: [Collection]
  let index: Document

  init(_ data: SampleData) {
    users = Collection(
      data.users.map { user in
        Self.object([
          ("id", .number(user.id)), ("name", .text(user.name)), ("username", .text(user.username)),
          ("email", .text(user.email)), ("town", .text(user.town)),
        ])
      })
    posts = Collection(
      data.posts.map { post in
        Self.object([
          ("userId", .number(post.userID)), ("id", .number(post.id)), ("title", .text(post.title)),
          ("body", .text(post.body)),
        ])
      })
    let comments = data.comments.map { comment in
      Self.object([
        ("postId", .number(comment.postID)), ("id", .number(comment.id)), ("name", .text(comment.name)),
        ("email", .text(comment.email)), ("body", .text(comment.body)),
      ])
    }
    self.comments = Collection(comments)
    byPost = data.posts.map { post in
      Collection(zip(data.comments, comments).filter { $0.0.postID == post.id }.map(\.1))
    }
    index = Document(Array(Self.offer.utf8))
  }

  /// The comments of a post; none, as an empty list, for a post that does not exist.
  func comments(ofPost id: Int) -> Document {
    id >= 1 && id <= byPost.count ? byPost[id - 1].all : Self.none
  }

  static let none = Document(Array("[]".utf8))

  private static let offer = """
    {"offers":["/posts","/posts/1","/comments?postId=1","/comments/1","/users","/users/1","/echo","/bytes/1000000"],\
    "on any of them":["?delay=MILLISECONDS","?status=NUMBER"]}
    """

  // MARK: Writing

  private enum Value { case number(Int), text(String) }

  private static func object(_ members: [(String, Value)]) -> [UInt8] {
    let out = ByteBuffer(capacity: 512)
    var separator: StaticString = "{"
    for (name, value) in members {
      out.write(separator)
      write(name, into: out)
      out.write(":")
      switch value {
      case .number(let number): out.write(decimal: number)
      case .text(let text): write(text, into: out)
      }
      separator = ","
    }
    out.write("}")
    return Array(out.readable)
  }

  /// A JSON string. The texts are ours: what would need another escape than these is not in them.
  private static func write(_ text: String, into out: ByteBuffer) {
    out.write("\"")
    for byte in text.utf8 {
      switch byte {
      case 10: out.write("\\n")
      case 34: out.write("\\\"")
      case 92: out.write("\\\\")
      default: out.write(byte: byte)
      }
    }
    out.write("\"")
  }
}
