import { apiOf } from '../api/client.ts'
import type { Changes as ChangesDocument, PipelineSummary, Segments, TableChanges } from '../api/documents.ts'
import { useResource } from '../api/use-resource.ts'
import { Share } from '../parts/share.tsx'
import { Table } from '../parts/table.tsx'
import { Empty, Loading, ProblemBox } from '../parts/told.tsx'
import { useSpeech } from '../words/language.tsx'
import { MigrationTable } from './migration-table.tsx'

/** How many there are in each segment now, and who moved since the version before. */
export function Changes({
  pipeline,
  published,
}: {
  readonly pipeline: string
  readonly published: PipelineSummary['published']
}) {
  const before = published?.before ?? null
  const segments = useResource<Segments>(published ? apiOf(pipeline, '/segments') : undefined)
  const changes = useResource<ChangesDocument>(before === null ? undefined : apiOf(pipeline, '/changes'))
  const { say } = useSpeech()
  if (!published) return <Empty title={say('tables.none')} hint={say('run.none.hint')} />
  return (
    <>
      <h2>{say('segments.title')}</h2>
      {segments.problem && <ProblemBox problem={segments.problem} again={segments.reload} />}
      {segments.loading && <Loading />}
      {segments.value && <Sizes segments={segments.value} />}
      <h2>{say('changes.title')}</h2>
      {changes.loading && <Loading />}
      {before === null && <Empty title={say('changes.none')} hint={say('changes.none.hint')} />}
      {changes.problem && <ProblemBox problem={changes.problem} again={changes.reload} />}
      {changes.value && <Moved changes={changes.value} />}
    </>
  )
}

function Sizes({ segments: { segments } }: { readonly segments: Segments }) {
  const { say, number } = useSpeech()
  if (segments.length === 0) return <Empty title={say('segments.none')} hint={say('segments.none.hint')} />
  return (
    <div class="pair">
      {segments.map(({ table, column, comment, sizes }) => {
        const all = sizes.reduce((sum, { rows }) => sum + rows, 0)
        return (
          <section key={`${table}.${column}`} class="card" aria-label={say('segments.of', { table, column })}>
            <h3>{say('segments.of', { table, column })}</h3>
            {comment && <p>{comment}</p>}
            <Table
              caption={say('segments.of', { table, column })}
              hideCaption
              heads={[
                { title: say('segments.segment') },
                { title: say('segments.rows'), right: true },
                { title: say('segments.share') },
              ]}
              rows={sizes.map(({ value, rows }) => ({
                key: String(value),
                cells: [
                  value ?? say('segments.empty'),
                  number(rows),
                  <Share key="share" value={all === 0 ? 0 : rows / all} />,
                ],
              }))}
            />
          </section>
        )
      })}
    </div>
  )
}

function Moved({ changes: { before, after, tables } }: { readonly changes: ChangesDocument }) {
  const { say, number } = useSpeech()
  const listed = (found: readonly { readonly table: string; readonly rows: number }[]): string =>
    found.map(({ table, rows }) => `${table} (${number(rows)})`).join(', ')
  return (
    <>
      <p>{say('changes.between', { before, after })}</p>
      {tables.added.length > 0 && (
        <p>
          {say('changes.tables.added')}: {listed(tables.added)}
        </p>
      )}
      {tables.removed.length > 0 && (
        <p>
          {say('changes.tables.removed')}: {listed(tables.removed)}
        </p>
      )}
      {tables.kept.map((table) => (
        <TableMoved key={table.table} changes={table} />
      ))}
    </>
  )
}

function TableMoved({
  changes: { table, rows, columns, changed_columns: changed, migrations },
}: {
  readonly changes: TableChanges
}) {
  const { say, number } = useSpeech()
  const places = {
    before: number(rows.before),
    after: number(rows.after),
    added: number(rows.added),
    removed: number(rows.removed),
    changed: number(rows.changed ?? 0),
  }
  const lists = [
    [say('changes.columns.added'), columns.added.map(({ name }) => name)],
    [say('changes.columns.removed'), columns.removed.map(({ name }) => name)],
    [say('changes.columns.retyped'), columns.retyped.map(({ name, from, to }) => `${name} ${from} → ${to}`)],
    [say('changes.columns.changed'), changed.map((one) => `${one.column} (${number(one.rows)})`)],
  ] as const
  return (
    <section class="card" aria-label={table}>
      <h3>{table}</h3>
      <p>{say(rows.changed === null ? 'changes.rows' : 'changes.rows.changed', places)}</p>
      {lists
        .filter(([, names]) => names.length > 0)
        .map(([title, names]) => (
          <p key={title}>
            {title}: {names.join(', ')}
          </p>
        ))}
      {migrations.map((migration) => (
        <MigrationTable key={migration.column} migration={migration} />
      ))}
    </section>
  )
}
