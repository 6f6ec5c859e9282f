import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { failure, findings, succeeded, until } from './testing/outcome.ts'
import { slowSql } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

const head = 'pipeline: files\nstages:\n'

function pipelineOf(sources: Readonly<Record<string, string>>): string {
  return (
    head +
    Object.entries(sources)
      .map(([stage, text]) => `  ${stage}: ${text}\n`)
      .join('')
  )
}

describe('a source that cannot be read', () => {
  it('is told at its line, all of them at once', async () => {
    using project = new TestProject({
      'empty.csv': '',
      'semicolons.csv': 'id;b\n1;2\n3;4\n',
      'text.parquet': 'id,b\n1,2\n',
      'cut.parquet': Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(500, 1)]),
      'array.json': '[{"id":1},{"id":2',
    })
    mkdirSync(join(project.folder, 'folder'))
    symlinkSync('nowhere', join(project.folder, 'dangling.csv'))
    const csv = (path: string, more = ''): string => `{ uses: collect/csv, with: { path: "${path}"${more} } }`
    const expected: Readonly<Record<string, readonly [string, string]>> = {
      missing: [csv('emty.csv'), 'file_not_found'],
      empty: [csv('empty.csv'), 'file_empty'],
      folder: [csv('folder'), 'file_is_folder'],
      delimiter: [csv('semicolons.csv', ', delimiter: ","'), 'wrong_delimiter'],
      dangling: [csv('dangling.csv'), 'file_not_found'],
      glob: [csv('*.tsv'), 'file_not_found'],
      text: ['{ uses: collect/parquet, with: { path: text.parquet } }', 'not_parquet'],
      cut: ['{ uses: collect/parquet, with: { path: cut.parquet } }', 'parquet_cut_short'],
      array: ['{ uses: collect/json, with: { path: array.json } }', 'broken_json'],
    }
    const stages = Object.fromEntries(Object.entries(expected).map(([stage, [text]]) => [stage, text]))
    project.write('pipeline.yaml', pipelineOf(stages))
    const found = findings(await project.run(['validate', '--output', 'json']))
    expect(found.map(({ code, line }) => [line, code])).toEqual(
      Object.values(expected).map(([, code], index) => [index + 3, code]),
    )
    expect(found[0]!.hint).toContain('empty.csv')
    expect(found[4]!.message).toContain('link')
  })
})

describe('odd files', () => {
  const small = 'id;nom\n1;François\n2;Zoé\n'
  const cell = 'x'.repeat(1 << 20)
  const odd: Readonly<
    Record<string, readonly [file: string, content: string | Uint8Array, rows: number, rejected: number]>
  > = {
    latin: ['latin.csv', Buffer.from(small, 'latin1'), 2, 0],
    little: ['little.csv', Buffer.concat([Buffer.from([255, 254]), Buffer.from(small, 'utf16le')]), 2, 0],
    big: ['big.csv', Buffer.concat([Buffer.from([254, 255]), Buffer.from(small, 'utf16le').swap16()]), 2, 0],
    unmarked: ['unmarked.csv', Buffer.from(small, 'utf16le'), 2, 0],
    marked: ['marked.csv', `\uFEFF${small}`, 2, 0],
    twice: ['twice.csv', 'id,id,ID\n1,2,3\n', 1, 0],
    header: ['header.csv', 'id,b\n', 0, 0],
    breaks: ['breaks.csv', '"id\nx","b ""q""",c\n1,2,3\n', 1, 0],
    huge: ['huge.csv', `id,b\n1,${cell}\n2,y\n`, 2, 0],
    nul: ['nul.csv', 'id,b\n1,a\0b\n2,y\n', 2, 0],
    ragged: ['ragged.csv', 'id,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n', 2, 2],
    unclosed: ['unclosed.csv', 'id,b\n1,"abc\n2,d\n3,e\n', 0, 1],
    many: ['many/*.csv', '', 200, 0],
    lines: ['lines.jsonl', '{"id":1}\n{"id":2\n{"id":3}\nnull\n[1]\n', 2, 3],
  }

  it('are read whole; lines that do not parse are refused with file, line and reason', async () => {
    using project = new TestProject()
    for (const [file, content] of Object.values(odd)) if (!file.includes('*')) project.write(file, content)
    for (let index = 0; index < 200; index += 1) project.write(`many/${index}.csv`, `id,b\n${index},x\n`)
    const source = (file: string): string =>
      `{ uses: collect/${file.endsWith('jsonl') ? 'json' : 'csv'}, with: { path: "${file}" }, expect: [{ rejected: { max_share: 1 } }] }`
    project.write(
      'pipeline.yaml',
      pipelineOf(Object.fromEntries(Object.entries(odd).map(([stage, [file]]) => [stage, source(file)]))),
    )
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(Object.fromEntries(steps.map((step) => [step.stage, [step.rows_out, step.rejected]]))).toEqual(
      Object.fromEntries(
        Object.entries(odd).map(([stage, [, , rows, rejected]]) => [stage, [rows, rejected]]),
      ),
    )
    const rows = async (relation: string) =>
      (
        (await project.run(['show', relation, '--output', 'json'])).json() as {
          readonly rows: readonly object[]
        }
      ).rows
    expect(await rows('reject.ragged')).toMatchObject([
      { file: 'ragged.csv', line: 3, raw: '4,5', codes: ['missing_columns'] },
      { file: 'ragged.csv', line: 4, raw: '6,7,8,9', codes: ['too_many_columns'] },
    ])
    expect((await rows('reject.lines')).map((row) => (row as { readonly line: number }).line)).toEqual([
      2, 4, 5,
    ])
    expect(await rows('latin')).toEqual([
      { id: 1, nom: 'François' },
      { id: 2, nom: 'Zoé' },
    ])
  })
})

describe('a source that changes', () => {
  it('by losing a column stops the next run before anything happens, and the mart stays', async () => {
    using project = new TestProject({
      'a.csv': 'id,b\n1,x\n',
      'pipeline.yaml': `${head}  raw: { uses: collect/csv, with: { path: a.csv } }\n  kept: { uses: clean/contract, from: raw, with: { columns: { b: { type: text } } } }\nmarts: { kept: { from: kept } }\n`,
    })
    const { mart } = succeeded(await project.run(['run', '--output', 'json']))
    const before = readFileSync(mart!)
    project.write('a.csv', 'id,c\n1,x\n')
    const found = findings(await project.run(['run', '--output', 'json']))
    expect(found.map(({ code, line }) => [code, line])).toEqual([
      ['source_drifted', 3],
      ['unknown_column', 4],
    ])
    expect(readFileSync(mart!).equals(before)).toBe(true)
    project.write('a.csv', 'id,b\n1,x\n')
    succeeded(await project.run(['run', '--output', 'json']))
  })

  it('by vanishing under a run fails that run by name, without a value or a stack', async () => {
    using project = new TestProject({
      'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
      'plugins/slow.ts': slowSql,
      'a.csv': 'id,b\n1,x\n',
      'b.csv': 'id,c\n1,y\n',
      'pipeline.yaml': `${head}  first: { uses: collect/csv, with: { path: a.csv } }\n  slow: { uses: enrich/slow, from: first, with: { rounds: 400000000 } }\n  second: { uses: collect/csv, with: { path: b.csv } }\n  both: { uses: enrich/derive, from: [slow, second], with: { columns: { z: "1" } } }\n`,
    })
    const child = project.start(['run', '--output', 'json'])
    const ended = project.ended(child)
    await until(() => existsSync(join(project.folder, '.sillage/files/work.duckdb')))
    rmSync(join(project.folder, 'b.csv'))
    const { code, stage } = failure(await ended)
    expect([code, stage]).toEqual(['file_not_found', 'second'])
    project.write('b.csv', 'id,c\n1,y\n')
    succeeded(await project.run(['run', '--output', 'json']))
  })
})
