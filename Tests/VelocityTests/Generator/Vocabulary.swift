/// What generated templates and bodies are made of.
enum Vocabulary {
  enum Argument { case any, int, string, regex, key, list, map, number, format }

  static let names = ["a", "b", "c", "id", "name", "items", "x-y", "a b", "n", "s"]

  static let variables = [
    "x", "y", "s", "l", "m", "i", "n", "d", "e", "x", "s", "l", "m", "missing", "foreach", "x-y", "_u",
  ]

  static let jsonStrings = [
    "\"\"", "\"abc\"", "\"a,b,,c,\"", "\"Hello World\"", "\"it's \\\"q\\\"\"", "\"line\\nbreak\\ttab\"", "\"é ü\"",
    "\"\\u00e9\"",
    "\"😀x\"", "\"\\ud83d\\ude00\"", "\"a/b\\\\c\"", "\"10\"", "\"2.5\"", "\"true\"", "\" padded \"",
    "\"x\\u0001\\u007f\"",
    "\"$x #end\"", "\"\\u2028\"", "\"ABC\"",
  ]

  static let jsonNumbers = [
    "0", "1", "-1", "2", "10", "42", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
    "9223372036854775808", "123456789012345678901234567890", "0.5", "1.0", "1.50", "-0.0", "-0", "1e3", "1E-7", "100.0",
    "12345678.9", "0.001", "1.2345678901234567890", "3.14159", "1e21", "1.7976931348623157e308",
  ]

  static let shortNumbers = jsonNumbers.filter { $0.utf8.count < 19 || !$0.contains(".") }

  static let text = [
    "a", " ", "\n", "text ", "\"", "'", "{", "}", "(", ")", "[", "]", ":", ",", "\n  ", "{\"k\": ", "}\n", "\t", "é",
    "😀", ".", "..",
    "<p>", "#", "# ", "$", "$ ", "$5", "#5", "100%", "\\", "\\\\", "a.b", "-", "!", "\r\n", "href=\"#\"", "#13ff93",
    "$.a", "$[", "##\n",
  ]

  static let escapes = [
    "\\#if", "\\#set", "\\\\#foo", "\\# end", "\\#end", "\\\\#set($x = 1)", "\\#set($x = 1)", "\\#foo", "\\#{if}",
    "\\#foreach", "\\$",
    "\\\\$", "\\$x", "\\\\$x", "\\\\\\$x", "\\${x}", "\\$!x", "$\\!x", "$\\\\!x", "\\ x", "\\\\ x", "\\#evaluate",
    "\\\\#if(true)a#end",
  ]

  static let integers = [
    "0", "1", "2", "3", "10", "-1", "-7", "100", "2147483647", "-2147483648", "2147483648", "9223372036854775807",
  ]

  static let decimals = [
    "0.5", ".5", "1.0", "2.50", "-0.1", "100.0", "1e3", "1.5e-5", "3.", "0.0", "-0.0", "1.0E10", "123456.789",
  ]

  static let strings = [
    "''", "\"\"", "'a'", "\"abc\"", "'Hello World'", "\"a $x b\"", "\"$s\"", "'it''s'", "\"say \"\"hi\"\"\"", "'a,b,c'",
    "'10'", "'true'",
    "'é'", "'😀'", "'$x'", "\"\\n\"", "'a\nb'", "\"${s}!\"", "\"#if($x)y#end\"", "' '", "\"$!x.a\"", "'A'", "\"x#y\"",
    "'l'", "\"$l[0]\"",
  ]

  static let patterns = [
    "'a'", "','", "'[a-z]'", "'\\d+'", "'(a)(b)?'", "'.'", "'\\s+'", "''", "'[^a-z]'", "'a|b'", "'^a'", "'c$'",
    "'(?i)ABC'", "'\\.'", "'l+'",
  ]

  static let paths = [
    "$", "$.a", "$.b", "$.c", "$.items", "$.name", "$.id", "$.a.b", "$.items[0]", "$.a[0].b", "$..a", "$.items[*].name",
    "$.*", "$['a b']",
    "$['x-y']", "$[0]", "$.missing", "$.s", "$.n", "$[*]", "$.a[0:2]", "$.items[?(@.n > 1)]", "$..name",
    "$.items[?(@.a)]", "$[?(@.name == 'abc')].id", "$..[?(@.n)]", "$.*.a", "$..*", "$.a..b", "$.items[1:]",
    "$.items[:1]", "$.items[0,1]", "$.items[*]", "$..items[0]", "$.b[*].n", "$['a','b']", "$.items[?(@.n <= 10)].n",
    "$.items[?(@.s != 'abc')]", "$.items[?(@.name =~ /A.*/i)]", "$[?(@.n == 1)]", "$..[0]", "$.a.*", "$['a']['b']",
    "a.b",
    "items[0].name", "$.items[?(@.id == $.id)]", "$.name.length", "$.a[1]", "$.items[?(@.b == true)]",
  ]

  static let formats = [
    "'%s'", "'%d'", "'%05d'", "'%.2f'", "'%,d'", "'%x'", "'%-5s|'", "'%%'", "'%b'", "'%c'", "'%.3e'", "'%s %s'",
    "'%2$s'",
    "'%+d'", "'%S'", "'%o'", "'%8.1f|'", "'%X'", "'%'", "'%y'", "'(%,.2f)'", "'%n'", "'%.3s'", "'%10s'", "'%08.3f'",
    "'%g'",
  ]

  static let numbers = integers + decimals + ["$n", "$i", "-3", "7", "255", "1.5", "$x"]

  static let operators = [
    " + ", " - ", " * ", " / ", " % ", " == ", " != ", " < ", " <= ", " > ", " >= ", " && ", " || ", " eq ", " ne ",
    " lt ", " gt ", " le ",
    " ge ", " and ", " or ", "+", "==", "&&", "*",
  ]

  static let splinters = [
    "$", "#", "\\", "{", "}", "(", ")", "[", "]", "\"", "'", ".", "!", ",", ":", "-", " ", "\n", "a", "1", "##", "#*",
    "*#", "#[[", "]]#",
    "#end", "#else", "#if(", "#set(", "$!", "${", "$x", "..", "\\\\", "\t", "=", "+", "&&", "true", "in", "@", "_",
    "#{", "|", "<", "%",
  ].map { Array($0) }

  static let methods: [(name: String, arguments: Int, kind: Argument)] = [
    ("length", 0, .any), ("isEmpty", 0, .any), ("charAt", 1, .int), ("substring", 1, .int), ("substring", 2, .int),
    ("indexOf", 1, .string), ("indexOf", 2, .any), ("lastIndexOf", 1, .string), ("startsWith", 1, .string),
    ("endsWith", 1, .string), ("contains", 1, .string), ("equals", 1, .any), ("equalsIgnoreCase", 1, .string),
    ("compareTo", 1, .string), ("compareToIgnoreCase", 1, .string), ("concat", 1, .string), ("replace", 2, .string),
    ("replaceAll", 2, .regex), ("replaceFirst", 2, .regex), ("matches", 1, .regex), ("trim", 0, .any),
    ("toLowerCase", 0, .any), ("toUpperCase", 0, .any), ("toString", 0, .any), ("hashCode", 0, .any),
    ("split(',')[0].trim", 0, .any), ("split(',').size", 0, .any), ("valueOf", 1, .any), ("repeat", 1, .int),
    ("strip", 0, .any), ("isBlank", 0, .any), ("codePointAt", 1, .int), ("size", 0, .any), ("get", 1, .int),
    ("get", 1, .key), ("set", 2, .any), ("add", 1, .any), ("add", 2, .any), ("addAll", 1, .list), ("remove", 1, .any),
    ("contains", 1, .any), ("indexOf", 1, .any), ("lastIndexOf", 1, .any), ("containsAll", 1, .list),
    ("removeAll", 1, .list), ("retainAll", 1, .list), ("clear", 0, .any), ("subList", 2, .int), ("put", 2, .any),
    ("putAll", 1, .map), ("putIfAbsent", 2, .any), ("containsKey", 1, .key), ("containsValue", 1, .any),
    ("keySet", 0, .any), ("values", 0, .any), ("entrySet", 0, .any), ("getOrDefault", 2, .any), ("remove", 1, .key),
    ("intValue", 0, .any), ("longValue", 0, .any), ("doubleValue", 0, .any), ("parseInt", 1, .string),
    ("compareTo", 1, .int), ("toHexString", 1, .int), ("max", 2, .int), ("floatValue", 0, .any), ("abs", 0, .any),
    ("parseDouble", 1, .string), ("isNaN", 0, .any), ("booleanValue", 0, .any), ("iterator().next", 0, .any),
    ("entrySet().iterator().next().getKey", 0, .any), ("getClass().getName", 0, .any), ("toArray().size", 0, .any),
    ("keySet().toArray()[0].concat", 1, .string), ("unknownMethod", 1, .any), ("format", 2, .string), ("join", 2, .any),
    ("isEmpty", 0, .any), ("getKey", 0, .any), ("getValue", 0, .any), ("regionMatches", 4, .int), ("signum", 1, .int),
    ("contentEquals", 1, .string), ("intern", 0, .any), ("byteValue", 0, .any), ("shortValue", 0, .any),
    ("stripLeading", 0, .any), ("replace", 2, .map),
    ("codePointCount", 2, .int), ("subSequence", 2, .int), ("split", 1, .regex), ("split", 2, .regex),
    ("stripTrailing", 0, .any), ("getBytes().size", 0, .any), ("toCharArray()[0]", 0, .any), ("copyValueOf", 1, .any),
    ("format", 2, .format), ("format", 1, .format), ("format", 3, .format), ("formatted", 1, .any), ("indent", 1, .int),
    ("lastIndexOf", 2, .string), ("startsWith", 2, .string), ("listIterator().next", 0, .any), ("clone", 0, .any),
    ("toJSONString", 0, .any), ("setValue", 1, .any), ("parseLong", 1, .string),
    ("toBinaryString", 1, .number), ("toOctalString", 1, .number), ("min", 2, .number),
    ("sum", 2, .number), ("compare", 2, .number), ("bitCount", 1, .number), ("reverse", 1, .number),
    ("numberOfLeadingZeros", 1, .number), ("numberOfTrailingZeros", 1, .number), ("decode", 1, .string),
    ("isInfinite", 0, .any), ("isFinite", 1, .number), ("valueOf", 1, .number), ("max", 2, .number),
    ("compareTo", 1, .number), ("equals", 1, .number), ("subtract", 1, .number), ("multiply", 1, .number),
    ("divide", 1, .number), ("mod", 1, .number), ("pow", 1, .int), ("negate", 0, .any), ("scale", 0, .any),
    ("precision", 0, .any), ("setScale", 1, .int), ("toPlainString", 0, .any), ("toEngineeringString", 0, .any),
    ("unscaledValue", 0, .any), ("stripTrailingZeros", 0, .any), ("bitLength", 0, .any), ("parseBoolean", 1, .string),
    ("logicalAnd", 2, .any), ("logicalOr", 2, .any), ("logicalXor", 2, .any), ("charValue", 0, .any),
    ("isDigit", 1, .any), ("isLetter", 1, .any), ("getNumericValue", 1, .any), ("charAt(0).compareTo", 1, .any),
    ("charAt(0).charValue", 0, .any), ("keySet().contains", 1, .key), ("keySet().remove", 1, .key),
    ("values().remove", 1, .any), ("entrySet().size", 0, .any), ("keySet().retainAll", 1, .list),
    ("values().containsAll", 1, .list), ("keySet().equals", 1, .any), ("iterator().hasNext", 0, .any),
    ("getSimpleName", 0, .any), ("getTypeName", 0, .any), ("class.getSimpleName", 0, .any), ("trimToSize", 0, .any),
    ("ensureCapacity", 1, .int), ("hashCode().toString", 0, .any), ("remainder", 1, .number), ("toBigInteger", 0, .any),
    ("subList(0, 1).size", 0, .any), ("subList(0, 1).add", 1, .any), ("subList(0, 1).clear", 0, .any),
  ]
}
