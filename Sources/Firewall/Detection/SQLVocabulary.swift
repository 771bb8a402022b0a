/// Which words mean something in SQL: the grammar's own, and the names of functions, types and system tables, taken from the
/// manuals of MySQL 8, PostgreSQL 16, Oracle 19c, SQL Server 2022, SQLite 3 and DB2.
///
/// An open-addressed table of lowercase words, made once.
// SAFETY: both buffers are filled before the one instance is published, never written again and never freed.
struct SQLVocabulary: @unchecked Sendable {
  static let shared = SQLVocabulary()

  /// Longer words than the longest of the table mean nothing.
  static let longest = 32

  private struct Entry {
    var hash: UInt32 = 0
    var offset: UInt16 = 0
    var length: UInt8 = 0
    var word: SQLWord = .none
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let text: UnsafeMutablePointer<UInt8>
  private static let mask = 4095

  private init() {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: Self.mask + 1)
    entries.initialize(repeating: Entry(), count: Self.mask + 1)
    var text: [UInt8] = []
    for (word, names) in Self.groups {
      for name in names.utf8.split(separator: UInt8(ascii: " ")) {
        let hash = name.reduce(Self.seed) { Self.mixed($0, $1) }
        var slot = Int(truncatingIfNeeded: hash) & Self.mask
        while entries[slot].length > 0 { slot = (slot &+ 1) & Self.mask }
        entries[slot] = Entry(
          hash: hash, offset: UInt16(truncatingIfNeeded: text.count), length: UInt8(truncatingIfNeeded: name.count),
          word: word)
        text.append(contentsOf: name)
      }
    }
    self.entries = entries
    self.text = .allocate(capacity: text.count)
    self.text.initialize(from: text, count: text.count)
  }

  private static let seed: UInt32 = 2_166_136_261

  @inline(__always)
  private static func mixed(_ hash: UInt32, _ byte: UInt8) -> UInt32 {
    (hash ^ UInt32(byte)) &* 16_777_619
  }

  /// What the bytes `start..<end` mean, in any case of letters.
  func word(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> SQLWord {
    let length = end &- start
    guard length > 1, length <= Self.longest else { return .none }
    var hash = Self.seed
    for index in start..<end { hash = Self.mixed(hash, Self.lowered(bytes[index])) }
    var slot = Int(truncatingIfNeeded: hash) & Self.mask
    while true {
      let entry = entries[slot]
      if entry.length == 0 { return .none }
      if entry.hash == hash, Int(entry.length) == length, isEqual(entry, bytes, start) { return entry.word }
      slot = (slot &+ 1) & Self.mask
    }
  }

  private func isEqual(_ entry: Entry, _ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
    let offset = Int(entry.offset)
    for index in 0..<Int(entry.length) where text[offset &+ index] != Self.lowered(bytes[start &+ index]) {
      return false
    }
    return true
  }

  static func isPasswordProcedure(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
    let name: StaticString = "sp_password"
    for index in 0..<name.utf8CodeUnitCount where name.utf8Start[index] != lowered(bytes[start &+ index]) {
      return false
    }
    return true
  }

  @inline(__always)
  private static func lowered(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }
}

extension SQLVocabulary {
  private static let groups: [(SQLWord, String)] = [
    (.and, "and xor eqv imp"),
    (.or, "or"),
    (.not, "not"),
    (.comparison, "like rlike regexp glob ilike similar overlaps regexp_like"),
    (.in, "in"),
    (.is, "is isnull notnull"),
    (.between, "between"),
    (.exists, "exists"),
    (.sounds, "sounds"),
    (.mod, "div mod"),
    (.union, "union intersect except minus"),
    (.select, "select"),
    (.distinct, "distinct distinctrow all any some top straight_join sql_no_cache sql_cache sql_calc_found_rows"),
    (.from, "from"),
    (.where, "where"),
    (.order, "order group partition"),
    (.by, "by"),
    (.having, "having"),
    (.limit, "limit fetch"),
    (.offset, "offset"),
    (.into, "into"),
    (.outfile, "outfile dumpfile"),
    (.procedure, "procedure proc"),
    (.as, "as"),
    (.direction, "asc desc"),
    (.collate, "collate"),
    (.using, "using"),
    (.join, "join inner outer cross natural"),
    (.on, "on"),
    (.set, "set"),
    (.values, "values value"),
    (.for, "for"),
    (.escape, "escape"),
    (.case, "case"),
    (.when, "when"),
    (.then, "then"),
    (.else, "else"),
    (.end, "end"),
    (.if, "if elseif iif while"),
    (.use, "use"),
    (.lock, "lock"),
    (.mode, "mode"),
    (.insert, "insert replace"),
    (.update, "update"),
    (.delete, "delete"),
    (.drop, "drop"),
    (.create, "create"),
    (.alter, "alter rename"),
    (.truncate, "truncate"),
    (.exec, "exec execute"),
    (.declare, "declare"),
    (.shutdown, "shutdown"),
    (.waitfor, "waitfor"),
    (.delay, "delay time"),
    (.begin, "begin"),
    (.call, "call do"),
    (.load, "load copy attach restore backup"),
    (.grant, "grant revoke deny"),
    (.goto, "goto"),
    (.print, "print"),
    (.merge, "merge"),
    (.handler, "handler"),
    (.immediate, "immediate"),
    (.prefix, "binary interval prior match"),
    (
      .object,
      """
      table database schema view index function trigger user role login sequence tablespace event server column package \
      extension temporary external type constraint
      """
    ),
    (
      .constant,
      """
      null true false unknown current_user current_date current_time current_timestamp session_user system_user localtime \
      localtimestamp utc_date utc_time utc_timestamp sysdate systimestamp rownum rowid
      """
    ),
    (
      .type,
      """
      int integer tinyint smallint mediumint bigint decimal numeric real double float bit bool boolean character varchar \
      varchar2 nvarchar nchar text ntext blob clob bytea json jsonb xml date datetime timestamp datetime2 signed unsigned \
      money uuid regclass regtype oid name int4 int8 int2 float8 float4 bpchar inet cidr sql_variant uniqueidentifier varbinary
      """
    ),
    (
      .other,
      """
      collation charset against language with recursive over rows row only unique primary key foreign \
      references check default cascade restrict exclude nulls first last analyse analyze explain separator rollup cube \
      try catch throw raise loop repeat until return returns cursor open close deallocate commit rollback savepoint \
      unlock show describe kill reset
      """
    ),
    (
      .telling,
      """
      sleep benchmark pg_sleep pg_sleep_for pg_sleep_until load_file extractvalue updatexml xp_cmdshell xp_dirtree xp_regread \
      xp_regwrite xp_fileexist xp_availablemedia xp_subdirs sp_executesql sp_oacreate sp_oamethod sp_addextendedproc sp_makewebtask \
      sp_password sp_helpdb sp_configure openrowset openquery opendatasource openxml fn_xe_file_target_read_file \
      fn_trace_gettable group_concat wm_concat listagg string_agg xmlagg concat_ws json_keys json_extract json_arrayagg \
      json_objectagg json_value randomblob load_extension sqlite_version sqlite_compileoption_used sqlite_compileoption_get \
      sqlite_source_id pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file pg_reload_conf pg_terminate_backend pg_cancel_backend \
      lo_import lo_export lo_get lo_put dblink dblink_connect dblink_exec query_to_xml table_to_xml database_to_xml \
      query_to_json row_to_json array_to_json array_agg jsonb_agg json_agg jsonb_pretty json_build_object jsonb_build_object \
      current_database current_schema current_schemas current_setting set_config inet_server_addr inet_client_addr \
      xmltype xmlelement xmlforest dbms_pipe dbms_lock dbms_ldap dbms_utility dbms_xmlgen dbms_xslprocessor dbms_java dbms_scheduler dbms_sql \
      dbms_random utl_http utl_inaddr utl_file utl_smtp utl_tcp httpuritype sys_context ctxsys drithsx name_const \
      procedure_analyse is_srvrolemember is_member has_dbaccess fn_virtualfilestats suser_sname db_name serverproperty sys_eval sys_exec sys_get make_set export_set elt find_in_set user_name host_name object_id object_name col_name suser_name \
      information_schema pg_catalog pg_user pg_shadow pg_tables pg_database pg_stat_activity sqlite_master sqlite_schema \
      sqlite_temp_master sysobjects syscolumns sysusers sysdatabases syslogins sysprocesses sysxlogins systables msysobjects \
      msysaccessobjects msysaces msysqueries all_tables all_tab_tables all_users all_tab_columns user_tables user_tab_columns \
      user_users dba_users dba_tables dba_tab_columns v$version sysmaster master_files rdb$database rdb$fields rdb$types \
      sysibm syscat mysql tempdb msdb northwind schema_name \
      gtid_subset gtid_subtract st_latfromgeohash st_longfromgeohash st_pointfromgeohash multipoint geometrycollection multipolygon multilinestring multipointfromtext uuid_to_bin master_pos_wait wait_for_executed_gtid_set \
      get_lock release_lock release_all_locks is_free_lock is_used_lock filetoblob filetoclob unhex \
      aes_encrypt aes_decrypt des_encrypt des_decrypt utl_raw \
      row_count found_rows last_insert_id connection_id rdb$get_context dbms_assert
      """
    ),
    (
      .function,
      """
      abs acos addtime adddate asin atan atan2 avg bin bit_and bit_or bit_xor bit_count ceil ceiling char_length \
      character_length charindex coalesce coercibility compress concat convert_tz cos cot count curdate curtime date_add \
      date_format date_sub datediff datepart dateadd datename dayname dayofmonth dayofweek dayofyear decode degrees encode encrypt \
      exp field floor format from_base64 from_days from_unixtime get_format getdate getutcdate greatest inet_aton inet_ntoa \
      inet6_aton inet6_ntoa initcap polygon linestring instr isdate isnumeric json_array json_contains json_each json_object json_set json_type \
      json_valid json_extract_path json_extract_path_text last_day lcase least left len length ln locate log log10 log2 lower \
      lpad ltrim makedate maketime max mid min minute mod_f month monthname now numtodsinterval parsename password patindex \
      period_add period_diff pi position pow power quarter quote quotename radians rand random replicate reverse right round \
      row_number rpad rtrim sec_to_time sign sin soundex space sqrt starts_with std stddev str_to_date strcmp strcomp string_to_array \
      strftime stuff subdate subtime sum tan time_format time_to_sec timediff timestampadd timestampdiff to_base64 to_char to_date \
      to_days to_hex to_number to_timestamp translate trim typeof ucase uncompress uncompressed_length unicode unistr unix_timestamp \
      upper uuid_short variance week weekday weekofyear year yearweek zeroblob bitand trunc unnest unnset generate_series \
      regexp_replace regexp_substr regexp_instr regexp_matches regexp_count overlay btrim strpos split_part quote_literal \
      quote_ident encode_hex xmlserialize extract date_part date_trunc age choose newid checksum datalength \
      ifnull nullif nvl nvl2 rawtohex cast convert char chr ascii ord substr substring substring_index hex conv md5 sha1 sha2 crc32 bit_length octet_length \
      version database changes total_changes likelihood nth_value rank dense_rank lag lead json to_json to_jsonb
      """
    ),
  ]
}
