import { DuckDbBinder } from '@sillage/duckdb'
import { carriesPlaces, type Plan, reading, relationOf, type Step } from '@sillage/plan'
import { type Column, type SqlStep, sql } from '@sillage/sdk'
import { expect } from 'vitest'
import type { Bench } from './bench.ts'

/** A statement that somebody made, and what holds it to its columns. */
export interface Statement {
  readonly text: string
  /** What it must give; of reserved columns (`_file`, `_reject`) nothing is said. Whatever it gives, where absent. */
  readonly columns: readonly Column[] | undefined
  /** The columns that DuckDB finds in it. Throws its message where it does not bind. */
  readonly bind: () => Promise<readonly Column[]>
}

/**
 * Holds a statement to its text, spaces and line breaks aside, and to DuckDB, which must bind it over the columns of its inputs and find in it the columns
 * that the plan says: `await expectSql(planned(plan, 'tiers')).toBeSql('select …')`.
 */
export function expectSql(statement: Statement): { readonly toBeSql: (text: string) => Promise<void> } {
  return {
    toBeSql: async (text) => {
      expect(onOneLine(statement.text)).toBe(onOneLine(text))
      const bound = shape(await statement.bind())
      if (statement.columns) expect(bound, statement.text).toEqual(shape(statement.columns))
    },
  }
}

/**
 * A statement of a step of a plan: that of its stage (`lines`), of a further output (`people.merged`), of an input of a program or batch
 * (`links`, `input`), or of a file that a sink writes (`list`, `file`).
 */
export function planned(plan: Plan, reference: string, part?: string): Statement {
  const [stage, output] = reference.split('.', 2)
  const step = plan.steps.find((one) => one.stage === stage)!
  const { text, columns } = statementOf(step, output ?? part)
  return {
    text,
    columns,
    bind: async () => {
      await using binder = new DuckDbBinder()
      const relations = plan.steps.flatMap(relationsOf)
      return await binder.describe({ select: text, relations })
    },
  }
}

/** The statement that a plugin made of a configuration, over the tables of a bench, and the columns that it should give. */
export function compiled(
  bench: Bench,
  { select }: Pick<SqlStep, 'select'>,
  columns: readonly Column[],
): Statement {
  return { text: select.text, columns, bind: () => bench.columns(`(${select})`) }
}

function statementOf(step: Step, part: string | undefined): Pick<Statement, 'text' | 'columns'> {
  switch (step.style) {
    case 'source':
      return { text: step.select, columns: step.columns }
    case 'sql': {
      const { select, columns } = part === undefined ? step : step.outputs[part]!
      return { text: select, columns }
    }
    case 'batch':
      return { text: `from ${step.input}`, columns: step.inputColumns }
    case 'model':
      return { text: step.units, columns: step.unitColumns }
    case 'program':
      return { text: `from ${step.relations[part!]!}`, columns: step.inputColumns[part!] }
    case 'sink': {
      if (part === undefined) return { text: step.payload, columns: step.columns }
      const [file] = step.files
      const text = reading(sql.trusted(file!.select), sql.trusted(step.payload)).text
      return { text, columns: undefined }
    }
  }
}

/** The relations that a step shows to those behind it. */
function relationsOf(step: Step) {
  const { kind, stage, columns, outputs = {} } = step
  const places = carriesPlaces(step) ? reservedPlaces : []
  return [
    { ...relationOf(kind, stage), columns: [...columns, ...places] },
    ...Object.entries(outputs).map(([name, output]) => ({ ...relationOf(kind, stage, name), ...output })),
  ]
}

const reservedPlaces: readonly Column[] = [
  { name: '_file', type: 'VARCHAR' },
  { name: '_line', type: 'BIGINT' },
]

/** Spaces tell nothing of SQL beside brackets. */
function onOneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<=\() | (?=\))/g, '')
}

function shape(columns: readonly Column[]): readonly string[] {
  return columns.filter(({ name }) => !name.startsWith('_')).map(({ name, type }) => `${name} ${type}`)
}
