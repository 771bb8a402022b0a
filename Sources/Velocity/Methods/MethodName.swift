/// The methods that values have, on whatever class. A name that is not here is on none.
enum MethodName: String, CaseIterable {
  // Object
  case getClass, hashCode, equals, toString
  // Class
  case getName, getSimpleName, getTypeName
  // String
  case length, isEmpty, isBlank, charAt, codePointAt, codePointCount, substring, subSequence, indexOf, lastIndexOf
  case startsWith, endsWith, contains, equalsIgnoreCase, compareTo, compareToIgnoreCase, contentEquals, concat, replace
  case replaceAll, replaceFirst, split, matches, trim, strip, stripLeading, stripTrailing, toLowerCase, toUpperCase
  case repeated = "repeat"
  case intern, getBytes, toCharArray, valueOf, copyValueOf, format, formatted, join, regionMatches, indent
  // Collection, List, Set
  case size, get, set, add, addAll, remove, removeAll, retainAll, containsAll, clear, subList, iterator, listIterator
  case toArray, ensureCapacity, trimToSize, clone, toJSONString
  case getFirst, getLast
  // Map
  case put, putAll, putIfAbsent, containsKey, containsValue, keySet, values, entrySet, getOrDefault
  // Map.Entry
  case getKey, getValue, setValue
  // Iterator
  case hasNext, next
  // Number
  case intValue, longValue, doubleValue, floatValue, shortValue, byteValue
  case parseInt, parseLong, parseDouble, toHexString, toBinaryString, toOctalString, max, min, sum, compare
  case abs, signum, bitCount, reverse, numberOfLeadingZeros, numberOfTrailingZeros, decode, isNaN, isInfinite, isFinite
  case subtract, multiply, divide, mod, remainder, negate, pow, scale, precision, setScale, toPlainString
  case toEngineeringString, unscaledValue, stripTrailingZeros, bitLength, toBigInteger
  // Boolean
  case booleanValue, parseBoolean, logicalAnd, logicalOr, logicalXor
  // Character
  case charValue, isDigit, isLetter, isLetterOrDigit, isUpperCase, isLowerCase, isWhitespace, getNumericValue
  // $foreach
  case getIndex, getCount, getHasNext, isFirst, isLast, getParent, getTopmost, getReplaced, getInfo
  // $input
  case getBody, path, json, params
  // $util
  case escapeJavaScript, parseJson, urlEncode, urlDecode, base64Encode, base64Decode
}
