/// The open client connections of one worker: a doubly linked list, so that joining and leaving cost the same for ten and
/// for ten thousand.
final class ConnectionSet {
  private(set) var count = 0
  private var first: ClientConnection?

  func insert(_ connection: ClientConnection) {
    connection.next = first
    first?.previous = connection
    first = connection
    count += 1
  }

  func remove(_ connection: ClientConnection) {
    if let previous = connection.previous {
      previous.next = connection.next
    } else {
      first = connection.next
    }
    connection.next?.previous = connection.previous
    connection.next = nil
    connection.previous = nil
    count -= 1
  }

  func forEach(_ body: (ClientConnection) -> Void) {
    var visited = first
    while let connection = visited {
      visited = connection.next
      body(connection)
    }
  }
}
