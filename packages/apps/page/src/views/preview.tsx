import { useState } from 'preact/hooks'
import { apiOf, download } from '../api/client.ts'
import type { MartTable } from '../api/documents.ts'
import { type Problem, problemOf } from '../api/problem.ts'
import { useResource } from '../api/use-resource.ts'
import { Cell } from '../parts/cell.tsx'
import { Icon } from '../parts/icon.tsx'
import { Table, type TableHead } from '../parts/table.tsx'
import { Loading, Note, ProblemBox } from '../parts/told.tsx'
import { setQuery } from '../window/route.ts'
import { useSpeech } from '../words/language.tsx'
import { isNumeric } from '../words/written.ts'
import { PreviewFilter } from './preview-filter.tsx'

const pageRows = 25

type Row = Readonly<Record<string, unknown>>

/** Rows of a published table: filtered, sorted, page by page. What is asked for stands in the address. */
export function Preview({
  pipeline,
  table: { name, columns },
  query,
  mayOperate,
}: {
  readonly pipeline: string
  readonly table: MartTable
  readonly query: URLSearchParams
  readonly mayOperate: boolean
}) {
  const { say, number } = useSpeech()
  const filter = query.get('filter') ?? ''
  const order = query.get('order') ?? ''
  const page = Math.max(0, Math.trunc(Number(query.get('page') ?? 0)) || 0)
  const asked = new URLSearchParams({ ...(filter && { filter }), ...(order && { order }) })
  const { value, problem, reload } = useResource<{ readonly rows: readonly Row[] }>(
    apiOf(pipeline, `/marts/${name}?${asked}&limit=${pageRows + 1}&offset=${page * pageRows}`),
  )
  const rows = value?.rows.slice(0, pageRows) ?? []
  const personal = columns.filter((column) => column.personal).map((column) => column.name)
  const heads = columns.map((column) =>
    sortable({
      name: column.name,
      right: isNumeric(column.type),
      order,
      fixed: column.personal && !mayOperate,
      say,
    }),
  )
  return (
    <>
      <h2>{say('preview.title', { table: name })}</h2>
      <PreviewFilter key={filter} filter={filter} />
      {personal.length > 0 && (
        <Note>
          {say(mayOperate ? 'preview.personal' : 'preview.masked', { columns: personal.join(', ') })}
        </Note>
      )}
      {problem && <ProblemBox problem={problem} again={reload} />}
      {!value && !problem && <Loading />}
      {value && rows.length === 0 && <Note>{say('preview.none')}</Note>}
      {rows.length > 0 && (
        <Table
          caption={say('preview.title', { table: name })}
          hideCaption
          grid
          heads={heads}
          rows={rows.map((row, index) => ({
            key: String(index),
            cells: columns.map((column) => (
              <Cell key={column.name} value={row[column.name]} column={column} />
            )),
          }))}
        />
      )}
      <nav class="buttons" aria-label={say('preview.pages')}>
        <button
          type="button"
          disabled={page === 0}
          onClick={() => setQuery({ page: page > 1 ? String(page - 1) : undefined })}
        >
          {say('preview.previous')}
        </button>
        <span role="status">
          {rows.length > 0 &&
            say('preview.range', {
              from: number(page * pageRows + 1),
              to: number(page * pageRows + rows.length),
            })}
        </span>
        <button
          type="button"
          disabled={(value?.rows.length ?? 0) <= pageRows}
          onClick={() => setQuery({ page: String(page + 1) })}
        >
          {say('preview.next')}
        </button>
        <SaveButton
          path={apiOf(pipeline, `/marts/${name}?${asked}&format=csv&limit=1000000`)}
          name={`${name}.csv`}
        />
      </nav>
    </>
  )
}

function SaveButton({ path, name }: { readonly path: string; readonly name: string }) {
  const { say } = useSpeech()
  const [problem, setProblem] = useState<Problem>()
  return (
    <>
      <button
        type="button"
        onClick={() => void download(path, name).catch((error: unknown) => setProblem(problemOf(error)))}
      >
        <Icon name="save" />
        {say('preview.csv')}
      </button>
      {problem && <ProblemBox problem={problem} />}
    </>
  )
}

/** A head that sorts: up, down, then as it was. */
function sortable({
  name,
  right,
  order,
  fixed,
  say,
}: {
  readonly name: string
  readonly right: boolean
  readonly order: string
  readonly fixed: boolean
  readonly say: ReturnType<typeof useSpeech>['say']
}): TableHead {
  if (fixed || /[,-]/.test(name)) return { title: name, right }
  const sort = order === name ? 'ascending' : order === `-${name}` ? 'descending' : 'none'
  const next = { none: name, ascending: `-${name}`, descending: undefined }[sort]
  return {
    right,
    sort,
    title: (
      <button
        type="button"
        class="plain"
        aria-label={say('preview.sort', { column: name })}
        onClick={() => setQuery({ order: next, page: undefined })}
      >
        {name}
        {sort !== 'none' && <Icon name={sort === 'ascending' ? 'up' : 'down'} />}
      </button>
    ),
  }
}
