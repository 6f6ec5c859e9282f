import { isSillageError } from '@sillage/base'
import type { Cursor, Survey } from '@sillage/inbox'
import { inboxOf } from '@sillage/inbox/keys'
import { inboxFolder, runPaths } from '@sillage/ledger'
import type { Project } from '@sillage/pipeline'
import type { Command } from 'commander'
import colors from 'picocolors'
import { loadEngine } from '../engine.ts'
import { print, printJson } from '../output.ts'
import { count, size } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { openProject, pipelinesOf } from '../workspace.ts'
import type { CommonOptions } from './options.ts'

export function registerInbox(program: Command): void {
  program
    .command('inbox')
    .description('list the forms: what was received, and what pipelines have not read')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage inbox\n  sillage inbox --env prod --output json\n\nIt shows counts and times, never what was sent. A pipeline with a run in progress is not asked: unread is null.',
    )
    .action(async ({ output }: CommonOptions) => {
      const project = await openProject(process.cwd())
      const forms = await surveyForms(project)
      if (output === 'json') printJson({ inbox: forms })
      else print(forms.length === 0 ? noForms : text(forms))
    })
}

const noForms = `There are no forms. ${colors.cyan('→')} declare one in sillage.yaml: inbox: { forms: { newsletter: { fields: { email: { type: text, required: true } } } } }`

interface SurveyedForm extends Omit<Survey, 'unread'> {
  /** False of a form of which there are records, though sillage.yaml has it no longer. */
  readonly declared: boolean
  /** Records that a stage has not read; null where that cannot be told now. */
  readonly readers: readonly {
    readonly pipeline: string
    readonly stage: string | null
    readonly unread: number | null
  }[]
}

interface Reader {
  readonly pipeline: string
  /** null where the pipeline cannot be asked. */
  readonly stage: string | null
  readonly cursor: Cursor | null
}

/** The forms that are declared, and those of which there are records. */
async function surveyForms(project: Project): Promise<readonly SurveyedForm[]> {
  const { formsIn, surveyForm } = await import('@sillage/inbox')
  const folder = inboxFolder(project.places)
  const declared = Object.keys(inboxOf(project)?.forms ?? {})
  const readers = await readersOf(project)
  return await Promise.all(
    [...new Set([...declared, ...formsIn(folder)])].sort().map(async (form) => {
      const own = readers.filter(({ cursor }) => cursor === null || cursor.form === form)
      const known = own.flatMap(({ cursor }) => cursor ?? [])
      const { unread, ...survey } = await surveyForm(folder, form, known)
      return {
        ...survey,
        declared: declared.includes(form),
        readers: own.map(({ pipeline, stage, cursor }) => ({
          pipeline,
          stage,
          unread: cursor === null ? null : unread[known.indexOf(cursor)]!,
        })),
      }
    }),
  )
}

/** Which stages read a form, and up to where: as the ledgers of the pipelines have it. */
async function readersOf(project: Project): Promise<readonly Reader[]> {
  const { parseCursor } = await import('@sillage/inbox')
  const engine = await loadEngine()
  const readers: Reader[] = []
  for (const { name: pipeline } of await pipelinesOf(project)) {
    try {
      const known = await engine.peek(runPaths({ places: project.places, pipeline }))
      for (const { stage, cursor: text } of known?.cursors.values() ?? []) {
        const cursor = text === null ? undefined : parseCursor(text)
        if (cursor) readers.push({ pipeline, stage, cursor })
      }
    } catch (error) {
      if (!isSillageError(error)) throw error
      readers.push({ pipeline, stage: null, cursor: null })
    }
  }
  return readers
}

function text(forms: readonly SurveyedForm[]): string {
  const rows = forms.flatMap(({ form, declared, records, bytes, last, readers }) => {
    const own = [declared ? form : `${form} (not declared)`, count(records), size(bytes), last ?? 'never']
    const read = readers.map(({ pipeline, stage, unread }) => [
      stage === null ? pipeline : `${pipeline}.${stage}`,
      unread === null ? 'a run is at work' : count(unread),
    ])
    return (read.length === 0 ? [['nobody', '']] : read).map((cells, index) => [
      ...(index === 0 ? own : ['', '', '', '']),
      ...cells,
    ])
  })
  return table(
    [
      { title: 'form' },
      { title: 'records', right: true },
      { title: 'size', right: true },
      { title: 'last received' },
      { title: 'read by' },
      { title: 'unread', right: true },
    ],
    rows,
  )
}
