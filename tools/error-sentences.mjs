/**
 * What errors say whose message the sources do not write beside their code: it is chosen there, or comes from elsewhere.
 * @type {Readonly<Record<string, string>>}
 */
export const errorSentences = {
  expect_invalid: 'This check says nothing to check, or names several things',
  not_one_statement: 'There is no statement, or there are several',
  out_of_memory: 'What DuckDB says where its memory does not suffice',
  pipeline_unnamed: 'Which pipeline?',
  query_failed: 'What DuckDB says of the query',
  request_invalid: 'What of the request does not fit /openapi.json',
  statement_failed: 'What DuckDB says of the statement, its first line',
  unreachable: 'What the browser says where the server does not answer',
  unreadable: 'What the status of an answer says whose body is no problem document',
  usage: 'What of the command line cannot be read',
  yaml_aliases: 'The aliases cannot be resolved',
  zoned_format: 'A format reads the name of a time zone, an offset twice, or an offset of a date',
}
