/// Methods without parameters, by class.
///
/// Velocity 1.7 finds such a method whatever the call's arguments are, if no other of its name fits, and the call then
/// fails: `$s.trim('x')` is an error and not the empty string.
enum BareMethods {
  private static let object: Set<MethodName> = [.getClass, .hashCode, .toString]

  private static let string = object.union([
    .length, .isEmpty, .isBlank, .trim, .strip, .stripLeading, .stripTrailing, .toLowerCase, .toUpperCase, .intern,
    .getBytes, .toCharArray,
  ])
  private static let collection = object.union([.size, .isEmpty, .clear, .iterator, .toArray])
  private static let list = collection.union([.listIterator, .clone, .trimToSize])
  private static let map = object.union([.size, .isEmpty, .clear, .keySet, .values, .entrySet, .clone])
  private static let loop = map.union([
    .getIndex, .getCount, .hasNext, .getHasNext, .getFirst, .isFirst, .getLast, .isLast, .getParent, .getTopmost,
    .getReplaced, .getInfo,
  ])
  private static let entry = object.union([.getKey, .getValue])
  private static let array = object.union([.size, .isEmpty])
  private static let iterator = object.union([.hasNext, .next, .remove])
  private static let number = object.union([
    .intValue, .longValue, .doubleValue, .floatValue, .shortValue, .byteValue,
  ])
  private static let double = number.union([.isNaN, .isInfinite])
  private static let big = number.union([.abs, .negate, .signum])
  private static let boolean = object.union([.booleanValue])
  private static let character = object.union([.charValue])
  private static let input = object.union([.getBody, .params])
  private static let type = object.union([.getName, .getSimpleName, .getTypeName])

  static func has(_ name: MethodName, on value: Value) -> Bool {
    switch value {
    case .null: false
    case .text: string.contains(name)
    case .node(let node): (node.kind == .string ? string : node.kind == .array ? list : map).contains(name)
    case .bool: boolean.contains(name)
    case .character: character.contains(name)
    case .int, .long: number.contains(name)
    case .double: double.contains(name)
    case .object(let object): has(name, on: object)
    }
  }

  private static func has(_ name: MethodName, on object: JavaObject) -> Bool {
    switch object {
    case is ListObject: list.contains(name)
    case is LoopScope: loop.contains(name)
    case is MapObject: map.contains(name)
    case is MapView: collection.contains(name)
    case is EntryObject: entry.contains(name)
    case is ArrayObject: array.contains(name)
    case is IteratorObject: iterator.contains(name)
    case is ClassObject: type.contains(name)
    case let number as NumberObject:
      switch number.number {
      case .bigInteger, .bigDecimal: big.contains(name)
      case .float: double.contains(name)
      default: BareMethods.number.contains(name)
      }
    case let opaque as OpaqueObject: (opaque.kind == .input ? input : BareMethods.object).contains(name)
    default: BareMethods.object.contains(name)
    }
  }
}
