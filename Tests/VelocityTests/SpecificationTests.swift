import Testing

@testable import Velocity

/// What API Gateway's template language does, one behaviour each, in the order of its reference: the model, references,
/// directives, expressions, methods, JSON values, `$input`, `$util`.
@Suite("The template language as API Gateway has it")
struct SpecificationTests {
  // MARK: The model

  @Test("an undefined reference must render as nothing in all its forms", arguments: ["$x", "$!x", "${x}", "$!{x}"])
  func undefined(reference: String) throws {
    #expect(try rendered("[\(reference)]") == "[]")
  }

  @Test("a missing member, a null, a missing property and an unknown method must render as nothing")
  func nothing() throws {
    let body = #"{"a": {"b": null}}"#
    #expect(
      try rendered(
        "[$input.path('$.a.zz')][$input.path('$.a').b][$input.path('$.a').c][$input.path('$.a').d()]", body: body)
        == "[][][][]")
  }

  @Test("only false must count as false", arguments: ["", "0", "[]", "{}"])
  func truth(literal: String) throws {
    let set = literal.isEmpty ? "#set($v = \"\")" : "#set($v = \(literal))"
    #expect(try rendered("\(set)#if($v)yes#end") == "yes")
    #expect(try rendered("#set($v = false)#if($v)yes#end") == "")
  }

  @Test("an undefined reference must count as true, and its negation as false")
  func undefinedTruth() throws {
    #expect(try rendered("#if($undefined)yes#end") == "yes")
    #expect(try rendered("#if(!$undefined)yes#end") == "")
  }

  @Test("an undefined reference must equal $null and the empty string, and nothing else")
  func undefinedEquality() throws {
    #expect(try rendered("#if($undef == $null)a#end#if($undef == \"\")b#end#if($undef == \"x\")c#end") == "ab")
  }

  @Test("setting a variable to an undefined reference must make it the empty string")
  func setUndefined() throws {
    #expect(try rendered("#set($y = 'old')#set($y = $undef)[$y]") == "[]")
    #expect(try rendered("#set($y = $undef)$y.length()") == "0")
  }

  @Test("setting a variable to a null that is no reference must leave it as it was")
  func setNull() throws {
    #expect(try rendered("#set($y = 'old')#set($y = 1 / 0)$y") == "old")
    #expect(try rendered("#set($y = 'old')#set($y = 5 % 0)$y") == "old")
  }

  @Test("a whole reference must collapse when a step of it leads nowhere")
  func collapse() throws {
    #expect(try rendered("[$undef.length()][$undef.a.b.c()]") == "[][]")
  }

  @Test("#foreach over nothing must render nothing")
  func loopOverNothing() throws {
    #expect(try rendered("#set($e = \"\")#foreach($x in $e)a#end#foreach($x in $undef)b#end") == "")
  }

  @Test("unknown functions of $util and $input must give the empty string")
  func unknownFunctions() throws {
    #expect(
      try rendered("[$util.unknownFn(1)][$input.unknown][$util.qr(1)][$util.toJson({})][$util.error('x')]")
        == "[][][][][]")
  }

  // MARK: References and literals

  @Test("a hyphen must be part of a name")
  func hyphen() throws {
    #expect(try rendered("#set($a-b = 1)#set($a = 2)$a-b ${a}-b") == "1 2-b")
  }

  @Test("$ before anything but a letter or _ must be text", arguments: ["$0", "$ ", "$5.00 ", "$)", "$,x"])
  func dollarText(text: String) throws {
    #expect(try rendered(text) == text)
  }

  @Test("a lone $ or # as the last character must be refused", arguments: ["a $", "a #"])
  func loneAtEnd(template: String) throws {
    #expect(try refusal(template).line == 1)
  }

  @Test("members must be reached by dot, by brackets with strings, numbers and references, and by methods")
  func access() throws {
    let body = #"{"m": {"k": "v", "k:x": "w"}, "l": ["a", "b"]}"#
    let set = "#set($m = $input.path('$.m'))#set($l = $input.path('$.l'))#set($i = 1)"
    #expect(
      try rendered(
        set + #"$m.k $m["k"] $m['k:x'] $l[0] $l[ $i ] ${m.k} $!m.k $!{m.k} $m.get("k") $l.get(1)"#, body: body)
        == "v v w a b v v v v b")
  }

  @Test("the alternative of later Velocity versions must be refused")
  func alternative() throws {
    _ = try refusal("${a|'alt'}")
  }

  @Test("text must go on behind a reference")
  func textBehind() throws {
    #expect(
      try rendered("#set($name = 'World')Hello $name}. $name. $name.. $name, ${name}s")
        == "Hello World}. World. World.. World, Worlds")
  }

  @Test("strings in single quotes must be taken as they are, doubled quotes as one")
  func rawStrings() throws {
    #expect(try rendered("#set($x = 1)#set($a = 'it''s $x')$a") == "it's $x")
  }

  @Test("strings in double quotes must be templates, and know no escapes")
  func interpolation() throws {
    #expect(try rendered(##"#set($x = 1)#set($a = "v: $x #if(true)y#end ""q"" \n")$a"##) == #"v: 1 y "q" \n"#)
    _ = try refusal(#"#set($a = "a\"b")"#)
  }

  @Test("numbers, booleans, lists, ranges and maps must be literals")
  func literals() throws {
    #expect(try rendered(#"#set($x = 9)#set($l = [1, "a", $x, 1.5, .5, true])$l"#) == "[1, a, 9, 1.5, 0.5, true]")
    #expect(try rendered("#set($r = [1..5])$r,#set($r = [5..-2])$r") == "[1, 2, 3, 4, 5],[5, 4, 3, 2, 1, 0, -1, -2]")
    #expect(try rendered(#"#set($m = {"k": "v", "n": 1})$m,#set($e = {})$e"#) == "{k=v, n=1},{}")
  }

  @Test("null must be accepted as a method's argument")
  func nullArgument() throws {
    #expect(try rendered("#set($s = 'x')$s.equals(null),#set($m = {})$m.put('a', null).$m") == "false,.{a=null}")
  }

  @Test("a backslash must escape a reference, and two must be one before its value")
  func escapedReference() throws {
    #expect(
      try rendered(#"#set($email = "foo")\$email \\$email \${email} \$!email"#) == #"$email \foo ${email} $!email"#)
  }

  @Test("a backslash must escape a directive, and stay before what is none")
  func escapedDirective() throws {
    #expect(try rendered(##"\#end \# end \\ \# \$ \"##) == ##"#end \# end \\ \# \$ \"##)
    #expect(try rendered(##"#set($email = "foo")\#set( $email = "foo" )"##) == ##"#set( foo = "foo" )"##)
  }

  @Test(
    "# before anything but a directive must be text", arguments: [##""#""##, "#13ff93", ##"href="#""##, "# heading"])
  func hashText(text: String) throws {
    #expect(try rendered(text + " ") == text + " ")
  }

  @Test("comments must vanish, line comments with their line end, and raw text must stay raw")
  func comments() throws {
    #expect(try rendered("a## note $x\nb #* c\nd *#e #[[ $x #end ]]#") == "ab e  $x #end ")
  }

  @Test("directives must have forms in braces, and a name that goes on must be another name")
  func braces() throws {
    #expect(try rendered("#{if}(true)a#{else}b#{end}Off") == "aOff")
    _ = try refusal("#if(true)a#endOff")
  }

  // MARK: Directives

  @Test("a macro's definition must be swallowed, and its call printed")
  func macro() throws {
    #expect(try rendered("#macro(tryme)body#end#tryme()") == "#tryme()")
    #expect(try rendered("#macro(recur $n)$n#end#recur(5)") == "#recur(5)")
  }

  @Test("#evaluate and #return must be printed with their arguments")
  func printed() throws {
    #expect(try rendered("#set($x = 1)#evaluate($x) #return($x)") == "#evaluate($x) #return($x)")
  }

  @Test("#parse and #include must fail", arguments: ["#parse('a.vm')", "#include('a.txt')"])
  func forbidden(template: String) throws {
    #expect(try failure(template).reason == .forbiddenDirective)
  }

  @Test("#stop must end the output")
  func stop() throws {
    #expect(try rendered("hello #stop world") == "hello ")
    #expect(try rendered("#foreach($x in [1, 2])$x#if($x == 2)#stop#end#end never") == "12")
  }

  @Test("#define must render its block where it is referred to, with the variables of that moment")
  func define() throws {
    #expect(try rendered("#define($b)[$x]#end#set($x = 1)$b#set($x = 2)$b") == "[1][2]")
    #expect(try rendered("#define($b)x#end$b()") == "x()")
    #expect(try rendered("#define ( $showindex )$foreach.index#end#foreach($x in [1,2,3])$showindex#end") == "012")
  }

  @Test("#foreach must go through lists, ranges, a map's values, its keys and its entries")
  func loops() throws {
    let map = "#set($m = {\"a\": 1, \"b\": 2})"
    #expect(
      try rendered(map + "#foreach($x in [1, 2])$x#end #foreach($x in [3..1])$x#end #foreach($x in $m)$x#end")
        == "12 321 12")
    #expect(
      try rendered(
        map
          + "#foreach($k in $m.keySet())$k#end #foreach($e in $m.entrySet())$e.key=$e.value;#end #foreach($v in $m.values())$v#end"
      ) == "ab a=1;b=2; 12")
  }

  @Test("a loop must tell where it stands")
  func loopMembers() throws {
    #expect(
      try rendered(
        "#foreach($x in ['a', 'b'])$foreach.index$foreach.count$foreach.hasNext$foreach.first$foreach.last$velocityCount$velocityHasNext #end"
      )
        == "01truetruefalse1true 12falsefalsetrue2false ")
    #expect(
      try rendered("#foreach($x in [1])#foreach($y in [1, 2])$foreach.parent.index$foreach.topmost.count #end#end")
        == "01 01 ")
  }

  @Test("a loop's variable must be restored behind it, others keep what the loop set")
  func loopVariables() throws {
    #expect(try rendered("#set($x = 'o')#set($y = 0)#foreach($x in [1, 2])#set($y = $x)#set($x = 9)#end$x$y") == "o2")
  }

  @Test("#break must end the innermost loop, and outside of loops the template")
  func breaks() throws {
    #expect(try rendered("#foreach($x in [1, 2, 3])$x#if($x == 2)#break#end#end end") == "12 end")
    #expect(try rendered("a#break b") == "a")
    #expect(try rendered("#foreach($x in [1, 2])#foreach($y in [1, 2])$x$y#break($foreach.parent)#end#end|") == "11|")
  }

  @Test("#break in a block must end the block, even in the middle of a string")
  func breakInBlock() throws {
    #expect(try rendered("#define($d)a#break b#end$d,$d") == "a,a")
    #expect(try rendered("#define($d)a#set($s = \"x#break y\")b#end$d,$d.") == "a,a.")
  }

  @Test("white space behind a directive must go up to one line end, that before #set only where it begins a token")
  func whiteSpace() throws {
    #expect(try rendered("#if(true)  \n  a\n#end \t\n  b") == "  a\n  b")
    #expect(try rendered("#if(false)a#else \n b#end") == " b")
    #expect(try rendered("\n        #set($a = 1)\n        {") == "\n                {")
    #expect(try rendered("#set($a = 1)\n    #set($b = 2)\n{") == "{")
    #expect(try rendered("#set($a = 1)\n   #if(true)\nx#end") == "   x")
  }

  @Test("a template must not be trimmed")
  func untrimmed() throws {
    #expect(try rendered("\n a \n") == "\n a \n")
  }

  // MARK: Expressions

  @Test("operators must bind as in Java, and have names")
  func precedence() throws {
    #expect(try rendered("#set($a = 2 + 5 * 4)$a,#set($a = (5 + 4) > 2)$a,#set($a = 4 > 2 + 5)$a") == "22,true,false")
    #expect(
      try rendered("#if(1 lt 2 and 2 gt 1 and 1 le 1 and 1 ge 1 and 1 eq 1 and 1 ne 2 and not false or false)y#end")
        == "y")
    #expect(try rendered("#if(true || false && false)y#end#if(!false && true)z#end") == "yz")
  }

  @Test("whole numbers must stay whole, and a fraction make a double")
  func arithmetic() throws {
    #expect(
      try rendered(
        "#set($a = 7 / 2)$a,#set($a = -7 / 2)$a,#set($a = 7 % 3)$a,#set($a = 100.0 / 50)$a,#set($a = .5 * .1)$a")
        == "3,-3,1,2.0,0.05")
    #expect(
      try rendered("#set($a = 2147483647 + 1)$a,#set($a = 9223372036854775807 + 1)$a")
        == "2147483648,9223372036854775808")
  }

  @Test("+ with a string must concatenate, other operators with one come to nothing")
  func concatenation() throws {
    #expect(try rendered("#set($a = 'a' + 1 + 2)$a,#set($b = 1 + 2 + 'a')$b,#set($c = 'a' * 2)$c.") == "a12,3a,.")
  }

  @Test("== must compare numbers as numbers, objects of one class by their contents and others by their texts")
  func equality() throws {
    #expect(
      try rendered(
        "#if(1 == 1.0)a#end#if(1 == '1')b#end#if('x' == 'x')c#end#if([1] == [1])d#end#if(true == 'true')e#end")
        == "abcde")
  }

  @Test("relations must need numbers")
  func relations() throws {
    #expect(try rendered("#if('2' > 1)a#end#if(2 > 1)b#end#if($undef < 1)c#end") == "b")
  }

  @Test("a minus that touches digits must belong to them")
  func minus() throws {
    #expect(try rendered("#set($a = 5 - 3)$a") == "2")
    #expect(try refusal("#set($a = 5 -3)").suggestion != nil)
  }

  // MARK: JSON values

  @Test("an object must print as a Java map, an array as JSON, even inside a map, and a list of the template as Java's")
  func jsonValues() throws {
    #expect(try rendered("$input.path('$')", body: #"{"foo":[{"nested":"bar"}]}"#) == #"{foo=[{"nested":"bar"}]}"#)
    #expect(try rendered("#set($l = [1,2])$l") == "[1, 2]")
  }

  @Test("null must print as nothing by itself, as null in a map and in an array")
  func nulls() throws {
    #expect(
      try rendered("[$input.path('$.a')] $input.path('$')", body: #"{"a":null,"b":[null]}"#) == "[] {a=null, b=[null]}")
  }

  @Test("whole numbers must print as their digits, fractions as Java's doubles")
  func numbers() throws {
    #expect(
      try rendered("$input.path('$')", body: #"{"a":1,"b":1.50,"c":1e3,"d":12345678901234567890}"#)
        == "{a=1, b=1.5, c=1000.0, d=12345678901234567890}")
  }

  // MARK: $input and $util

  @Test("an empty body must be {} for $input.body, path and json")
  func emptyBody() throws {
    #expect(try rendered("$input.body $input.path('$') $input.json('$')") == "{} {} {}")
    #expect(try rendered("$input.body", body: "") == "{}")
  }

  @Test("a body must be given as it came, and have no members")
  func rawBody() throws {
    #expect(try rendered("$input.body,$input.body.foo.", body: "some raw data") == "some raw data,.")
  }

  @Test("$input.json must give two quotes for what is missing, $input.path nothing", arguments: ["{}", "{\"a\": 1,"])
  func missing(body: String) throws {
    #expect(try rendered("$input.json('$.zz') [$input.path('$.zz')]", body: body) == "\"\" []")
  }

  @Test("$input.json must give JSON of any kind of value")
  func json() throws {
    let body = #"{"s": "a\"b", "n": 1.50, "t": true, "z": null, "o": {"k": [1, "x"]}}"#
    #expect(
      try rendered(
        "$input.json('$.s') $input.json('$.n') $input.json('$.t') $input.json('$.z') $input.json('$.o')", body: body)
        == #""a\"b" 1.5 true null {"k":[1,"x"]}"#)
  }

  @Test("what a template changes in the result of $input.path must show in what it asks for later")
  func identity() throws {
    let body = #"{"a": {"b": 1}, "l": [1]}"#
    #expect(
      try rendered(
        "#set($x = $input.path('$.a'))#set($x.b = 2)$!x.put('c', 'd')$input.json('$') $input.path('$.a').c", body: body)
        == #"{"a":{"b":2,"c":"d"},"l":[1]} d"#)
    #expect(
      try rendered("#set($ok = $input.path('$.l').add(2))$input.json('$.l') $input.path('$').l.size()", body: body)
        == "[1,2] 2")
    #expect(
      try rendered(
        "#set($root = $input.path('$'))#set($root.a.n = [1])$input.path('$.a.n[0]') $input.json('$.a.*')", body: body)
        == "1 [1,[1]]")
  }

  @Test("an indefinite path must give a list, perhaps an empty one")
  func indefinite() throws {
    let body = #"{"b": [{"p": 5, "t": "x"}, {"p": 15, "t": "y"}]}"#
    #expect(
      try rendered(
        "$input.json('$.b[*].t') $input.json('$..zz') $input.path('$.b[?(@.p < 10)]').size() $input.json('$.b[-1].t')",
        body: body) == #"["x","y"] [] 1 "y""#)
  }

  @Test("$util.escapeJavaScript must escape both quotes, the slash and what is not ASCII")
  func escape() throws {
    let body = #"{"t": "it's \"q\"/\n\u0001é😀\\"}"#
    #expect(
      try rendered("$util.escapeJavaScript($input.path('$.t'))", body: body)
        == #"it\'s \"q\"\/\n\u0001\u00E9\uD83D\uDE00\\"#)
    #expect(try rendered("[$util.escapeJavaScript($undef)]") == "[]")
  }

  @Test("$util must encode and decode forms and Base64")
  func encodings() throws {
    #expect(try rendered("$util.urlEncode('a b+é*-._~')") == "a+b%2B%C3%A9*-._%7E")
    #expect(try rendered("$util.urlDecode('a+b%2B%C3%A9')") == "a b+é")
    #expect(try rendered("$util.base64Encode('Grüße') $util.base64Decode('R3LDvMOfZQ==')") == "R3LDvMOfZQ== Grüße")
    #expect(try failure("$util.base64Decode('!')").reason == .methodFailed)
  }

  @Test("$util.parseJson must give values, and nothing for what is no JSON")
  func parseJson() throws {
    #expect(
      try rendered(
        #"#set($o = $util.parseJson('{"a": [1, {"b": true}]}'))$o.a[1].b $util.parseJson('"s"') [$util.parseJson('{bad')]"#
      ) == "true s []")
  }
}
