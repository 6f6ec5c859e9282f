import { apiOf } from '../api/client.ts'
import type { MartDocument, MartTable } from '../api/documents.ts'
import { useResource } from '../api/use-resource.ts'
import { Icon } from '../parts/icon.tsx'
import { Empty, Loading, ProblemBox } from '../parts/told.tsx'
import { toPipeline, toRun } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'
import { ColumnDocs } from './column-docs.tsx'
import { Preview } from './preview.tsx'

/** The published tables with their columns; one of them with its rows. */
export function Tables({
  pipeline,
  published,
  table,
  query,
  mayOperate,
}: {
  readonly pipeline: string
  readonly published: boolean
  readonly table: string | undefined
  readonly query: URLSearchParams
  readonly mayOperate: boolean
}) {
  const { say, date, day } = useSpeech()
  const { value, problem, reload } = useResource<MartDocument>(
    published ? apiOf(pipeline, '/marts') : undefined,
  )
  if (!published) return <Empty title={say('tables.none')} hint={say('tables.none.hint')} />
  if (problem) return <ProblemBox problem={problem} again={reload} />
  if (!value) return <Loading />
  const shown = value.tables.find(({ name }) => name === table)
  return (
    <>
      <h2>{say('tables.title')}</h2>
      <p>
        <a href={toRun(value.run)}>
          {say('tables.version', { run: value.run, date: date(value.published_at) })}
        </a>
        {value.as_of !== null && `, ${say('tables.as.of', { date: day(value.as_of) })}`}
      </p>
      {value.tables.length > 1 || !shown ? (
        <ul class="cards">
          {value.tables.map((one) => (
            <TableCard key={one.name} pipeline={pipeline} table={one} shown={one === shown} />
          ))}
        </ul>
      ) : null}
      {table !== undefined && !shown && (
        <ProblemBox problem={{ status: 404, error: { code: 'table_unknown', message: table } }} />
      )}
      {shown && (
        <>
          <Preview key={shown.name} pipeline={pipeline} table={shown} query={query} mayOperate={mayOperate} />
          <ColumnDocs table={shown} />
        </>
      )}
    </>
  )
}

function TableCard({
  pipeline,
  table: { name, rows, description },
  shown,
}: {
  readonly pipeline: string
  readonly table: MartTable
  readonly shown: boolean
}) {
  const { say, number } = useSpeech()
  return (
    <li class="card">
      <h3>
        <a href={toPipeline(pipeline, 'tables', name)} aria-current={shown ? 'true' : undefined}>
          <Icon name="table" />
          {name}
        </a>
      </h3>
      <p>{say('tables.rows', { rows: number(rows) })}</p>
      {description && <p>{description}</p>}
    </li>
  )
}
