import CacheRules

/// The store's part in its disk tier.
extension CacheStore {
  /// Takes in what an earlier process has left on disk: to be called, and waited for, before the store is used.
  /// - Parameter done: called once, on another thread.
  public func restore(_ done: @escaping @Sendable () -> Void) {
    guard let disk else { return done() }
    disk.restore(into: self, done)
  }

  /// Has the sum of a body on disk checked.
  /// - Parameter answer: called once, on another thread: whether the body may be sent.
  public func check(_ file: BodyFile, _ answer: @escaping @Sendable (Bool) -> Void) {
    guard let disk else { return answer(false) }
    disk.check(file, answer)
  }

  /// The same response with its body elsewhere.
  func copy(of object: StoredObject, body: StoredBody) -> StoredObject {
    StoredObject(
      key: object.key, hash: object.hash, selection: object.selection, fields: object.fields, record: object.record,
      body: body, tags: object.tags, account: memory)
  }

  /// Adds an object that an earlier process has left on disk.
  /// - Returns: nil where another one has its key and its selection.
  func restore(_ head: DiskHead, _ file: BodyFile) -> StoredObject? {
    let object = head.key.withUnsafeBytes { key in
      head.selection.withUnsafeBytes { selection in
        head.fields.withUnsafeBytes { fields in
          self.object(
            key: key, hash: hash(key), selection: selection, fields: fields, record: head.record, body: StoredBody(file)
          )
        }
      }
    }
    guard shard(object.hash).restore(object) else { return nil }
    makeRoom()
    return object
  }
}
