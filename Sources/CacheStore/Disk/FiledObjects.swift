/// The objects whose bodies lie on disk, in the order in which they make room: the oldest first, but each hit earns another
/// round. The tier's thread alone has to do with it.
// SAFETY: what changes is touched only by jobs of the tier's queue, one after the other.
final class FiledObjects: @unchecked Sendable {
  private var objects: [UInt64: StoredObject] = [:]
  /// Numbers of files, the oldest first from `start` on; those that have left are passed over.
  private var numbers: [UInt64] = []
  private var start = 0

  func set(_ object: StoredObject, _ file: BodyFile) {
    if objects.updateValue(object, forKey: file.id) == nil { numbers.append(file.id) }
  }

  func remove(_ file: BodyFile) { objects[file.id] = nil }

  /// Takes out the object that has to go; nil where there is none.
  func next() -> StoredObject? {
    while start < numbers.count {
      let number = numbers[start]
      start += 1
      if start > 1024, start > numbers.count / 2 {
        numbers.removeFirst(start)
        start = 0
      }
      guard let object = objects[number] else { continue }
      let hits = object.frequency.load(ordering: .relaxed)
      if hits > 0 {
        object.frequency.store(hits - 1, ordering: .relaxed)
        numbers.append(number)
      } else {
        objects[number] = nil
        return object
      }
    }
    return nil
  }
}
