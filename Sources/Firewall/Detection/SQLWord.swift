/// The words of SQL that decide how a text goes on: those the grammar asks for by name, the others by their group only.
enum SQLWord: UInt8 {
  case none
  case constant
  case function
  case telling
  case name  // a word of the language that serves as a name as well
  case type
  case prefix  // BINARY, INTERVAL, PRIOR: before a value
  case distinct  // DISTINCT, ALL, TOP: after SELECT or UNION
  case object  // TABLE, DATABASE, VIEW
  case other

  case and
  case or
  case not
  case comparison  // LIKE, RLIKE, REGEXP, GLOB
  case `in`
  case `is`
  case between
  case exists
  case sounds
  case mod  // DIV, MOD

  case union
  case select
  case from
  case `where`
  case order  // ORDER, GROUP
  case by
  case having
  case limit
  case offset
  case into
  case outfile  // OUTFILE, DUMPFILE
  case procedure
  case `as`
  case direction  // ASC, DESC
  case collate
  case using
  case join
  case on
  case set
  case values
  case `for`
  case escape

  case `case`
  case when
  case then
  case `else`
  case end
  case `if`

  case insert  // INSERT, REPLACE
  case update
  case delete
  case drop
  case create
  case alter
  case truncate
  case exec
  case declare
  case shutdown
  case waitfor
  case delay
  case begin
  case call
  case load
  case grant
  case goto
  case print
  case merge
  case handler
  case immediate
  case use
  case lock
  case mode
}
