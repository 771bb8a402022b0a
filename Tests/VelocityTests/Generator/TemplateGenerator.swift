/// Writes random templates and bodies, the same ones for the same seed: the whole grammar, every method, and texts that
/// are almost templates.
///
/// What it leaves out is what the oracle does not do as API Gateway does (`Velocity.docc` lists it): `$input.json` of a
/// number, bodies that are no JSON, reading the body again after changing it.
struct TemplateGenerator {
  var random: SeededRandom
  private var depth = 0
  /// Loops around the current place.
  private var loops = 0

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// One line of the oracle's protocol, without line end.
  mutating func line(id: Int) -> String {
    var template = random.chance(75) ? preamble() : ""
    template += block(pieces: 1 + random.below(7))
    if random.chance(15) { template = mangled(template) }
    let body = random.chance(90) ? value(2, asBody: true) : "{}"
    return "{\"id\":\(id),\"template\":\(quoted(template)),\"aws\":{\"body\":\(quoted(body)),\"params\":\(params()),"
      + "\"context\":\(object(2, names: ["stage", "requestId", "identity", "error", "a"])),"
      + "\"stageVariables\":\(object(0, names: ["url", "a", "x-y"]))}}"
  }

  // MARK: JSON

  private mutating func params() -> String {
    func one(_ names: [String], _ random: inout SeededRandom) -> String {
      var parts: [String] = []
      for name in names where random.chance(60) {
        parts.append("\(quoted(name)):\(quoted(random.pick(["1", "two", "", "é\"'", "a,b", "x y", "10"])))")
      }
      return "{" + parts.joined(separator: ",") + "}"
    }
    return "{\"path\":\(one(["id", "a"], &random)),\"querystring\":\(one(["a", "page", "q"], &random)),"
      + "\"header\":\(one(["Accept", "X-Key", "a"], &random))}"
  }

  private mutating func value(_ depth: Int, asBody: Bool = false, isBody: Bool = true) -> String {
    switch random.below(asBody ? 100 : 130) {
    case ..<45 where depth > 0 || asBody: return object(depth, names: Vocabulary.names, isBody: isBody)
    case ..<75 where depth > 0 || asBody:
      let count = random.below(4)
      var parts: [String] = []
      for _ in 0..<count { parts.append(value(depth - 1, isBody: isBody)) }
      return "[" + parts.joined(separator: random.chance(80) ? "," : " , ") + "]"
    case ..<90: return random.pick(Vocabulary.jsonStrings)
    // Outside of bodies the oracle reads every fraction as a double.
    case ..<110: return random.pick(isBody ? Vocabulary.jsonNumbers : Vocabulary.shortNumbers)
    default: return random.pick(["true", "false", "null"])
    }
  }

  private mutating func object(_ depth: Int, names: [String], isBody: Bool = false) -> String {
    var parts: [String] = []
    for name in names where random.chance(45) {
      parts.append(quoted(name) + (random.chance(80) ? ":" : " : ") + value(depth - 1, isBody: isBody))
    }
    return "{" + parts.joined(separator: ",") + "}"
  }

  // MARK: Templates

  mutating func block(pieces: Int) -> String {
    depth += 1
    defer { depth -= 1 }
    var result = ""
    for _ in 0..<pieces { result += piece() }
    return result
  }

  /// Gives the variables values that methods can be called on.
  private mutating func preamble() -> String {
    var result = ""
    if random.chance(70) { result += "#set($s = \(random.pick(Vocabulary.strings)))" }
    if random.chance(70) { result += "#set($l = \(random.chance(40) ? "$input.path('$.items')" : list()))" }
    if random.chance(70) { result += "#set($m = \(random.chance(40) ? "$input.path('$')" : map()))" }
    if random.chance(60) {
      result += "#set($n = \(random.pick(random.chance(60) ? Vocabulary.integers : Vocabulary.decimals)))"
    }
    if random.chance(60) { result += "#set($i = \(random.pick(["0", "1", "2"])))" }
    if random.chance(60) { result += "#set($x = \(random.chance(50) ? "$input.path('\(path())')" : literal()))" }
    return result
  }

  private mutating func inner() -> String {
    depth > 4 ? text() : block(pieces: random.below(4))
  }

  private mutating func piece() -> String {
    switch random.below(100) {
    case ..<18: text()
    case ..<45: reference()
    case ..<63: set()
    case ..<73: condition()
    case ..<84: loop()
    case ..<87: "#define(\(random.pick(["$d", "$e", "${d}", "$!d"])))\(inner())#end" + blank() + "$d"
    case ..<89:
      random.pick(["## note $x\n", "#* note *#", "#** formal $ *#", "#* a\n b *#\n", "##\n", "#[[ $raw #set ]]#"])
    case ..<93: random.pick(Vocabulary.escapes)
    case ..<94: macro()
    case ..<95:
      random.pick([
        "#define($d)$!x#set($y = 1)#end$d$d", "#define($d)[$e]#end#set($e = 'f')$d",
        "#define($d)$foreach.index#end$d()",
        "#foreach($v in [1, 2])#define($d)$v#end#end$d", "#define($d)#define($e)e#end$e#end$d$e", "#define($d)$d#end$d",
        "#set($t = \"#define($d)q#end$d\")$t", "#define($d)#stop#end a$d b",
        "#define($d)#break#end#foreach($v in [1])a$d b#end",
      ])
    case ..<97: random.pick(Vocabulary.text)
    case ..<98 where loops > 0: random.pick(["#break", "#break($foreach)", "#{break}", "#break($foreach.parent)"])
    case ..<98: random.pick(["#literal()$x #if #end", "#literal()\(text())#end", "#stop", "#break"])
    default: random.pick(["#evaluate($x)", "#foo($x)", "#return(1)", "#{foo}", "#foo", "#x($x, 'y')"])
    }
  }

  private mutating func blank() -> String { random.pick(["", "", " ", "\n", "  \n", "\t\n", "\r\n", "\n\n", " x"]) }

  private mutating func text() -> String { random.pick(Vocabulary.text) }

  private mutating func macro() -> String {
    let name = "m\(random.below(1_000_000))"
    return random.pick([
      "#macro(\(name))\(inner())#end#\(name)()", "#macro(\(name) $a $b)$a#end#\(name)(1 2)",
      "#macro ( \(name) )\nx##\n#end\n#\(name)()", "#\(name)('x')", "#@\(name)()\(inner())#end",
    ])
  }

  private mutating func set() -> String {
    let spaces = random.pick(["", "", " ", "  ", "\t"])
    let target: String
    switch random.below(100) {
    case ..<75: target = "$" + random.pick(Vocabulary.variables)
    case ..<85:
      target =
        "$" + random.pick(Vocabulary.variables) + "." + random.pick(Vocabulary.names.filter { !$0.contains(" ") })
    case ..<93: target = "$" + random.pick(Vocabulary.variables) + "[" + index() + "]"
    default: target = random.pick(["${x}", "$!x", "$!{x}", "$x.a.b", "$m.get('a').b", "$x[0][1]", "$l.b[0]"])
    }
    let head = random.pick(["#set(", "#set (", "#{set}(", "#set( "])
    let middle = random.pick([" = ", "=", " =", "= "])
    return spaces + head + target + middle + expression() + random.pick([")", " )", ")\n", ") \n", ")  "])
  }

  private mutating func condition() -> String {
    var result = random.pick(["#if(", "#if (", "#{if}(", "#if( "]) + expression() + random.pick([")", " )", ")\n"])
    result += inner()
    for _ in 0..<(random.chance(25) ? 1 + random.below(2) : 0) {
      result +=
        random.pick(["#elseif(", "#elseif (", "#{elseif}("]) + expression() + random.pick([")", ") \n"]) + inner()
    }
    if random.chance(40) { result += random.pick(["#else", "#{else}", "#else\n", "#else \n"]) + inner() }
    return result + end()
  }

  private mutating func end() -> String { random.pick(["#end", "#{end}", "#end\n", "#end  \n", "#end "]) }

  private mutating func loop() -> String {
    loops += 1
    defer { loops -= 1 }
    let variable = random.pick(["$i", "$x", "$e", "${i}", "$foreach"])
    let body = random.pick([
      "$i", "$i,", "$foreach.index:$i ", "$!foreach.count", "#if($foreach.hasNext),#end", "$velocityCount",
      "$e.key=$e.value;",
      "$foreach.first$foreach.last", "$foreach.parent.index", "$velocityHasNext ", "$foreach.topmost.count",
    ])
    return "#foreach" + random.pick(["(", " (", "( "]) + variable + random.pick([" in ", "  in  ", " in\n"])
      + iterable()
      + random.pick([")", " )", ")\n"]) + body + inner() + end()
  }

  private mutating func iterable() -> String {
    switch random.below(100) {
    case ..<25: random.pick(["[1, 2, 3]", "['a', 'b']", "[1..3]", "[2..0]", "[]", "[$x, $y]", "[[1,2],[3]]", "[1..1]"])
    case ..<45: "$input.path('\(path())')"
    case ..<60: "$" + random.pick(Vocabulary.variables)
    case ..<75:
      "$" + random.pick(Vocabulary.variables)
        + random.pick([".keySet()", ".entrySet()", ".values()", ".items", ".split(',')"])
    case ..<85: map()
    case ..<90: "$input.params().querystring.keySet()"
    default: literal()
    }
  }

  // MARK: References

  mutating func reference() -> String {
    let bare = path(of: root())
    switch random.below(100) {
    case ..<55: return "$" + bare
    case ..<70: return "${" + bare + "}"
    case ..<80: return "$!" + bare
    case ..<88: return "$!{" + bare + "}"
    case ..<92: return "\\$" + bare
    case ..<95: return "\\\\$" + bare
    case ..<97: return "\\$!{" + bare + "}"
    default: return "$" + bare + random.pick(["}", ".", "..", "-x", "(", "[", "{", "!", "\\", "$", "#", "##\n"])
    }
  }

  private mutating func root() -> String {
    switch random.below(100) {
    case ..<70: random.pick(Vocabulary.variables)
    case ..<79: "input.path('\(path())')"
    case ..<83:
      random.pick([
        "input.json('$')", "input.body", "input.params()", "input.json('$.missing')", "input.json('\(path())')",
        "input.path($s)", "input.path(\"$.a[$i]\")", "input.json(\"$.$s\")", "input.path($x)", "input.params($x)",
        "input.params().header", "input.params().get('path')", "input.class", "input.foo", "input.path()",
      ])
    case ..<88: "input.params('" + random.pick(["a", "id", "q", "Accept", "missing", "accept", ""]) + "')"
    case ..<92: random.pick(["context", "stageVariables", "context.stage", "stageVariables.url", "context.identity"])
    default: util()
    }
  }

  private mutating func util() -> String {
    let function = random.pick([
      "escapeJavaScript", "escapeJavaScript", "urlEncode", "urlDecode", "base64Encode", "unknown", "qr", "toJson",
    ])
    return random.chance(90)
      ? "util.\(function)(\(argument()))" : "util.parseJson('{\"a\":[1,{\"b\":null}],\"c\":\"d\"}')"
  }

  private mutating func path(of root: String) -> String {
    var result = root
    for _ in 0..<random.below(3) { result += step() }
    return result
  }

  private mutating func step() -> String {
    switch random.below(100) {
    case ..<35:
      "." + random.pick(Vocabulary.names.filter { !$0.contains(" ") } + ["size", "empty", "class.name", "missing"])
    case ..<50: "[" + index() + "]"
    default: "." + call()
    }
  }

  private mutating func index() -> String {
    random.pick(["0", "1", "-1", "2", "'a'", "\"b\"", "$i", "$x", " 0 ", "'x-y'", "true", "$!x", "\"$s\""])
  }

  mutating func call() -> String {
    let method = random.pick(Vocabulary.methods)
    let count = random.chance(85) ? method.arguments : random.below(3)
    var arguments: [String] = []
    for _ in 0..<count { arguments.append(argument(method.kind)) }
    return method.name + "(" + arguments.joined(separator: random.pick([", ", ",", " , "])) + ")"
  }

  private mutating func argument(_ kind: Vocabulary.Argument = .any) -> String {
    if random.chance(15) { return parameter() }
    switch kind {
    case .any: return parameter()
    case .int: return random.pick(["0", "1", "2", "3", "-1", "$i", "$n", "10"])
    case .string: return random.pick(Vocabulary.strings)
    case .regex: return random.pick(Vocabulary.patterns)
    case .key: return random.pick(["'a'", "'b'", "\"c\"", "'x-y'", "$s", "1", "'id'"])
    case .list: return random.pick(["['a', 'b']", "[1]", "[]", "$l", "[$x]"])
    case .map: return random.pick(["{'a': 1}", "{}", "$m", "{'b': 'c', 'id': [1]}"])
    case .number: return random.pick(Vocabulary.numbers)
    case .format: return random.pick(random.chance(60) ? Vocabulary.formats : Vocabulary.numbers + Vocabulary.strings)
    }
  }

  private mutating func path() -> String {
    random.pick(Vocabulary.paths)
  }

  // MARK: Expressions

  mutating func expression() -> String {
    depth += 1
    defer { depth -= 1 }
    if depth > 5 { return operand() }
    switch random.below(100) {
    case ..<50: return operand()
    case ..<85:
      let operation = random.pick(Vocabulary.operators)
      return operand() + operation + operand()
    case ..<92: return "(" + expression() + ")" + random.pick([" + ", " && ", " == "]) + operand()
    case ..<96: return random.pick(["!", "! ", "not "]) + operand()
    default:
      return operand() + random.pick(Vocabulary.operators) + operand() + random.pick(Vocabulary.operators) + operand()
    }
  }

  private mutating func operand() -> String {
    switch random.below(100) {
    case ..<40: return "$" + path(of: root())
    case ..<46: return "${" + path(of: random.pick(Vocabulary.variables)) + "}"
    case ..<50: return "$!" + random.pick(Vocabulary.variables)
    default: return literal()
    }
  }

  private mutating func literal() -> String {
    switch random.below(100) {
    case ..<30: return random.pick(Vocabulary.integers)
    case ..<42: return random.pick(Vocabulary.decimals)
    case ..<65: return random.pick(Vocabulary.strings)
    case ..<72: return interpolated()
    case ..<78: return random.pick(["true", "false"])
    case ..<89: return list()
    case ..<97: return map()
    default: return random.pick(["[1..3]", "[3..1]", "[$i..3]", "[ 0 .. 2 ]", "[$n..$i]"])
    }
  }

  private mutating func interpolated() -> String {
    depth += 1
    defer { depth -= 1 }
    let content = depth > 5 ? "$x" : block(pieces: 1 + random.below(3))
    return "\"" + content.filter { $0 != "\"" } + "\""
  }

  private mutating func parameter() -> String {
    depth += 1
    defer { depth -= 1 }
    if depth > 5 { return random.pick(["$x", "1", "'a'"]) }
    switch random.below(100) {
    case ..<40: return "$" + path(of: random.pick(Vocabulary.variables))
    case ..<45: return random.pick(["null", "x", "true", "${s}"])
    default: return literal()
    }
  }

  private mutating func list() -> String {
    var parts: [String] = []
    for _ in 0..<random.below(4) { parts.append(parameter()) }
    return "[" + parts.joined(separator: random.pick([", ", ",", " ,"])) + "]"
  }

  private mutating func map() -> String {
    var parts: [String] = []
    for _ in 0..<random.below(3) {
      parts.append(
        random.pick(["'a'", "\"b\"", "'x-y'", "$s", "1", "'c'"]) + random.pick([": ", ":", " : "]) + parameter())
    }
    return "{" + parts.joined(separator: random.pick([", ", ","])) + "}"
  }

  // MARK: Almost templates

  private mutating func mangled(_ template: String) -> String {
    var characters = Array(template)
    for _ in 0..<(1 + random.below(3)) {
      let place = random.below(characters.count + 1)
      switch random.below(4) {
      case 0 where place < characters.count: characters.remove(at: place)
      case 1: characters.insert(contentsOf: random.pick(Vocabulary.splinters), at: place)
      case 2 where place < characters.count: characters.insert(characters[place], at: place)
      default:
        let length = min(random.below(6), characters.count - place)
        characters.removeSubrange(place..<place + length)
      }
    }
    return String(characters)
  }
}

/// A JSON string.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
